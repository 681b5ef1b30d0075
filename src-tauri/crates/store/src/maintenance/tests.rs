//! Tests of checking, cleaning, rebuilding, exporting and importing.

use std::{fs, path::Path};

use cropmark_rules::{
    AssetTexts,
    value::{CropFrame, FaceBox, Point},
};
use serde_json::json;

use super::*;
use crate::{
    Annotation, AssetUpdate, CacheSettings, DoneItem, Fingerprint, Inserted, ItemResult, Store,
    StoreError,
    variant::tests::{at, insert, key, key_of, open},
};

fn store_with(folder: &Path, variants: u64) -> Store {
    let store = open(folder, CacheSettings::default());
    for number in 0..variants {
        insert(&store, key_of(number), &number.to_le_bytes(), at(number));
    }
    store
}

fn path_of(store: &Store, number: u64) -> std::path::PathBuf {
    store.layout().variant(key_of(number), "jpg").unwrap()
}

#[test]
fn a_check_finds_what_is_missing_and_what_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with(folder.path(), 5);
    fs::remove_file(path_of(&store, 1)).unwrap();
    fs::write(path_of(&store, 2), 3_u64.to_le_bytes()).unwrap();
    fs::write(path_of(&store, 9).with_file_name("notes.txt"), b"x").ok();
    let stray = path_of(&store, 0).with_extension("png");
    fs::copy(path_of(&store, 0), &stray).unwrap();
    let mut seen = Vec::new();
    let report = store.verify(&mut |done, of| seen.push((done, of))).unwrap();
    assert_eq!((report.sound, report.repaired, report.is_sound()), (3, true, false));
    assert_eq!((report.missing, report.damaged), (vec![key_of(1)], vec![key_of(2)]));
    assert_eq!(seen.last(), Some(&(5, 5)));
    assert!(store.verify(&mut |_, _| {}).unwrap().is_sound());
    assert_eq!(store.variant(key_of(2), at(9)).unwrap(), None);
}

#[test]
fn a_cleaning_removes_what_nobody_needs() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with(folder.path(), 3);
    fs::remove_file(path_of(&store, 0)).unwrap();
    let unknown = path_of(&store, 7);
    fs::create_dir_all(unknown.parent().unwrap()).unwrap();
    fs::write(&unknown, b"unknown").unwrap();
    fs::write(store.layout().temporary().join(".cropmark-1.part"), b"half").unwrap();
    let kept = store.temporary(key_of(8), "jpg").unwrap();
    for number in 1..4 {
        fs::write(store.layout().root().join(format!("index.sqlite.broken-{number}")), b"")
            .unwrap();
    }
    let report = store.collect().unwrap();
    let expected = Collected {
        unknown_files: 1,
        unknown_bytes: 7,
        rows: 1,
        temporaries: 1,
        evicted: 0,
        old_indexes: 2,
    };
    assert_eq!(report, expected);
    assert!(kept.path().exists() && !unknown.exists());
    assert_eq!(store.collect().unwrap(), Collected::default());
    assert_eq!(store.statistics().unwrap().variants, 2);
}

#[test]
fn a_rebuilding_takes_in_what_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with(folder.path(), 5);
    for number in 0..3 {
        // As after a loss of the last transactions.
        store.forget(key_of(number), None);
    }
    fs::write(path_of(&store, 1), 7_u64.to_le_bytes()).unwrap();
    let stranger = path_of(&store, 8);
    fs::create_dir_all(stranger.parent().unwrap()).unwrap();
    fs::write(&stranger, b"says nothing").unwrap();
    let report = store.rebuild(&mut |_, _| {}).unwrap();
    assert_eq!(report, Rebuilt { kept: 2, adopted: 2, removed: 2 });
    let found = store.variant(key_of(0), at(9)).unwrap().unwrap();
    assert_eq!((found.rendered.width, found.rendered.height), (230, 153));
    assert!(!stranger.exists() && !path_of(&store, 1).exists());
}

