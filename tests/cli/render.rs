//! What `render` reports and writes when all goes well, and when one image does not.

use image::{GenericImageView as _, ImageFormat};
use serde_json::json;

use crate::support::{Scene, encoded, picture};

#[test]
fn a_line_has_the_promised_fields_in_the_promised_order() {
    let scene = Scene::with_photos(&["in/a/b.jpg"]);
    let run = scene.render(&["in"]).expect(0);
    let line = run.stdout.lines().next().unwrap();
    let fields = [
        "source",
        "generator",
        "variation",
        "status",
        "path",
        "format",
        "width",
        "height",
        "bytes",
        "ms",
        "cache",
        "error",
    ];
    let places: Vec<_> = fields.map(|field| line.find(&format!("\"{field}\":"))).into();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{line}");
    let row = run.row();
    assert_eq!(row.as_object().unwrap().len(), fields.len());
    assert_eq!(row["source"], "in/a/b.jpg");
    assert_eq!(row["path"], "out/small/a/b.jpg");
    assert_eq!((&row["width"], &row["height"]), (&json!(40), &json!(27)));
    let expected = json!({ "generator": "small", "variation": null, "status": "rendered",
        "format": "jpeg", "cache": "miss", "error": null });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&row[key], value, "{key}");
    }
    assert!(row["ms"].as_f64().unwrap() >= 0.0);
    let written = std::fs::read(scene.path("out/small/a/b.jpg")).unwrap();
    assert_eq!(row["bytes"], written.len());
    assert_eq!(image::load_from_memory(&written).unwrap().dimensions(), (40, 27));
    let summary = run.summary();
    assert_eq!(summary["rendered"], 1);
    assert_eq!(summary["bytes"], written.len());
    assert!(summary["seconds"].as_f64().unwrap() > 0.0);
    for key in ["cached", "skipped", "failed"] {
        assert_eq!(summary[key], 0, "{key}");
    }
    assert_eq!(summary.as_object().unwrap().len(), 6);
}

#[test]
fn several_generators_variations_and_formats_each_have_a_row() {
    let scene = Scene::new();
    scene.photo("in/a.jpg", 0);
    scene.write(
        "p.preset.toml",
        r#"version = 1
[generators.wide]
widths = [20, 30]
operations = [{ op = "resize", width = 60 }]
output = { format = ["webp", "jpeg"] }
[generators.other]
match = { format = "png" }
[generators.theme]
operations = [{ op = "resize", width = 50 }]
output = { format = "png" }
[themes.travel]
generator = "theme"
variations.square = { width = 16, height = 16, crop = true }
"#,
    );
    let run = scene.render(&["in"]).expect(0);
    let expected = [
        "theme/a-square.png",
        "theme/a.png",
        "wide/a-20.jpg",
        "wide/a-20.webp",
        "wide/a-30.jpg",
        "wide/a-30.webp",
    ];
    assert_eq!(scene.files("out"), expected);
    assert_eq!(run.column("variation"), ["square", "null", "20", "20", "30", "30"]);
    let square = image::open(scene.path("out/theme/a-square.png")).unwrap();
    assert_eq!(square.dimensions(), (16, 16));
    let one = scene.render(&["in", "--generator", "theme", "--out", "one"]).expect(0);
    assert_eq!(one.rows().len(), 2);
    assert_eq!(scene.files("one"), ["theme/a-square.png", "theme/a.png"]);
}

#[test]
fn one_broken_image_is_one_failed_row_and_the_rest_is_done() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/c.jpg"]);
    let whole = encoded(&picture(300, 300, 3), ImageFormat::Jpeg);
    scene.write("in/b.jpg", &whole[..whole.len() / 3]);
    scene.write("in/d.heic", b"\0\0\0\x1cftypheic\0\0\0\0mif1heic");
    let run = scene.render(&["in"]).expect(1);
    assert_eq!(run.column("status"), ["rendered", "failed", "rendered", "failed"]);
    let rows = run.rows();
    assert_eq!(rows[1]["error"]["code"], "unreadable");
    assert_eq!(rows[3]["error"]["code"], "unreadable");
    for row in [&rows[1], &rows[3]] {
        assert!(!row["error"]["message"].as_str().unwrap().is_empty());
        assert_eq!((&row["path"], &row["cache"]), (&json!(null), &json!(null)));
    }
    assert_eq!(scene.files("out"), ["small/a.jpg", "small/c.jpg"]);
    assert_eq!(run.summary()["failed"], 2);
}

