//! An index that is cut off or has flipped bits anywhere opens or is rebuilt; nothing panics,
//! and nothing outside `.cropmark/` is touched.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::common::{Dice, at, folder, insert, key, key_of, open};
use cropmark_rules::{
    AssetTexts, ContentHash,
    value::{CropFrame, Point},
};
use cropmark_store::{
    Access, Annotation, AssetUpdate, CacheSettings, DoneItem, Fingerprint, ItemEnd, ItemResult,
    ItemState, Notice, Opened, ReadOnlyReason, Store, StoreError,
};
use serde_json::json;

const VARIANTS: u64 = 12;
const ASSETS: u32 = 200;

fn fill(store: &Store) {
    for number in 0..VARIANTS {
        insert(store, number).unwrap();
    }
    let update = |number: u32| AssetUpdate {
        fingerprint: Fingerprint {
            path: format!("photos/{number}.jpg").into(),
            size: 1000,
            mtime_ns: 7,
            inode: u64::from(number),
        },
        content: Some(blake3::hash(&number.to_le_bytes()).into()),
        header: None,
    };
    store.update_assets((0..ASSETS).map(update).collect()).unwrap();
    for number in 0..20 {
        store.annotate(&PathBuf::from(format!("photos/{number}.jpg")), focal()).unwrap();
    }
    let specs = (0..50).map(|number| json!({ "asset": number })).collect();
    let run = store.create_run(json!({ "out": "web" }), specs, at(1)).unwrap();
    let done = |position| {
        let item = DoneItem {
            path: Some(PathBuf::from(format!("/web/{position}.jpg"))),
            hash: None,
            result: ItemResult::Rendered,
            bytes: Some(100),
            report: None,
        };
        (position, ItemEnd::Done(item))
    };
    store.finish_items(run, (0..25).map(done).collect()).unwrap();
    store.set_setting("workers", Some(json!(4))).unwrap();
}

fn focal() -> Annotation {
    let frame = CropFrame { x: 0.5, y: 0.25, width: 0.5, height: 0.5 };
    Annotation {
        focal: Some(Point { x: 0.5, y: 0.25 }),
        crops: [("hero".to_owned(), frame)].into(),
        faces: Some(vec![frame.into()]),
        marks: ["good".to_owned()].into(),
        texts: AssetTexts { title: "Lake".to_owned(), alt: "A lake at dusk".to_owned() },
    }
}

