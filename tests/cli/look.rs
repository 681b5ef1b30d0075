//! `inspect` and `doctor`.

use image::ImageFormat;
use serde_json::Value;

use crate::support::{Scene, encoded, picture};

#[test]
fn inspect_tells_what_images_are() {
    let scene = Scene::new();
    scene.write("in/a.png", encoded(&picture(30, 20, 0), ImageFormat::Png));
    scene.photo("in/b.jpg", 0);
    let run = scene.run(&["inspect", "in", "--json"]).expect(0);
    let rows: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    let expected = [
        ("source", "in/a.png".into()),
        ("format", "png".into()),
        ("width", 30.into()),
        ("height", 20.into()),
        ("frames", 1.into()),
        ("bands", 3.into()),
        ("depth", 8.into()),
        ("profile", Value::Null),
        ("orientation", 1.into()),
        ("error", Value::Null),
    ];
    for (key, value) in expected {
        assert_eq!(rows[0][key], value, "{key}");
    }
    assert!(rows[0]["metadata"].is_object());
    let words = scene.run(&["inspect", "in"]).expect(0).stdout;
    assert!(words.contains("30x20") && words.contains("in/b.jpg"), "{words}");
}

#[test]
fn inspect_fails_a_row_not_the_rest() {
    let scene = Scene::new();
    scene.write("a.jpg", b"\xff\xd8\xff\xe0 no picture");
    scene.photo("b.jpg", 0);
    let run = scene.run(&["inspect", "missing", "a.jpg", "b.jpg", "--json"]).expect(1);
    let rows: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let codes: Vec<_> = rows.iter().map(|row| row["error"]["code"].clone()).collect();
    assert_eq!(codes, ["unreadable".into(), "unreadable".into(), Value::Null]);
    scene.run(&["inspect"]).expect(2);
}

#[test]
fn doctor_tells_versions_formats_sandbox_and_limits() {
    let scene = Scene::new();
    let run = scene.run(&["doctor", "--json"]).expect(0);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["cropmark"], env!("CARGO_PKG_VERSION"));
    assert!(found["libvips"].as_str().unwrap().starts_with("8."));
    assert!(found["sqlite"].as_str().unwrap().starts_with("3."));
    for list in ["reads", "writes"] {
        let formats = found[list].as_array().unwrap();
        for format in ["jpeg", "png", "webp", "avif", "gif", "tiff", "bmp"] {
            assert!(formats.contains(&format.into()), "{list}: {format}");
        }
    }
    assert!(found["sandbox"].is_object());
    assert_eq!(found["limits"]["source_pixels"], 1_000_000_000);
    let fonts = found["fonts"].as_str().unwrap();
    assert!(fonts.ends_with("assets/fonts/fonts.conf"), "{fonts}");
    let words = scene.run(&["doctor"]).expect(0).stdout;
    assert!(words.contains("libvips") && words.contains("sandbox"), "{words}");
}

#[test]
fn without_a_worker_it_is_said_where_it_was_looked_for() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let arguments = ["render", "in", "-p", "p.preset.toml", "-o", "out"];
    let output =
        scene.command(&arguments).env("CROPMARK_WORKER", "/nowhere/worker").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/worker"));
}