#[test]
fn overlays_come_from_the_presets_folder_and_their_content_counts() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.photo("rules/logo.jpg", 3);
    let preset = r#"version = 1
[generators.card]
operations = [{ op = "overlay", image = "logo.jpg", scale = 0.3 }]
output = { format = "png" }
[generators.lost]
operations = [{ op = "overlay", image = "lost.jpg" }]
"#;
    scene.write("rules/p.preset.toml", preset);
    let render = |out: &str| {
        let preset = "rules/p.preset.toml";
        scene.run(&["render", "in", "--preset", preset, "--out", out, "--json"]).expect(1)
    };
    let run = render("o1");
    assert_eq!(run.column("status"), ["rendered", "failed"]);
    assert_eq!(run.rows()[1]["error"]["code"], "unreadable");
    assert!(run.rows()[1]["error"]["message"].as_str().unwrap().contains("lost.jpg"));
    assert_eq!(render("o2").column("status"), ["cached", "failed"]);
    scene.photo("rules/logo.jpg", 4);
    assert_eq!(render("o3").column("status"), ["rendered", "failed"]);
    assert_ne!(scene.tree("o1"), scene.tree("o3"));
}

#[test]
fn people_read_sentences_and_no_escapes() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.write("in/b\u{1b}[31m.jpg", b"\xff\xd8\xff\xe0 not a picture");
    let arguments = ["render", "in", "-p", "p.preset.toml", "-o", "out"];
    let run = scene.run(&arguments).expect(1);
    assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{run:?}");
    let failed = run.stdout.lines().find(|line| line.starts_with("failed  ")).unwrap();
    assert!(failed.contains(r"in/b\u{1b}[31m.jpg: "), "{failed}");
    assert!(run.stdout.contains("2 sources: 1 rendered, 1 failed"), "{}", run.stdout);
    assert!(run.stdout.contains("The files are in out"), "{}", run.stdout);
}

#[test]
fn a_dry_run_says_what_would_be_and_writes_nothing() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg"]);
    let before = scene.tree(".");
    let run = scene.render(&["in", "--dry-run"]).expect(0);
    assert_eq!(run.column("path"), ["out/small/a.jpg", "out/small/b.jpg"]);
    assert_eq!(run.column("status"), ["skipped", "skipped"]);
    assert_eq!(scene.tree("."), before);
    assert!(!scene.path("out").exists());
    let words = ["render", "in", "-p", "p.preset.toml", "-o", "out", "--dry-run"];
    let run = scene.run(&words).expect(0);
    assert!(run.stdout.contains("would make  out/small/a.jpg  from in/a.jpg (small)"), "{run:?}");
}

#[test]
fn a_dry_run_knows_what_cannot_be_written() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let preset = "version = 1\n[generators.small]\noutput = { format = [\"heic\", \"webp\"] }\n";
    scene.write("p.preset.toml", preset);
    let run = scene.render(&["in", "--dry-run"]).expect(1);
    assert_eq!(run.column("status"), ["skipped", "failed"], "{run:?}");
    let message = run.rows()[1]["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("heic cannot be written by this build: choose one of jpeg, png"));
}

#[test]
fn a_variant_that_takes_too_long_is_a_timeout() {
    let scene = Scene::new();
    scene.write("p.preset.toml", crate::support::SLOW);
    scene.photo("a.jpg", 0);
    let run = scene.render(&["a.jpg", "--timeout", "0.2"]).expect(1);
    assert_eq!(run.row()["error"]["code"], "timeout", "{run:?}");
    assert_eq!(scene.files("out"), [""; 0]);
}

