//! What happens where a name is taken.

use std::{fs, os::unix::fs::MetadataExt as _};

use crate::support::Scene;

/// A scene whose `out/small/a.jpg` has been there before, with this content.
fn taken(content: &str) -> Scene {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.write("out/small/a.jpg", content);
    scene
}

#[test]
fn unique_keeps_both_and_adds_nothing_the_second_time() {
    let scene = taken("mine");
    let run = scene.render(&["in"]).expect(0);
    assert_eq!(run.column("path"), ["out/small/a-2.jpg"]);
    assert_eq!(run.column("status"), ["rendered"]);
    assert_eq!(fs::read(scene.path("out/small/a.jpg")).unwrap(), b"mine");
    let before = scene.tree("out");
    let again = scene.render(&["in", "--on-conflict", "unique"]).expect(0);
    assert_eq!(again.column("status"), ["skipped"]);
    assert_eq!(again.column("path"), ["out/small/a-2.jpg"]);
    assert_eq!(again.summary()["bytes"], 0);
    assert_eq!(scene.tree("out"), before);
}

#[test]
fn overwrite_replaces() {
    let scene = taken("mine");
    let run = scene.render(&["in", "--on-conflict", "overwrite"]).expect(0);
    assert_eq!(run.column("status"), ["rendered"]);
    let first = fs::metadata(scene.path("out/small/a.jpg")).unwrap().ino();
    scene.render(&["in", "--on-conflict", "overwrite"]).expect(0);
    let second = fs::metadata(scene.path("out/small/a.jpg")).unwrap().ino();
    assert_ne!(first, second);
    assert_eq!(scene.files("out"), ["small/a.jpg"]);
}

#[test]
fn if_changed_leaves_equal_files_alone() {
    let scene = taken("mine");
    let run = scene.render(&["in", "--on-conflict", "if-changed"]).expect(0);
    assert_eq!(run.column("status"), ["rendered"]);
    let before = fs::metadata(scene.path("out/small/a.jpg")).unwrap();
    let again = scene.render(&["in", "--on-conflict", "if-changed"]).expect(0);
    assert_eq!(again.column("status"), ["skipped"]);
    let after = fs::metadata(scene.path("out/small/a.jpg")).unwrap();
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
}

#[test]
fn skip_keeps_what_is_there_and_does_not_render() {
    let scene = taken("mine");
    let run = scene.render(&["in", "--on-conflict", "skip"]).expect(0);
    let row = run.row();
    assert_eq!(row["status"], "skipped");
    assert_eq!(row["path"], "out/small/a.jpg");
    assert_eq!((&row["bytes"], &row["cache"]), (&4.into(), &None::<&str>.into()));
    assert_eq!(fs::read(scene.path("out/small/a.jpg")).unwrap(), b"mine");
    fs::remove_file(scene.path("out/small/a.jpg")).unwrap();
    let run = scene.render(&["in", "--on-conflict", "skip"]).expect(0);
    assert_eq!(run.column("status"), ["rendered"]);
}

#[test]
fn a_folder_or_file_in_the_way_is_one_failed_row_without_debris() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg", "in/c/d.jpg"]);
    fs::create_dir_all(scene.path("out/small/a.jpg")).unwrap();
    scene.write("out/small/c", "a file");
    let run = scene.render(&["in", "--on-conflict", "overwrite"]).expect(1);
    assert_eq!(run.column("status"), ["failed", "rendered", "failed"]);
    for row in run.rows().iter().filter(|row| row["status"] == "failed") {
        assert_eq!(row["error"]["code"], "invalid", "{row}");
    }
    assert_eq!(scene.files("out"), ["small/b.jpg", "small/c"]);
}