/// Uses everything. A row that makes no sense may be found only now; then the error says so.
fn use_all(store: &Store) -> Result<usize, StoreError> {
    store.statistics()?;
    let annotated = store
        .load_assets()?
        .assets
        .iter()
        .filter_map(|known| store.asset(&known.fingerprint.path).transpose())
        .collect::<Result<Vec<_>, _>>()?
        .iter()
        .filter(|asset| asset.annotation == focal())
        .count();
    for run in store.runs()? {
        store.run_items(run.id, &ItemState::ALL)?;
        store.settle_run(run.id)?;
    }
    store.setting("workers")?;
    for number in 0..VARIANTS {
        if let Some(found) = store.variant(key_of(number), at(50))? {
            let content = fs::read(&found.path).unwrap();
            assert_eq!(ContentHash::of(&content), found.rendered.hash);
        }
    }
    insert(store, 99)?;
    store.verify(&mut |_, _| {})?;
    store.collect()?;
    Ok(annotated)
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn damage(path: &Path, dice: &mut Dice) -> String {
    let mut bytes = fs::read(path).unwrap();
    let length = bytes.len() as u64;
    let what = match dice.below(4) {
        0 => {
            bytes.truncate(usize::try_from(dice.below(length)).unwrap());
            format!("cut to {}", bytes.len())
        }
        kind => {
            // One flip in three is in the file's header.
            let place = if kind == 1 { dice.below(100.min(length)) } else { dice.below(length) };
            let count = 1 + dice.below(8);
            for offset in place..(place + count).min(length) {
                let flip = u8::try_from(1 + dice.below(255)).unwrap();
                bytes[usize::try_from(offset).unwrap()] ^= flip;
            }
            format!("{count} bytes flipped at {place} of {length}")
        }
    };
    fs::write(path, bytes).unwrap();
    format!("{}: {what}", path.file_name().unwrap().display())
}

#[test]
fn two_hundred_damages_are_survived() {
    let sample = folder();
    let (closed, crashed) = (sample.path().join("closed"), sample.path().join("crashed"));
    // Rows are those of a folder: all is damaged where it was made.
    let original = sample.path().join("original");
    fs::create_dir(&original).unwrap();
    let store = open(&original).store;
    fill(&store);
    // As a killed process leaves it, with its log.
    copy_folder(&original, &crashed);
    drop(store);
    copy_folder(&original, &closed);
    let log = crashed.join(".cropmark/index.sqlite-wal");
    assert!(
        fs::metadata(&log).unwrap().len() > 10_000
            && !closed.join(".cropmark/index.sqlite-wal").exists()
    );

    let mut dice = Dice(0x5eed_cafe);
    let (mut rebuilt, mut complete, mut in_use) = (0, 0, 0);
    for round in 0..200 {
        fs::remove_dir_all(&original).unwrap();
        let place = original.as_path();
        let (sample, name) = match round % 4 {
            0 | 1 => (&closed, "index.sqlite"),
            2 => (&crashed, "index.sqlite-wal"),
            _ if round % 8 == 3 => (&crashed, "index.sqlite-shm"),
            _ => (&crashed, "index.sqlite"),
        };
        copy_folder(sample, place);
        let output = place.join("exported.jpg");
        fs::write(&output, b"exported").unwrap();
        let what = damage(&place.join(".cropmark").join(name), &mut dice);

        let mut annotated = None;
        for _ in 0..3 {
            let Opened { store, notices } =
                Store::open(place, CacheSettings::default(), &key(), at(60))
                    .unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(*store.access(), Access::Full);
            rebuilt += usize::from(notices.iter().any(|n| matches!(n, Notice::Rebuilt { .. })));
            match use_all(&store) {
                Ok(count) => {
                    annotated = Some(count);
                    break;
                }
                Err(StoreError::Broken { .. }) => in_use += 1,
                Err(error) => panic!("{what}: {error}"),
            }
        }
        let annotated = annotated.unwrap_or_else(|| panic!("{what}: it stays broken"));
        complete += usize::from(annotated == 20);
        assert_eq!(fs::read(&output).unwrap(), b"exported");
        let store = open(place).store;
        assert!(store.variant(key_of(99), at(70)).unwrap().is_some(), "{what}: it can be used");
    }
    println!("rebuilt {rebuilt}, found in use {in_use}, all focal points kept in {complete}");
    assert!(rebuilt > 20, "the damages were felt");
    assert!(complete > 100, "most damages cost no work");
}

#[test]
fn a_file_that_is_no_index_is_put_aside_and_kept() {
    let place = folder();
    drop(open(place.path()));
    let index = place.path().join(".cropmark/index.sqlite");
    fs::write(&index, b"this is no database, but somebody may want it").unwrap();
    let opened = open(place.path());
    let Notice::Rebuilt { moved_to, .. } = &opened.notices[0] else { panic!() };
    assert!(fs::read(moved_to).unwrap().starts_with(b"this is no database"));
    assert!(opened.notices[0].to_string().contains("index.sqlite.broken-1"));
}

#[test]
fn an_index_of_a_newer_version_is_left_alone() {
    let place = folder();
    let store = open(place.path()).store;
    fill(&store);
    drop(store);
    let index = place.path().join(".cropmark/index.sqlite");
    let connection = rusqlite::Connection::open(&index).unwrap();
    connection
        .execute_batch(
            "PRAGMA user_version = 1000;
             UPDATE settings SET value = '1000' WHERE name = 'index.schema_version';",
        )
        .unwrap();
    drop(connection);
    let before = fs::read(&index).unwrap();
    let error = Store::open(place.path(), CacheSettings::default(), &key(), at(1)).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 1000, .. }), "{error}");
    let after = fs::read(&index).unwrap();
    let changed: Vec<usize> = (0..before.len()).filter(|&at| before[at] != after[at]).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[test]
fn the_second_to_open_reads_and_is_told_why() {
    let place = folder();
    let first = open(place.path()).store;
    fill(&first);
    let Opened { store: second, notices } = open(place.path());
    let Access::ReadOnly(ReadOnlyReason::HeldBy(Some(holder))) = second.access() else { panic!() };
    assert_eq!(holder.pid, std::process::id());
    assert!(notices[0].to_string().contains("has it open"), "{}", notices[0]);

    // It sees what the first one does, and changes nothing.
    assert!(second.variant(key_of(3), at(1)).unwrap().is_some());
    insert(&first, 50).unwrap();
    assert!(second.variant(key_of(50), at(1)).unwrap().is_some());
    assert!(matches!(insert(&second, 60), Err(StoreError::ReadOnly(_))));
    assert!(matches!(second.collect(), Err(StoreError::ReadOnly(_))));
    assert!(matches!(
        second.annotate(Path::new("photos/1.jpg"), focal()),
        Err(StoreError::ReadOnly(_))
    ));
    assert!(second.verify(&mut |_, _| {}).unwrap().is_sound());
    assert!(!second.keeps_variants());
    drop(second);
    assert!(first.variant(key_of(3), at(1)).unwrap().is_some());
    drop(first);
    assert_eq!(*open(place.path()).store.access(), Access::Full);
}
