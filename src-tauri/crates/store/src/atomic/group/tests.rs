//! Tests of files that get their names together.

use std::{io::Write as _, os::unix::fs::symlink};

use super::*;

fn write(destination: &Path, content: &[u8]) -> TemporaryFile {
    let temporary = TemporaryFile::beside(destination).unwrap();
    temporary.file().as_ref().write_all(content).unwrap();
    temporary
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_group_is_announced_at_once_before_any_file_has_its_name() {
    let root = tempfile::tempdir().unwrap();
    let mut group = Group::new();
    for number in 0..20_u8 {
        let folder = root.path().join(number.to_string());
        fs::create_dir(&folder).unwrap();
        group.add(write(&folder.join("a.jpg"), &[number]), Conflict::Unique);
    }
    let mut calls = 0;
    let results = group.commit(&Originals::new(), |names| {
        calls += 1;
        assert_eq!(names.len(), 20);
        assert!(names.iter().all(|name| !name.path.exists()));
        Ok(())
    });
    assert_eq!(calls, 1);
    for (number, result) in (0..).zip(results) {
        let Committed { path, outcome } = result.unwrap();
        assert_eq!(path, root.path().join(number.to_string()).join("a.jpg"));
        assert_eq!((outcome, fs::read(&path).unwrap()), (Outcome::Created, vec![number]));
    }
}

#[test]
fn each_member_has_its_own_policy_and_a_bad_one_fails_alone() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    for name in ["taken.jpg", "same.jpg", "other.jpg", "kept.jpg", "original.jpg"] {
        fs::write(at(name), name).unwrap();
    }
    fs::create_dir(at("folder.jpg")).unwrap();
    let mut originals = Originals::new();
    originals.insert(&at("original.jpg")).unwrap();
    let members = [
        ("taken.jpg", Conflict::Unique, Ok(("taken-2.jpg", Outcome::Created))),
        ("taken.jpg", Conflict::Unique, Ok(("taken-3.jpg", Outcome::Created))),
        ("free.jpg", Conflict::Unique, Ok(("free.jpg", Outcome::Created))),
        ("free.jpg", Conflict::Unique, Ok(("free-2.jpg", Outcome::Created))),
        ("same.jpg", Conflict::IfChanged, Ok(("same.jpg", Outcome::Unchanged))),
        ("other.jpg", Conflict::IfChanged, Ok(("other.jpg", Outcome::Replaced))),
        ("kept.jpg", Conflict::Skip, Ok(("kept.jpg", Outcome::Skipped))),
        ("original.jpg", Conflict::Overwrite, Err("is an original")),
        ("folder.jpg", Conflict::Overwrite, Err("is a folder")),
        ("gone.jpg", Conflict::Overwrite, Err("is not there")),
        ("last.jpg", Conflict::Overwrite, Ok(("last.jpg", Outcome::Created))),
    ];
    let mut group = Group::new();
    for (name, conflict, _) in &members {
        let content = if *name == "same.jpg" { "same.jpg" } else { "new" };
        let temporary = write(&at(name), content.as_bytes());
        if *name == "gone.jpg" {
            // As if somebody had cleaned the folder.
            fs::remove_file(temporary.path()).unwrap();
        }
        group.add(temporary, *conflict);
    }
    let results = group.commit(&originals, |_| Ok(()));
    assert_eq!(results.len(), members.len());
    for (result, (name, conflict, expected)) in results.into_iter().zip(members) {
        match (result, expected) {
            (Ok(committed), Ok((path, outcome))) => {
                assert_eq!(committed, Committed { path: at(path), outcome }, "{name} {conflict:?}");
            }
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
            (result, _) => panic!("{name} {conflict:?}: {result:?}"),
        }
    }
    for name in ["taken.jpg", "same.jpg", "kept.jpg", "original.jpg"] {
        assert_eq!(fs::read_to_string(at(name)).unwrap(), name, "untouched");
    }
    for name in ["taken-2.jpg", "taken-3.jpg", "free.jpg", "other.jpg", "last.jpg"] {
        assert_eq!(fs::read_to_string(at(name)).unwrap(), "new");
    }
    assert!(
        !names_in(root.path())
            .iter()
            .any(|name| Path::new(name).extension().is_some_and(|it| it == "part"))
    );
}

#[test]
fn where_the_announcement_fails_no_file_gets_its_name() {
    let root = tempfile::tempdir().unwrap();
    let mut group = Group::new();
    for number in 0..5 {
        let path = root.path().join(format!("{number}.jpg"));
        group.add(write(&path, b"new"), Conflict::Overwrite);
    }
    let refuse = |_: &[Announced]| Err(io::Error::from(io::ErrorKind::StorageFull));
    let results = group.commit(&Originals::new(), refuse);
    assert!(results.iter().all(|result| matches!(result, Err(WriteError::DiskFull { .. }))));
    assert!(names_in(root.path()).is_empty());
}

#[test]
fn a_name_that_is_taken_between_its_announcement_and_its_rename_is_not_replaced() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    let mut group = Group::new();
    for name in ["a.jpg", "b.jpg", "c.jpg"] {
        group.add(write(&at(name), b"ours"), Conflict::Unique);
    }
    let mut calls = Vec::new();
    let results = group.commit(&Originals::new(), |names| {
        if calls.is_empty() {
            fs::write(at("b.jpg"), "theirs").unwrap();
        }
        calls.push(names.len());
        Ok(())
    });
    assert_eq!(calls, [3, 1]);
    let paths: Vec<_> = results.into_iter().map(|result| result.unwrap().path).collect();
    assert_eq!(paths, [at("a.jpg"), at("b-2.jpg"), at("c.jpg")]);
    assert_eq!(fs::read_to_string(at("b.jpg")).unwrap(), "theirs");
}

#[test]
fn links_are_names_and_an_empty_group_is_nothing() {
    let root = tempfile::tempdir().unwrap();
    let outside = root.path().join("outside");
    fs::write(&outside, "outside").unwrap();
    let link = root.path().join("a.jpg");
    symlink(&outside, &link).unwrap();
    let mut group = Group::new();
    for content in [b"1", b"2"] {
        group.add(write(&link, content), Conflict::Overwrite);
    }
    assert_eq!(group.len(), 2);
    let results = group.commit(&Originals::new(), |_| Ok(()));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(fs::read_to_string(&outside).unwrap(), "outside");
    assert_eq!(fs::read(&link).unwrap(), b"2", "the later one");
    assert!(Group::new().commit(&Originals::new(), |_| unreachable!()).is_empty());
}
