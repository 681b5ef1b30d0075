//! Tests of the conflict policies.

use std::{
    collections::HashSet,
    fs,
    io::Write as _,
    os::unix::fs::{MetadataExt as _, symlink},
    path::PathBuf,
    thread,
};

use super::*;
use crate::atomic::Outcome;

fn write(destination: &Path, content: &[u8]) -> TemporaryFile {
    let temporary = TemporaryFile::beside(destination).unwrap();
    temporary.file().as_ref().write_all(content).unwrap();
    temporary
}

fn commit(destination: &Path, content: &[u8], conflict: Conflict) -> Committed {
    write(destination, content).commit(conflict, &Originals::new()).unwrap()
}

#[test]
fn each_policy_does_what_it_says_where_the_name_is_taken() {
    use Conflict::{IfChanged, Overwrite, Skip, Unique};
    let cases = [
        (Unique, "new", "a-2.jpg", Outcome::Created, "old"),
        (Unique, "old", "a-2.jpg", Outcome::Created, "old"),
        (Overwrite, "new", "a.jpg", Outcome::Replaced, "new"),
        (IfChanged, "new", "a.jpg", Outcome::Replaced, "new"),
        (IfChanged, "old", "a.jpg", Outcome::Unchanged, "old"),
        (Skip, "new", "a.jpg", Outcome::Skipped, "old"),
    ];
    for (conflict, content, name, outcome, afterwards) in cases {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.jpg");
        fs::write(&path, b"old").unwrap();
        let before = fs::metadata(&path).unwrap();
        let committed = commit(&path, content.as_bytes(), conflict);
        assert_eq!(committed, Committed { path: root.path().join(name), outcome }, "{conflict:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), afterwards, "{conflict:?}");
        let after = fs::metadata(&path).unwrap();
        let kept = before.ino() == after.ino() && before.mtime_nsec() == after.mtime_nsec();
        assert_eq!(kept, afterwards == "old", "{conflict:?}");
        let files = if outcome == Outcome::Created { 2 } else { 1 };
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), files, "no temporary is left");
    }
}

#[test]
fn a_free_name_is_taken_by_every_policy() {
    for conflict in [Conflict::Unique, Conflict::Overwrite, Conflict::IfChanged, Conflict::Skip] {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.jpg");
        let committed = commit(&path, b"new", conflict);
        assert_eq!(committed, Committed { path: path.clone(), outcome: Outcome::Created });
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}

#[test]
fn long_content_is_compared_to_its_end() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.jpg");
    let mut content = vec![7; 400_000];
    fs::write(&path, &content).unwrap();
    assert_eq!(commit(&path, &content, Conflict::IfChanged).outcome, Outcome::Unchanged);
    content[399_999] = 8;
    assert_eq!(commit(&path, &content, Conflict::IfChanged).outcome, Outcome::Replaced);
    assert_eq!(fs::read(&path).unwrap(), content);
}

#[test]
fn originals_are_never_replaced() {
    let root = tempfile::tempdir().unwrap();
    let original = root.path().join("a.jpg");
    fs::write(&original, b"original").unwrap();
    let link = root.path().join("link.jpg");
    symlink(&original, &link).unwrap();
    let mut originals = Originals::new();
    originals.insert(&original).unwrap();
    for path in [&original, &link] {
        for conflict in [Conflict::Overwrite, Conflict::IfChanged] {
            let error = write(path, b"new").commit(conflict, &originals).unwrap_err();
            assert!(matches!(error, WriteError::Original { .. }));
        }
    }
    let unique = write(&original, b"new").commit(Conflict::Unique, &originals).unwrap();
    assert_eq!(unique.path, root.path().join("a-2.jpg"));
    let skipped = write(&original, b"new").commit(Conflict::Skip, &originals).unwrap();
    assert_eq!(skipped.outcome, Outcome::Skipped);
    assert_eq!(fs::read(&original).unwrap(), b"original");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 3);
}

#[test]
fn a_dangling_link_is_a_taken_name_and_a_folder_is_said() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.jpg");
    symlink(root.path().join("nowhere"), &path).unwrap();
    assert_eq!(commit(&path, b"x", Conflict::Unique).path, root.path().join("a-2.jpg"));
    let folder = root.path().join("b.jpg");
    fs::create_dir(&folder).unwrap();
    for conflict in [Conflict::Overwrite, Conflict::IfChanged] {
        let error = write(&folder, b"x").commit(conflict, &Originals::new()).unwrap_err();
        assert!(matches!(error, WriteError::IsAFolder { .. }), "{error:?}");
    }
}

#[test]
fn many_writers_of_one_name_each_get_their_own() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.jpg");
    let write_some = |writer: u8| {
        (0..20).map(|_| commit(&path, &[writer], Conflict::Unique).path).collect::<Vec<_>>()
    };
    let paths: Vec<PathBuf> = thread::scope(|scope| {
        let writers: Vec<_> =
            (0..4).map(|writer| (writer, scope.spawn(move || write_some(writer)))).collect();
        writers
            .into_iter()
            .flat_map(|(writer, thread)| {
                let paths = thread.join().unwrap();
                assert!(paths.iter().all(|path| fs::read(path).unwrap() == [writer]));
                paths
            })
            .collect()
    });
    assert_eq!(paths.iter().collect::<HashSet<_>>().len(), 80);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 80);
}

#[test]
fn every_name_is_announced_before_the_file_has_it() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.jpg");
    fs::write(&path, b"old").unwrap();
    let mut announced = Vec::new();
    let announce = |path: &Path| {
        assert!(!path.exists());
        announced.push(path.to_path_buf());
        Ok(())
    };
    let temporary = write(&path, b"new");
    let committed =
        temporary.commit_announced(Conflict::Unique, &Originals::new(), announce).unwrap();
    assert_eq!(announced, [committed.path]);
    let refused =
        write(&path, b"new").commit_announced(Conflict::Overwrite, &Originals::new(), |_| {
            Err(io::Error::other("no record, no file"))
        });
    assert!(refused.is_err());
    assert_eq!(fs::read(&path).unwrap(), b"old");
}
