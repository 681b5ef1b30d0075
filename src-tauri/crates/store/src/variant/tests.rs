//! Tests of keeping, finding, losing and evicting variants.

use std::{
    fs,
    io::Write as _,
    path::Path,
    sync::atomic::Ordering,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cropmark_rules::Format;

use super::*;
use crate::{
    CacheSettings, Store, StoreError, TrustKey,
    atomic::{TemporaryFile, WriteError},
};

pub(crate) fn rendered(content: &[u8]) -> Rendered {
    Rendered {
        format: Format::Jpeg,
        width: 230,
        height: 153,
        frames: 1,
        bytes: content.len() as u64,
        hash: ContentHash::of(content),
        quality: Some(80),
        score: None,
        milliseconds: 1.5,
        notes: Vec::new(),
        windows: Vec::new(),
        faces: None,
        steps: Vec::new(),
    }
}

fn new_variant(temporary: TemporaryFile, key: Key, content: &[u8], is_look: bool) -> NewVariant {
    NewVariant { temporary, key, rendered: rendered(content), is_look }
}

pub(crate) fn key_of(number: u64) -> Key {
    blake3::hash(&number.to_le_bytes()).into()
}

pub(crate) fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
}

pub(crate) fn key() -> TrustKey {
    [7; 32].into()
}

pub(crate) fn open(folder: &Path, settings: CacheSettings) -> Store {
    Store::open(folder, settings, &key(), at(0)).unwrap().store
}

pub(crate) fn insert(store: &Store, key: Key, content: &[u8], now: SystemTime) -> Inserted {
    let temporary = store.temporary(key, "jpg").unwrap();
    temporary.file().as_ref().write_all(content).unwrap();
    store.insert(new_variant(temporary, key, content, false), now).unwrap()
}

#[test]
fn a_file_with_other_bytes_of_the_same_length_is_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings { hot_bytes: 0, ..CacheSettings::default() });
    let Inserted::Stored(variant) = insert(&store, key_of(1), b"picture", at(1)) else { panic!() };
    assert!(store.variant_bytes(key_of(1), at(2)).unwrap().is_some());
    fs::write(&variant.path, b"scripts").unwrap();
    assert_eq!(store.variant_bytes(key_of(1), at(3)).unwrap(), None);
    assert_eq!(store.variant(key_of(1), at(4)).unwrap(), None, "it is forgotten");
}

#[test]
fn a_variant_is_found_by_its_key_with_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let key = key_of(1);
    assert_eq!(store.variant(key, at(1)).unwrap(), None);
    let Inserted::Stored(variant) = insert(&store, key, b"picture", at(2)) else { panic!() };
    assert_eq!(variant.path, store.layout().variant(key, "jpg").unwrap());
    assert_eq!(fs::read(&variant.path).unwrap(), b"picture");
    assert_eq!(fs::read_dir(store.layout().temporary()).unwrap().count(), 0);
    drop(store);

    let store = open(folder.path(), CacheSettings::default());
    let found = store.variant(key, at(3)).unwrap().unwrap();
    assert_eq!(found, variant);
    let bytes = store.variant_bytes(key, at(4)).unwrap().unwrap();
    assert_eq!((&*bytes.bytes, bytes.rendered), (&b"picture"[..], rendered(b"picture")));
    let statistics = store.statistics().unwrap();
    assert_eq!((statistics.hits, statistics.misses, statistics.hot_bytes), (2, 1, 7));
    assert_eq!((statistics.variants, statistics.variant_bytes), (1, 7));
    assert_eq!(statistics.formats[0].format, "jpeg");
}

#[test]
fn what_is_not_as_promised_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let key = key_of(1);
    for promised in [&b"other!!"[..], b"longer than it is"] {
        let temporary = store.temporary(key, "jpg").unwrap();
        temporary.file().as_ref().write_all(b"picture").unwrap();
        let error = store.insert(new_variant(temporary, key, promised, false), at(1)).unwrap_err();
        assert!(matches!(error, StoreError::Write(WriteError::Damaged { .. })), "{error}");
    }
    let temporary = store.temporary(key_of(2), "jpg").unwrap();
    temporary.file().as_ref().write_all(b"picture").unwrap();
    assert!(
        store.insert(new_variant(temporary, key, b"picture", false), at(1)).is_err(),
        "another's key"
    );
    assert_eq!(store.variant(key, at(2)).unwrap(), None);
    assert_eq!(fs::read_dir(store.layout().temporary()).unwrap().count(), 0);
}

