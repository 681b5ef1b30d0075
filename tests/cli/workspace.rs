//! Care of a workspace, alone and beside another process.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use cropmark_rules::{
    AssetTexts,
    value::{CropFrame, FaceBox, Point},
};
use cropmark_store::{Annotation, CacheSettings, RunState, Store};
use serde_json::{Value, json};

use crate::support::{Run, Scene};

/// A workspace `in` with these images and a variant of each.
fn rendered(names: &[&str]) -> Scene {
    let scene = Scene::with_photos(names);
    // What has just been written is not remembered, since it might change within the same tick.
    let earlier = SystemTime::now() - Duration::from_hours(1);
    for name in names {
        fs::File::open(scene.path(name)).unwrap().set_modified(earlier).unwrap();
    }
    scene.render(&["in", "--workspace", "in"]).expect(0);
    scene
}

/// The workspace `in`, held by this process.
fn hold(scene: &Scene) -> Store {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    Store::open(&scene.path("in"), CacheSettings::default(), &scene.trust_key(), now).unwrap().store
}

fn variants(scene: &Scene) -> Vec<PathBuf> {
    let root = scene.path("in/.cropmark/variants");
    let entries = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
    let files = entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).collect()
}

fn key(variant: &Path) -> String {
    variant.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn workspace(scene: &Scene, arguments: &[&str]) -> Run {
    scene.run(&[&["workspace"], arguments].concat())
}

fn statistics(scene: &Scene) -> Value {
    let run = workspace(scene, &["stats", "in", "--json"]).expect(0);
    assert_eq!(run.stderr, "");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn the_figures_are_those_of_what_was_rendered() {
    let scene = rendered(&["in/a.jpg", "in/b.jpg"]);
    scene.render(&["in", "--workspace", "in", "--out", "again"]).expect(0);
    let bytes: u64 = variants(&scene).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    let found = statistics(&scene);
    assert_eq!((&found["variants"], &found["variant_bytes"]), (&json!(2), &json!(bytes)));
    assert_eq!((&found["assets"], &found["hits"]), (&json!(2), &json!(2)), "{found}");
    assert_eq!(found["formats"], json!([{ "format": "jpeg", "variants": 2, "bytes": bytes }]));
    assert_eq!(found["access"], json!({ "mode": "full", "reason": null, "held_by": null }));
    assert_eq!(found["runs"], json!({ "running": 0, "paused": 0, "done": 2, "cancelled": 0 }));
    assert!(found["index_bytes"].as_u64().unwrap() > 4096);
    let words = workspace(&scene, &["stats", "in"]).expect(0).stdout;
    for part in ["2 images", "2 variants", "jpeg", "2 hits", "reading and writing"] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[test]
fn beside_another_process_there_are_figures_and_nothing_else() {
    let scene = rendered(&["in/a.jpg"]);
    scene.write("saved.json", r#"{"version":1,"annotations":[],"settings":[],"runs":[]}"#);
    let store = hold(&scene);
    let found = statistics(&scene);
    assert_eq!(found["variants"], 1);
    let access = &found["access"];
    assert_eq!((&access["mode"], &access["reason"]), (&json!("read_only"), &json!("held")));
    assert_eq!(access["held_by"]["pid"], std::process::id());
    let who = format!("process {}", std::process::id());
    let words = workspace(&scene, &["stats", "in"]).expect(0).stdout;
    assert!(words.contains("reading only") && words.contains(&who), "{words}");
    let before = scene.tree("in");
    for arguments in [
        &["verify", "in"][..],
        &["verify", "in", "--json"],
        &["gc", "in", "--max-bytes", "0"],
        &["rebuild", "in"],
        &["export", "in"],
        &["import", "in", "saved.json"],
    ] {
        let run = workspace(&scene, arguments).expect(3);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(run.stderr.contains(&who) && run.stderr.contains("close it"), "{run:?}");
    }
    assert_eq!(scene.tree("in"), before);
    drop(store);
    workspace(&scene, &["verify", "in"]).expect(0);
}

#[test]
fn a_check_names_what_is_wrong_and_repairs_it() {
    let scene = rendered(&["in/a.jpg", "in/b.jpg", "in/c.jpg"]);
    let sound = workspace(&scene, &["verify", "in"]).expect(0);
    assert!(sound.stdout.contains("3 variants are whole"), "{sound:?}");
    let files = variants(&scene);
    fs::remove_file(&files[0]).unwrap();
    let mut bytes = fs::read(&files[1]).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&files[1], bytes).unwrap();
    let run = workspace(&scene, &["verify", "in", "--json"]).expect(0);
    let lines: Vec<Value> = run.rows();
    assert_eq!(lines.len(), 2, "{run:?}");
    for (detail, file) in [("missing", &files[0]), ("damaged", &files[1])] {
        let line = lines.iter().find(|line| line["detail"] == detail).unwrap();
        assert_eq!((&line["key"], &line["repaired"]), (&json!(key(file)), &json!(true)));
    }
    let summary = run.summary();
    assert_eq!((&summary["sound"], &summary["repaired"]), (&json!(1), &json!(true)));
    // The two are rendered again, and all is well.
    let again = scene.render(&["in", "--workspace", "in", "--out", "o2"]).expect(0);
    let mut status = again.column("status");
    status.sort();
    assert_eq!(status, ["cached", "rendered", "rendered"]);
    assert_eq!(scene.tree("o2"), scene.tree("out"));
    let run = workspace(&scene, &["verify", "in"]).expect(0);
    assert!(run.stdout.contains("3 variants are whole"), "{run:?}");
    fs::write(&files[2], "x").unwrap();
    let words = workspace(&scene, &["verify", "in"]).expect(0).stdout;
    assert!(words.contains(&key(&files[2])) && words.contains("1 fault repaired"), "{words}");
}

#[test]
fn a_kept_variant_with_other_bytes_of_the_same_length_is_rendered_again() {
    let scene = rendered(&["in/a.jpg"]);
    let file = &variants(&scene)[0];
    let mut bytes = fs::read(file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(file, bytes).unwrap();
    for (out, status) in [("o2", "rendered"), ("o3", "cached")] {
        let run = scene.render(&["in", "--workspace", "in", "--out", out]).expect(0);
        assert_eq!(run.column("status"), [status]);
        assert_eq!(scene.tree(out), scene.tree("out"));
    }
}

#[test]
fn a_cleaning_removes_strangers_and_keeps_to_the_limit() {
    let scene = rendered(&["in/a.jpg", "in/b.jpg"]);
    let first = &variants(&scene)[0];
    let stranger = first.with_file_name(format!("{}{}.jpg", &key(first)[..2], "0".repeat(62)));
    fs::copy(first, &stranger).unwrap();
    let run = workspace(&scene, &["gc", "in"]).expect(0);
    assert!(run.stdout.contains("removed  1 file that the index does not know"), "{run:?}");
    assert!(run.stdout.contains("2 variants kept"), "{run:?}");
    assert!(!stranger.exists());
    let run = workspace(&scene, &["gc", "in", "--max-bytes", "0"]).expect(0);
    assert!(run.stdout.contains("2 variants over the limit"), "{run:?}");
    assert_eq!(variants(&scene), [""; 0].map(PathBuf::from));
    assert_eq!(statistics(&scene)["variants"], 0);
    assert_eq!(scene.files("out").len(), 2, "exported files stay");
    workspace(&scene, &["gc", "in", "--max-bytes", "many"]).expect(2);
}

#[test]
fn a_rebuilt_index_knows_what_is_on_the_disk() {
    let scene = rendered(&["in/a.jpg", "in/b.jpg"]);
    fs::write(&variants(&scene)[0], "x").unwrap();
    let run = workspace(&scene, &["rebuild", "in"]).expect(0);
    assert!(run.stdout.contains("1 variant kept"), "{run:?}");
    assert!(run.stdout.contains("1 removed"), "{run:?}");
    // A file that is no index is put aside, and said.
    fs::write(scene.path("in/.cropmark/index.sqlite"), "no index".repeat(1000)).unwrap();
    let run = workspace(&scene, &["rebuild", "in"]).expect(0);
    assert!(run.stderr.contains("was damaged") && run.stderr.contains("broken-1"), "{run:?}");
    assert_eq!(statistics(&scene)["variants"], 1);
}

#[test]
fn what_cannot_be_made_again_survives_the_folder() {
    let scene = rendered(&["in/a.jpg"]);
    let store = hold(&scene);
    let annotation = Annotation {
        focal: Some(Point { x: 0.25, y: 0.75 }),
        crops: [("card".to_owned(), CropFrame { x: 0.5, y: 0.0, width: 0.5, height: 1.0 })].into(),
        faces: Some(vec![FaceBox { x: 0.25, y: 0.5, width: 0.125, height: 0.25 }]),
        marks: ["sky".to_owned()].into(),
        texts: AssetTexts { title: "Lake".to_owned(), alt: "A lake at dusk".to_owned() },
    };
    store.annotate(Path::new("a.jpg"), annotation.clone()).unwrap();
    store.set_setting("grid", Some(json!(4))).unwrap();
    let run = store.create_run(json!({ "n": 1 }), vec![json!({})], SystemTime::UNIX_EPOCH);
    store.set_run_state(run.unwrap(), RunState::Paused, None, SystemTime::UNIX_EPOCH).unwrap();
    drop(store);
    let told = workspace(&scene, &["export", "in", "--to", "saved.json"]).expect(0).stdout;
    assert!(told.contains("1 image, 1 setting and 2 export runs in saved.json"), "{told}");
    // The same on standard output, and over an earlier export.
    let printed = workspace(&scene, &["export", "in"]).expect(0).stdout;
    assert_eq!(printed, fs::read_to_string(scene.path("saved.json")).unwrap());
    workspace(&scene, &["export", "in", "--to", "saved.json"]).expect(0);

    fs::remove_dir_all(scene.path("in/.cropmark")).unwrap();
    for _ in 0..2 {
        let imported = workspace(&scene, &["import", "in", "saved.json"]).expect(0);
        assert!(imported.stdout.contains("1 image and 1 setting"), "{imported:?}");
        assert!(imported.stderr.contains("2 export runs are left out"), "{imported:?}");
    }
    assert_eq!(statistics(&scene)["runs"]["paused"], 0);
    scene.render(&["in", "--workspace", "in", "--out", "o2"]).expect(0);
    let store = hold(&scene);
    assert_eq!(store.setting("grid").unwrap(), Some(json!(4)));
    assert_eq!(store.asset(Path::new("a.jpg")).unwrap().unwrap().annotation, annotation);
}

#[test]
fn a_crop_by_hand_is_of_one_picture_and_one_generator() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg"]);
    let size = |text: &str| format!("operations = [{text}]\noutput = {{ format = \"png\" }}\n");
    let square = size(r#"{ op = "crop", aspect = "1:1", gravity = "smart" }"#);
    let text = format!("version = 1\n[generators.card]\n{square}[generators.plain]\n{}", size(""));
    scene.write("p.preset.toml", text);
    let sizes = |out: &str| -> Vec<String> {
        let run = scene.render(&["in", "--workspace", "in", "--out", out]).expect(0);
        let of = |row: &Value| format!("{} {}x{}", row["generator"], row["width"], row["height"]);
        run.rows().iter().map(of).collect()
    };
    let before = sizes("o1");
    let crops = [("card".to_owned(), CropFrame { x: 0.5, y: 0.25, width: 0.2, height: 0.3 })];
    let annotation = Annotation { crops: crops.into(), ..Annotation::default() };
    hold(&scene).annotate(Path::new("a.jpg"), annotation).unwrap();
    let after = sizes("o2");
    let changed: Vec<_> = before.iter().zip(&after).filter(|(was, is)| was != is).collect();
    assert_eq!(changed.len(), 1, "{before:?} {after:?}");
    assert_eq!(changed[0].1, "\"card\" 18x18");
    let picture = image::open(scene.path("o2/card/a.png")).unwrap().to_rgb8();
    let source = image::open(scene.path("in/a.jpg")).unwrap().to_rgb8();
    for (x, y) in [(0, 0), (17, 17)] {
        let (here, there) = (picture.get_pixel(x, y), source.get_pixel(45 + x, 15 + y));
        let far = here.0.iter().zip(there.0).any(|(here, there)| here.abs_diff(there) > 6);
        assert!(!far, "{x} {y}: {here:?} {there:?}");
    }
    // Without the workspace, nothing is known of it.
    let plain = scene.render(&["in", "--out", "o3"]).expect(0);
    assert!(!plain.rows().iter().any(|row| row["width"] == 18), "{plain:?}");
}

#[test]
fn an_export_replaces_nothing_but_an_export() {
    let scene = rendered(&["in/a.jpg"]);
    scene.write("other.json", r#"{"version":1}"#);
    let before = scene.tree("");
    for target in ["in/a.jpg", "other.json", "in", "missing/saved.json"] {
        let run = workspace(&scene, &["export", "in", "--to", target]).expect(2);
        assert!(run.stderr.contains(target) && run.stdout.is_empty(), "{run:?}");
    }
    for file in ["in/a.jpg", "other.json", "in", "missing.json"] {
        let run = workspace(&scene, &["import", "in", file]).expect(2);
        assert!(run.stderr.contains(file) && run.stdout.is_empty(), "{run:?}");
    }
    let mine = |name: &String| !name.starts_with("in/.cropmark");
    let names = |tree: std::collections::BTreeMap<String, String>| -> Vec<_> {
        tree.into_iter().filter(|(name, _)| mine(name)).collect()
    };
    assert_eq!(names(scene.tree("")), names(before));
}

#[test]
fn a_folder_that_is_no_workspace_is_said_and_not_made_one() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    for place in ["missing", "in/a.jpg", "in"] {
        for task in ["stats", "verify", "gc", "rebuild", "export"] {
            let run = workspace(&scene, &[task, place]).expect(3);
            assert!(run.stderr.contains(place) && run.stdout.is_empty(), "{run:?}");
        }
    }
    assert!(!scene.path("in/.cropmark").exists() && !scene.path("missing").exists());
    for wrong in [&["workspace"][..], &["workspace", "stats"], &["workspace", "mend", "in"]] {
        scene.run(wrong).expect(2);
    }
    let help = scene.run(&["workspace", "--help"]).expect(0).stdout;
    for task in ["stats", "verify", "gc", "rebuild", "export", "import"] {
        assert!(help.contains(task), "{task}");
    }
}
