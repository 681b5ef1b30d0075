//! Which files are taken.

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt as _, os::unix::fs::symlink, process::Command};

use image::ImageFormat;

use crate::support::{Scene, encoded, picture};

#[test]
fn a_giant_that_is_refused_is_not_read_to_its_end() {
    let scene = Scene::with_photos(&["in/giant.jpg"]);
    let giant = fs::File::options().write(true).open(scene.path("in/giant.jpg")).unwrap();
    giant.set_len(1 << 40).unwrap();
    let run = scene.render(&["in/giant.jpg"]).expect(1);
    assert_eq!(run.row()["error"]["code"], "too_large", "{run:?}");
}

#[test]
fn a_folder_gives_images_whatever_they_are_called_and_nothing_hidden() {
    let scene = Scene::with_photos(&[
        "in/b/a.jpg",
        "in/a.txt",
        "in/.hidden/a.jpg",
        "in/.a.jpg",
        "in/.cropmark/variants/a.jpg",
    ]);
    scene.write("in/png", encoded(&picture(50, 50, 1), ImageFormat::Png));
    scene.write("in/c.dat", encoded(&picture(50, 50, 2), ImageFormat::Bmp));
    scene.write("in/notes.jpg", "these are notes");
    scene.write("in/more.preset.toml", "version = 1");
    let run = scene.render(&["in"]).expect(1);
    let sources = ["in/a.txt", "in/b/a.jpg", "in/c.dat", "in/notes.jpg", "in/png"];
    assert_eq!(run.column("source"), sources);
    // What is called an image and is none is not passed over in silence.
    assert_eq!(run.rows()[3]["error"]["code"], "unreadable");
    assert_eq!(
        scene.files("out"),
        ["small/a.jpg", "small/b/a.jpg", "small/c.jpg", "small/png.jpg"]
    );
}

#[test]
fn a_named_file_has_a_row_in_any_case() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.write("notes", "these are notes");
    scene.write("empty.jpg", "");
    let pipe = scene.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let named = ["notes", "missing.jpg", "empty.jpg", "pipe", "in/a.jpg"];
    let run = scene.render(&named).expect(1);
    assert_eq!(run.column("source"), ["empty.jpg", "in/a.jpg", "missing.jpg", "notes", "pipe"]);
    assert_eq!(run.column("status"), ["failed", "rendered", "failed", "failed", "failed"]);
    for row in run.rows().iter().filter(|row| row["status"] == "failed") {
        assert_eq!(row["generator"], serde_json::Value::Null);
        let code = row["error"]["code"].as_str().unwrap();
        assert!(matches!(code, "unreadable" | "unsupported"), "{row}");
    }
    // Of a file named by itself, {path} is empty.
    assert_eq!(scene.files("out"), ["small/a.jpg"]);
}

#[test]
fn a_named_file_that_no_generator_takes_is_skipped_and_one_of_a_folder_is_silent() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.write("p.preset.toml", "version = 1\n[generators.g]\nmatch = { format = \"png\" }\n");
    let run = scene.render(&["in/a.jpg"]).expect(0);
    let row = run.row();
    assert_eq!((&row["status"], &row["generator"]), (&"skipped".into(), &None::<&str>.into()));
    let run = scene.render(&["in"]).expect(0);
    assert_eq!(run.rows().len(), 0);
    assert_eq!(run.summary()["skipped"], 0);
}

#[test]
fn patterns_are_about_the_path_in_the_folder_and_links_do_not_loop() {
    let scene = Scene::with_photos(&["in/photos/a.jpg", "in/brand/b.jpg"]);
    symlink(".", scene.path("in/photos/up")).unwrap();
    scene.write(
        "p.preset.toml",
        "version = 1\n[generators.g]\nmatch = { path = \"photos/**\" }\noutput = { format = \"png\" }\n",
    );
    let sources = |arguments: &[&str]| scene.render(arguments).expect(0).column("source");
    assert_eq!(sources(&["in", "--out", "o1"]), ["in/photos/a.jpg"]);
    assert_eq!(sources(&["in/photos", "--out", "o2"]), [""; 0]);
    let workspace = ["in/photos", "--workspace", "in", "--out", "o3"];
    assert_eq!(sources(&workspace), ["in/photos/a.jpg"]);
    // Without sources, the workspace is what is rendered.
    assert_eq!(sources(&["--workspace", "in", "--out", "o4"]), ["in/photos/a.jpg"]);
}

#[test]
fn names_that_are_no_text_or_hostile_work() {
    let scene = Scene::with_photos(&[
        "in/-rf.jpg",
        "in/a b'\"$(x).jpg",
        "in/new\nline.jpg",
        "in/o.jpg[Q=1]",
        "in/ü漢.jpg",
        "in/CON.jpg",
        "in/%s.jpg",
    ]);
    scene.photo(OsStr::from_bytes(b"in/bad\xff.jpg"), 20);
    scene.photo(OsStr::from_bytes(b"in/bad\xfe.jpg"), 21);
    let run = scene.render(&["in"]).expect(0);
    assert_eq!(run.rows().len(), 9);
    assert_eq!(scene.files("out").len(), 9, "{:?}", scene.files("out"));
    for row in run.rows() {
        let path = row["path"].as_str().unwrap();
        assert!(!path.contains(['\n', '"', '?']), "{path}");
        assert!(fs::metadata(scene.path(path)).unwrap().is_file());
    }
}

#[test]
fn the_results_are_not_rendered_again() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.render(&["in", "--out", "in/made"]).expect(0);
    let again = scene.render(&["in", "--out", "in/made"]).expect(0);
    assert_eq!(again.column("source"), ["in/a.jpg"]);
    // Also where results go into the folder itself.
    scene.render(&["in", "--out", "in"]).expect(0);
    let again = scene.render(&["in", "--out", "in"]).expect(0);
    assert_eq!(again.column("source"), ["in/a.jpg", "in/made/small/a.jpg"]);
}