#[test]
fn a_shortened_or_lost_file_is_a_miss_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings { hot_bytes: 0, ..CacheSettings::default() });
    for (number, damage) in [(1, true), (2, false)] {
        let key = key_of(number);
        let Inserted::Stored(variant) = insert(&store, key, b"picture", at(1)) else { panic!() };
        if damage {
            fs::write(&variant.path, b"pict").unwrap();
        } else {
            fs::remove_file(&variant.path).unwrap();
        }
        assert_eq!(store.variant(key, at(2)).unwrap(), None);
        assert!(!variant.path.exists());
        assert_eq!(store.statistics().unwrap().variants, 0);
        assert_eq!(store.variants().bytes.load(Ordering::Relaxed), 0);
        // It can come back.
        insert(&store, key, b"picture", at(3));
        assert!(store.variant(key, at(4)).unwrap().is_some());
        store.forget(key, Some((&variant.path, 7)));
    }
}

#[test]
fn the_least_used_variants_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let settings = CacheSettings { variant_bytes: 10_000, hot_bytes: 0, ..Default::default() };
    let store = open(folder.path(), settings);
    let content = vec![7; 1000];
    for number in 0..10 {
        insert(&store, key_of(number), &content, at(number));
    }
    // The first is used again, the clock of the second is set back: that makes it no older.
    store.variant(key_of(0), at(100)).unwrap().unwrap();
    store.variant(key_of(2), SystemTime::UNIX_EPOCH).unwrap().unwrap();
    insert(&store, key_of(10), &content, at(101));
    let kept: Vec<u64> =
        (0..11).filter(|&n| store.variant(key_of(n), at(200)).unwrap().is_some()).collect();
    assert_eq!(kept, [0, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(store.variant_files().len(), 9);
    assert_eq!(store.variants().bytes.load(Ordering::Relaxed), 9000);
}

#[test]
fn nothing_is_kept_on_the_disk_where_that_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let settings = CacheSettings { store_generated: false, ..CacheSettings::default() };
    let store = open(folder.path(), settings);
    let Inserted::Passed(temporary) = insert(&store, key_of(1), b"picture", at(1)) else {
        panic!()
    };
    assert!(temporary.path().exists());
    assert_eq!(store.variant(key_of(1), at(2)).unwrap(), None);
    assert!(store.variant_bytes(key_of(1), at(2)).unwrap().is_some(), "it is in memory");
}

#[test]
fn many_threads_insert_and_find_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let settings = CacheSettings { variant_bytes: 100_000, ..CacheSettings::default() };
    let store = open(folder.path(), settings);
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..40 {
                    let content = vec![u8::try_from(number).unwrap(); 1000];
                    // Two threads each make the same variants.
                    let key = key_of(thread / 2 * 1000 + number);
                    insert(store, key, &content, at(number));
                    if let Some(found) = store.variant_bytes(key, at(number)).unwrap() {
                        assert_eq!(*found.bytes, *content);
                    }
                }
                store.collect().unwrap();
            });
        }
    });
    let statistics = store.statistics().unwrap();
    assert_eq!(statistics.variants, 80);
    assert_eq!(statistics.variant_bytes, store.variants().bytes.load(Ordering::Relaxed));
}

#[test]
fn what_was_made_to_be_looked_at_is_not_taken_for_an_export() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let key = key_of(1);
    let look = |content: &[u8]| {
        let temporary = store.temporary(key, "jpg").unwrap();
        temporary.file().as_ref().write_all(content).unwrap();
        let Inserted::Stored(kept) =
            store.insert(new_variant(temporary, key, content, true), at(1)).unwrap()
        else {
            panic!("it is not kept")
        };
        kept.rendered.hash
    };
    assert_eq!(look(b"look"), rendered(b"look").hash);
    assert!(store.variant(key, at(2)).unwrap().unwrap().is_look);
    assert_eq!(store.exact_variant(key, at(2)).unwrap(), None);
    // An index made anew from the files knows it still.
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.exact_variant(key, at(2)).unwrap(), None);

    insert(&store, key, b"exported", at(3));
    let exact = store.exact_variant(key, at(4)).unwrap().unwrap();
    assert_eq!(exact.rendered.hash, rendered(b"exported").hash);
    let shown = store.variant_bytes(key, at(4)).unwrap().unwrap();
    assert_eq!(shown.bytes.as_ref(), b"exported");
    assert_eq!(look(b"another look"), exact.rendered.hash, "the export's stays");
    assert_eq!(std::fs::read(&exact.path).unwrap(), b"exported");
}