#[test]
fn nobody_reading_the_report_is_no_reason_to_stop() {
    use std::process::Stdio;
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg", "in/c.jpg"]);
    let arguments = ["render", "in", "-p", "p.preset.toml", "-o", "out", "--json"];
    let mut command = scene.command(&arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(scene.files("out").len(), 3);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn logs_are_written_to_standard_error_when_asked_for() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let arguments = ["render", "in", "-p", "p.preset.toml", "-o", "out", "--json"];
    let output = scene.command(&arguments).env("CROPMARK_LOG", "cropmark=debug").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("cropmark_engine"));
    assert!(String::from_utf8_lossy(&output.stdout).lines().all(|line| line.starts_with('{')));
}

/// A PNG of sixteen bits whose levels no eight bits can tell apart.
fn deep_png(scene: &Scene, name: &str) -> image::ImageBuffer<image::Rgb<u16>, Vec<u16>> {
    let picture = image::ImageBuffer::from_fn(64, 48, |x, y| {
        let [x, y] = [x, y].map(|at| u16::try_from(at).unwrap());
        image::Rgb([30_000 + x, 20_000 + 7 * y, 1000 + x * 3 + y])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    scene.write(name, bytes.into_inner());
    picture
}

#[test]
fn sixteen_bits_are_kept_where_they_are_asked_for() {
    let scene = Scene::new();
    let picture = deep_png(&scene, "in/deep.png");
    let preset = "version = 1\n[generators.g]\noutput = { format = [\"png\", \"tiff\", \"jxl\", \
                  \"jpeg\"], depth = \"source\", lossless = true }\n[generators.plain]\n\
                  output = { format = \"png\" }\n";
    scene.write("p.preset.toml", preset);
    let run = scene.render(&["in"]).expect(0);
    assert_eq!(run.rows().len(), 5, "{run:?}");
    let depth = |path: &str| {
        scene.run(&["inspect", path, "--json"]).expect(0).rows().remove(0)["depth"].clone()
    };
    for (name, bits) in [("png", 16), ("tif", 16), ("jxl", 16), ("jpg", 8)] {
        assert_eq!(depth(&format!("out/g/deep.{name}")), bits, "{name}");
    }
    assert_eq!(depth("out/plain/deep.png"), 8);
    let png = image::open(scene.path("out/g/deep.png")).unwrap().into_rgb16();
    assert!(png == picture, "every level is the source's");

    // The others by way of a PNG of the same depth.
    let back = "version = 1\n[generators.back]\noutput = { format = \"png\", depth = 16 }\n";
    scene.write("p.preset.toml", back);
    for name in ["tif", "jxl"] {
        let file = format!("out/g/deep.{name}");
        scene.render(&[&file, "--on-conflict", "overwrite"]).expect(0);
        let png = image::open(scene.path("out/back/deep.png")).unwrap().into_rgb16();
        assert!(png == picture, "{name}");
    }
}

#[test]
fn a_reduction_keeps_sixteen_bits_and_ten_are_enough_for_a_jpeg_xl() {
    let scene = Scene::new();
    deep_png(&scene, "in/deep.png");
    let preset = "version = 1\n[generators.g]\noperations = [{ op = \"resize\", width = 32 }]\n\
                  output = { format = [\"png\", \"jxl\"], depth = 10, lossless = true }\n\
                  [generators.blurred]\noperations = [{ op = \"blur\", sigma = 1 }]\n\
                  output = { format = \"png\", depth = 16 }\n";
    scene.write("p.preset.toml", preset);
    let run = scene.render(&["in"]).expect(0);
    let png = image::open(scene.path("out/g/deep.png")).unwrap().into_rgb16();
    let levels: std::collections::BTreeSet<u16> = png.pixels().map(|pixel| pixel.0[0]).collect();
    assert!(levels.len() > 16, "more steps than eight bits have there: {levels:?}");
    let header = scene.run(&["inspect", "out/g/deep.jxl", "--json"]).expect(0).rows().remove(0);
    assert_eq!(header["depth"], 10, "{header}");
    let notes = run.rows().into_iter().find(|row| row["generator"] == "blurred").unwrap();
    assert!(notes["notes"][0].as_str().unwrap().contains("works with 8 bits"), "{notes}");
}
