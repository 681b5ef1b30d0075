//! A process killed at any moment of an export: what was reported done is there, nothing is
//! half, and the next process goes on to the same result.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::Stdio,
    thread,
    time::Duration,
};

use crate::common::{Dice, at, child, child_folder, content_of, folder, insert, key_of, open};
use cropmark_store::{
    DoneItem, ItemEnd, ItemResult, ItemState, Store,
    atomic::{Conflict, Originals, TemporaryFile, sweep},
};
use serde_json::json;

const ITEMS: u64 = 400;

fn start_or_go_on(store: &Store) -> cropmark_store::RunId {
    match store.runs().unwrap().first() {
        Some(run) => {
            store.settle_run(run.id).unwrap();
            run.id
        }
        None => store.create_run(json!({}), vec![json!({}); 400], at(1)).unwrap(),
    }
}

/// The process that is killed.
#[test]
#[ignore = "is run by the test below"]
fn exporting_child() {
    let Some(folder) = child_folder() else { return };
    let (store, out) = (open(&folder).store, folder.join("out"));
    sweep(&out).unwrap();
    let run = start_or_go_on(&store);
    let originals = Originals::new();
    for item in store.run_items(run, &[ItemState::Pending]).unwrap() {
        let number = u64::from(item.position);
        store.set_items_running(run, vec![item.position]).unwrap();
        let variant = match store.variant(key_of(number), at(number)).unwrap() {
            Some(variant) => variant,
            None => match insert(&store, number).unwrap() {
                cropmark_store::Inserted::Stored(variant) => variant,
                cropmark_store::Inserted::Passed(_) => panic!("not kept"),
            },
        };
        let hash = Some(variant.rendered.hash);
        let temporary = TemporaryFile::beside(&out.join(format!("{number}.jpg"))).unwrap();
        temporary.fill_from(&store.open_variant(&variant).unwrap()).unwrap();
        let done = |path: &Path| DoneItem {
            path: Some(path.to_owned()),
            hash,
            result: ItemResult::Rendered,
            bytes: Some(variant.rendered.bytes),
            report: None,
        };
        let intend = |path: &Path| {
            let intended = vec![(item.position, done(path))];
            store.intend_items(run, intended).map_err(std::io::Error::other)
        };
        let committed = temporary.commit_announced(Conflict::Unique, &originals, intend).unwrap();
        let end = ItemEnd::Done(done(&committed.path));
        store.finish_items(run, vec![(item.position, end)]).unwrap();
        let mut standard = std::io::stdout();
        writeln!(standard, "done {number}").and_then(|()| standard.flush()).unwrap();
    }
}

#[test]
fn whatever_the_moment_nothing_is_lost_and_nothing_is_done_twice() {
    let place = folder();
    let out = place.path().join("out");
    fs::create_dir(&out).unwrap();
    let mut dice = Dice(0x1234_5678);
    let mut reported = BTreeSet::new();
    let (mut kills, mut finished) = (0, false);
    while !finished {
        let mut process =
            child("kill::exporting_child", place.path()).stdout(Stdio::piped()).spawn().unwrap();
        let output = process.stdout.take().unwrap();
        let reader = thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).collect::<Vec<_>>()
        });
        // The last rounds are left alone, or it might take for ever.
        if kills < 30 {
            thread::sleep(Duration::from_millis(10 + dice.below(40)));
            process.kill().unwrap();
            kills += 1;
        }
        finished = process.wait().unwrap().success();
        for line in reader.join().unwrap() {
            let Some(number) = line.split("done ").nth(1) else { continue };
            let number: u64 = number.parse().unwrap();
            assert!(reported.insert(number), "{number} was done twice");
        }
        check(place.path(), &out, &reported);
    }
    println!("{kills} kills");
    assert_eq!(reported.len() + settled(place.path(), &reported), 400);
    let names: BTreeSet<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, (0..ITEMS).map(|number| format!("{number}.jpg")).collect());
}

/// Done items that no process lived to report.
fn settled(workspace: &Path, reported: &BTreeSet<u64>) -> usize {
    let store = open(workspace).store;
    let run = store.runs().unwrap()[0].id;
    let done = store.run_items(run, &[ItemState::Done]).unwrap();
    done.iter().filter(|item| !reported.contains(&u64::from(item.position))).count()
}

fn check(workspace: &Path, out: &Path, reported: &BTreeSet<u64>) {
    for entry in fs::read_dir(out).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if let Some(number) = name.strip_suffix(".jpg") {
            let number: u64 = number.parse().unwrap_or_else(|_| panic!("{name} is one too many"));
            assert!(fs::read(entry.path()).unwrap() == content_of(number), "{name} is not whole");
        }
    }
    let opened = open(workspace);
    assert!(opened.notices.is_empty(), "{:?}", opened.notices);
    let store = opened.store;
    assert_eq!(fs::read_dir(store.layout().temporary()).unwrap().count(), 0);
    assert!(store.verify(&mut |_, _| {}).unwrap().is_sound());
    let Some(run) = store.runs().unwrap().first().map(|run| run.id) else { return };
    let done: BTreeSet<u64> = store
        .run_items(run, &[ItemState::Done])
        .unwrap()
        .iter()
        .map(|item| u64::from(item.position))
        .collect();
    for number in reported {
        assert!(done.contains(number), "{number} was reported, but is not recorded");
        assert!(
            out.join(format!("{number}.jpg")).exists(),
            "{number} was reported, but is not there"
        );
    }
}
