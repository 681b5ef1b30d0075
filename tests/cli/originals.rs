//! Originals are never written to.

use std::{fs, os::unix::fs::symlink};

use crate::support::{SMALL, Scene};

#[test]
fn no_policy_and_no_name_reaches_an_original() {
    for policy in ["unique", "overwrite", "if-changed", "skip"] {
        let scene = Scene::with_photos(&["in/a.jpg", "in/b/c.jpg"]);
        let before = scene.tree("in");
        let name = ["--name", "{path}/{stem}.{ext}"];
        let run =
            scene.render(&[&["in", "--out", "in", "--on-conflict", policy], &name[..]].concat());
        let after = scene.tree("in");
        for (name, hash) in &before {
            assert_eq!(after.get(name), Some(hash), "{policy}: {name}");
        }
        match policy {
            "unique" => {
                assert_eq!(run.expect(0).column("path"), ["in/a-2.jpg", "in/b/c-2.jpg"]);
            }
            "skip" => assert_eq!(run.expect(0).column("status"), ["skipped", "skipped"]),
            _ => {
                let run = run.expect(1);
                assert_eq!(after, before);
                assert!(run.rows().iter().all(|row| row["error"]["code"] == "denied"), "{run:?}");
            }
        }
    }
}

#[test]
fn a_link_that_leads_to_an_original_is_no_way_around() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    fs::create_dir_all(scene.path("out/small")).unwrap();
    fs::hard_link(scene.path("in/a.jpg"), scene.path("out/small/a.jpg")).unwrap();
    let before = scene.tree("in");
    scene.render(&["in", "--on-conflict", "overwrite"]).expect(1);
    fs::remove_file(scene.path("out/small/a.jpg")).unwrap();
    symlink("../../in/a.jpg", scene.path("out/small/a.jpg")).unwrap();
    scene.render(&["in", "--on-conflict", "if-changed"]).expect(1);
    assert_eq!(scene.tree("in"), before);
}

#[test]
fn presets_and_overlays_are_originals_too() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.photo("logo.jpg", 9);
    let overlay = "{ op = \"overlay\", image = \"logo.jpg\", scale = 0.2 },\n";
    scene.write(
        "p.preset.toml",
        SMALL.replace("operations = [", &format!("operations = [{overlay}")),
    );
    let before = scene.tree(".");
    for name in ["logo.jpg", "p.preset.toml"] {
        let run = scene
            .render(&["in", "--out", ".", "--name", name, "--on-conflict", "overwrite"])
            .expect(1);
        assert_eq!(run.row()["error"]["code"], "denied", "{name}");
    }
    assert_eq!(scene.tree("."), before);
}
