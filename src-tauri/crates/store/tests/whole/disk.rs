//! A full disk and one that must not be written. Each runs in a mount namespace of its own;
//! where the system gives none, the test says that it did nothing.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::common::{at, child, child_folder, content_of, insert, key_of, open};
use cropmark_rules::FaultCode;
use cropmark_store::{
    Access, Notice, ReadOnlyReason, StoreError,
    atomic::{Conflict, Originals, TemporaryFile, WriteError, is_temporary_name, place_from},
};

/// Runs a child test on a small disk in memory.
fn on_small_disk(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let isolated = ["--user", "--map-root-user", "--mount"];
    let possible = Command::new("unshare")
        .args(isolated)
        .args(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(folder.path())
        .stderr(Stdio::null())
        .status();
    if !possible.is_ok_and(|status| status.success()) {
        println!("skipped: this system gives no mount namespaces to this user");
        return;
    }
    let inner = child(test, folder.path());
    let status = Command::new("unshare")
        .args(isolated)
        .args(["sh", "-c", "mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\""])
        .arg(folder.path())
        .arg(inner.get_program())
        .args(inner.get_args())
        .env("CROPMARK_TEST_FOLDER", folder.path())
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_full_disk_is_said_and_leaves_no_debris() {
    on_small_disk("disk::full_disk_child");
}

#[test]
fn a_folder_that_must_not_be_written_can_be_read() {
    on_small_disk("disk::read_only_child");
}

fn temporaries(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries.filter(|entry| is_temporary_name(&entry.file_name())).count()
}

#[test]
#[ignore = "is run by a test above"]
fn full_disk_child() {
    let Some(folder) = child_folder() else { return };
    let (store, out) = (open(&folder).store, folder.join("out"));
    fs::create_dir(&out).unwrap();
    fs::write(folder.join("ballast"), vec![0; 200_000]).unwrap();

    let mut placed = 0;
    let error = (0..1000).find_map(|number| {
        let inserted = match insert(&store, number) {
            Ok(cropmark_store::Inserted::Stored(variant)) => variant,
            Ok(cropmark_store::Inserted::Passed(_)) => panic!("not kept"),
            Err(error) => return Some(error),
        };
        let destination = out.join(format!("{number}.jpg"));
        let file = store.open_variant(&inserted).unwrap();
        match place_from(&file, &destination, Conflict::Unique, &Originals::new()) {
            Ok(_) => placed = number + 1,
            Err(error) => return Some(error.into()),
        }
        None
    });
    let error = error.expect("a disk of a megabyte gets full");
    let full = matches!(
        error,
        StoreError::DiskFull { .. } | StoreError::Write(WriteError::DiskFull { .. })
    );
    assert!(full, "{error}");
    assert!(error.pauses_a_run() && error.fault().code == FaultCode::DiskFull);
    assert!(placed > 20, "{placed}");
    assert_eq!(fs::read_dir(&out).unwrap().count() as u64, placed);
    for number in 0..placed {
        assert_eq!(fs::read(out.join(format!("{number}.jpg"))).unwrap(), content_of(number));
    }
    assert_eq!(temporaries(&out) + temporaries(&store.layout().temporary()), 0);

    // With the disk quite full, not even the index can grow; still nothing breaks.
    let filler = folder.join("filler");
    let mut bytes = 200_000;
    while bytes > 0 {
        bytes =
            if fs::write(&filler, vec![0; bytes]).is_ok() { 0 } else { bytes.saturating_sub(4096) };
    }
    for number in 2000..2020 {
        assert!(insert(&store, number).is_err());
    }
    for _ in 0..200 {
        let _ = store.set_setting("big", Some("x".repeat(5000).into()));
    }
    assert!(store.variant(key_of(0), at(1)).unwrap().is_some());

    fs::remove_file(filler).unwrap();
    fs::remove_file(folder.join("ballast")).unwrap();
    insert(&store, 3000).unwrap();
    drop(store);
    let opened = open(&folder);
    assert!(opened.notices.is_empty(), "{:?}", opened.notices);
    assert!(opened.store.verify(&mut |_, _| {}).unwrap().is_sound());
}

#[test]
#[ignore = "is run by a test above"]
fn read_only_child() {
    let Some(folder) = child_folder() else { return };
    let store = open(&folder).store;
    insert(&store, 1).unwrap();
    drop(store);
    let remount = |option: &str| {
        let options = format!("remount,{option}");
        assert!(
            Command::new("mount").args(["-o", &options]).arg(&folder).status().unwrap().success()
        );
    };
    remount("ro");
    let opened = open(&folder);
    assert_eq!(*opened.store.access(), Access::ReadOnly(ReadOnlyReason::Unwritable));
    assert_eq!(opened.notices, [Notice::ReadOnly(ReadOnlyReason::Unwritable)]);
    let found = opened.store.variant(key_of(1), at(2)).unwrap().unwrap();
    assert_eq!(fs::read(found.path).unwrap(), content_of(1));
    assert!(opened.store.verify(&mut |_, _| {}).unwrap().is_sound());
    assert!(matches!(insert(&opened.store, 2), Err(StoreError::ReadOnly(_))));
    let denied = TemporaryFile::beside(&folder.join("a.jpg")).unwrap_err();
    assert!(matches!(denied, WriteError::Denied { .. }), "{denied}");
    drop(opened);

    remount("rw");
    fs::remove_dir_all(folder.join(".cropmark")).unwrap();
    remount("ro");
    let empty = open(&folder).store;
    assert_eq!(empty.variant(key_of(1), at(2)).unwrap(), None);
    assert_eq!(empty.load_assets().unwrap().assets, []);
}