#[test]
fn a_lost_index_is_made_from_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with(folder.path(), 5);
    let index = store.layout().index();
    drop(store);
    fs::remove_file(&index).unwrap();
    let opened = Store::open(folder.path(), CacheSettings::default(), &key(), at(5)).unwrap();
    assert_eq!(opened.notices, [crate::Notice::IndexMissing { adopted: 5 }]);
    assert!(opened.store.variant(key_of(4), at(6)).unwrap().is_some());
}

#[test]
fn work_is_carried_to_another_workspace() {
    let here = tempfile::tempdir().unwrap();
    let there = tempfile::tempdir().unwrap();
    let update = |path: &str, content: &[u8]| AssetUpdate {
        fingerprint: Fingerprint { path: path.into(), size: 1, mtime_ns: 1, inode: 1 },
        content: Some(blake3::hash(content).into()),
        header: None,
    };
    let annotation = Annotation {
        focal: Some(Point { x: 0.25, y: 0.75 }),
        crops: [("hero".to_owned(), CropFrame { x: 0.1, y: 0.2, width: 0.5, height: 0.25 })].into(),
        faces: Some(vec![FaceBox { x: 0.25, y: 0.5, width: 0.125, height: 0.25 }]),
        marks: ["favourite".to_owned()].into(),
        texts: AssetTexts { title: "Lake".to_owned(), alt: "A lake at dusk".to_owned() },
    };
    let store = open(here.path(), CacheSettings::default());
    store.update_assets(vec![update("a.jpg", b"a"), update("b.jpg", b"b")]).unwrap();
    store.annotate(Path::new("a.jpg"), annotation.clone()).unwrap();
    store.set_setting("workers", Some(json!(4))).unwrap();
    let run = store.create_run(json!({ "out": "web" }), vec![json!({ "n": 1 })], at(1)).unwrap();
    let item = DoneItem {
        path: Some("web/a.jpg".into()),
        hash: None,
        result: ItemResult::Rendered,
        bytes: None,
        report: None,
    };
    store.intend_items(run, vec![(0, item)]).unwrap();
    let file = here.path().join("work.json");
    assert_eq!(store.export(&file).unwrap(), Saved { annotations: 1, settings: 1, runs: 1 });

    let other = open(there.path(), CacheSettings::default());
    other.update_assets(vec![update("renamed.jpg", b"a")]).unwrap();
    let imported = other.import(&file).unwrap();
    assert_eq!(imported, Imported { annotations: 1, settings: 1, left_out_runs: 1 });
    assert_eq!(other.import(&file).unwrap(), imported);
    other.update_assets(vec![update("a.jpg", b"of another content")]).unwrap();
    for path in ["renamed.jpg", "a.jpg"] {
        let asset = other.asset(Path::new(path)).unwrap().unwrap();
        assert_eq!(asset.annotation, annotation, "{path}");
    }
    assert_eq!(other.setting("workers").unwrap(), Some(json!(4)));
    assert_eq!(other.runs().unwrap(), [], "a file starts nothing");

    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("0.1,", "0.9,")).unwrap();
    let hanging = other.import(&file).unwrap_err().to_string();
    assert!(hanging.contains("lies within the picture"), "{hanging}");
    fs::write(&file, b"{\"version\": 1").unwrap();
    assert!(matches!(other.import(&file), Err(StoreError::Export { .. })));
}

#[test]
fn an_evicted_file_that_is_open_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings { variant_bytes: 10, ..Default::default() });
    let Inserted::Stored(first) = insert(&store, key_of(1), b"12345678", at(1)) else { panic!() };
    let open = store.open_variant(&first).unwrap();
    insert(&store, key_of(2), b"12345678", at(2));
    assert!(!first.path.exists() && store.open_variant(&first).is_err());
    assert_eq!(open.metadata().unwrap().len(), 8);
}
