//! Tests of what is done with rows that came along with a folder.

use std::{fs, path::Path};

use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::{
    CacheSettings, ItemState, NewRun, Notice, Opened, RunId, Store,
    variant::tests::{at, insert, key, key_of, open},
};

fn opened(folder: &Path) -> Opened {
    Store::open(folder, CacheSettings::default(), &key(), at(9)).unwrap()
}

/// A run with two planned sources of an item each, and a variant.
fn fill(store: &Store) -> RunId {
    let sources = vec![json!("a.jpg"), json!("b.jpg")];
    let new = NewRun { plan: json!({ "out": "web" }), digest: Some("d".into()), sources };
    let id = store.begin_run(new, at(1)).unwrap();
    for source in 0..2 {
        store.plan_run_source(id, source, None, vec![json!({ "of": source })]).unwrap();
    }
    store.set_items_running(id, vec![0, 1]).unwrap();
    insert(store, key_of(1), b"picture", at(1));
    id
}

/// Changes the index from outside, as whoever had the folder could.
fn tamper(folder: &Path, sql: &str) {
    let index = Connection::open(folder.join(".cropmark/index.sqlite")).unwrap();
    index.execute_batch(sql).unwrap();
}

fn nothing_is_there(opened: &Opened, expected: Foreign) {
    assert_eq!(opened.notices, [Notice::Foreign(expected)]);
    assert_eq!(opened.store.runs().unwrap(), []);
    assert_eq!(opened.store.unfinished_run("d").unwrap(), None);
    assert_eq!(opened.store.variant(key_of(1), at(9)).unwrap(), None);
    assert!(opened.store.known_keys().unwrap().is_empty());
}

#[test]
fn what_another_user_wrote_is_left_out_and_ours_stays() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = [8; 32].into();
    let theirs = Store::open(folder.path(), CacheSettings::default(), &stranger, at(0)).unwrap();
    fill(&theirs.store);
    // One who only reads meanwhile sees nothing of it either.
    let reading = opened(folder.path()).store;
    assert_eq!((reading.runs().unwrap().len(), reading.known_keys().unwrap().len()), (0, 0));
    assert_eq!(reading.variant(key_of(1), at(9)).unwrap(), None);
    drop((reading, theirs));

    nothing_is_there(&opened(folder.path()), Foreign { runs: 1, variants: 1 });
    let store = open(folder.path(), CacheSettings::default());
    let id = fill(&store);
    drop(store);
    let opened = opened(folder.path());
    assert_eq!(opened.notices, []);
    assert_eq!(opened.store.run_items(id, &ItemState::ALL).unwrap().len(), 2);
    assert_eq!(opened.store.run_sources(id, 0, 9).unwrap().len(), 2);
    assert!(opened.store.variant(key_of(1), at(9)).unwrap().is_some());
}

#[test]
fn a_run_does_not_follow_its_folder_to_another_place_and_variants_do() {
    let place = tempfile::tempdir().unwrap();
    let (here, there) = (place.path().join("here"), place.path().join("there"));
    fs::create_dir(&here).unwrap();
    fill(&open(&here, CacheSettings::default()));
    fs::rename(&here, &there).unwrap();
    let Opened { store, notices } = opened(&there);
    assert_eq!(notices, [Notice::Foreign(Foreign { runs: 1, variants: 0 })]);
    assert!(notices[0].to_string().starts_with("1 export run of another"), "{}", notices[0]);
    assert_eq!(store.runs().unwrap(), []);
    assert!(store.variant(key_of(1), at(9)).unwrap().is_some());
    drop(store);
    // From the files alone too.
    fs::remove_file(there.join(".cropmark/index.sqlite")).unwrap();
    assert!(opened(&there).store.variant(key_of(1), at(9)).unwrap().is_some());
}

#[test]
fn a_row_that_was_put_among_ours_is_no_row() {
    let forged = "X'0000000000000000000000000000000000000000000000000000000000000000'";
    let column = |table: &str, change: &str, into: &str| {
        format!(
            "CREATE TEMP TABLE t AS SELECT * FROM {table}; UPDATE t SET {change};
                 INSERT INTO {into} SELECT * FROM t;"
        )
    };
    let cases = [
        "UPDATE runs SET plan = '{\"out\":\"/etc\"}'".to_owned(),
        "UPDATE runs SET state = 'paused'".to_owned(),
        "UPDATE runs SET mac = NULL".to_owned(),
        format!("UPDATE runs SET mac = {forged}"),
        format!("{}; DELETE FROM runs WHERE id = 1", column("runs", "id = 7", "runs")),
    ];
    for sql in cases {
        let folder = tempfile::tempdir().unwrap();
        fill(&open(folder.path(), CacheSettings::default()));
        tamper(folder.path(), &sql);
        let Opened { store, notices } = opened(folder.path());
        assert_eq!(notices, [Notice::Foreign(Foreign { runs: 1, variants: 0 })], "{sql}");
        assert_eq!(store.runs().unwrap(), [], "{sql}");
        assert!(store.variant(key_of(1), at(9)).unwrap().is_some(), "ours: {sql}");
    }
    for sql in [
        "UPDATE variants SET facts = replace(facts, '230', '231'), width = 231".to_owned(),
        "UPDATE variants SET mac = NULL".to_owned(),
        format!("UPDATE variants SET key = '{}'", "ab".repeat(32)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fill(&open(folder.path(), CacheSettings::default()));
        tamper(folder.path(), &sql);
        let store = opened(folder.path()).store;
        assert!(store.known_keys().unwrap().is_empty(), "{sql}");
        assert_eq!(store.variant(key_of(1), at(9)).unwrap(), None, "{sql}");
        assert_eq!(store.verify(&mut |_, _| {}).unwrap().unreadable_rows, 1, "{sql}");
        store.collect().unwrap();
        assert_eq!(store.statistics().unwrap().variants, 0, "{sql}");
    }
}

#[test]
fn an_item_that_was_changed_is_planned_again_and_none_is_added() {
    for sql in [
        "UPDATE run_items SET path = '/home/x/.bashrc', hash = zeroblob(32) WHERE position = 0",
        "UPDATE run_items SET spec = '{\"of\":9}' WHERE position = 0",
        "UPDATE run_items SET state = 'done' WHERE position = 0",
        "UPDATE run_items SET position = 2 WHERE position = 0",
        "DELETE FROM run_items WHERE position = 0",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let id = fill(&open(folder.path(), CacheSettings::default()));
        tamper(folder.path(), sql);
        let store = opened(folder.path()).store;
        let positions = || -> Vec<u32> {
            store.run_items(id, &ItemState::ALL).unwrap().iter().map(|it| it.position).collect()
        };
        assert_eq!(positions(), [1], "{sql}");
        // What is written to it does not make it ours.
        store.set_items_pending(id, vec![0, 2]).unwrap();
        assert_eq!(positions(), [1], "{sql}");
        store.settle_run(id).unwrap();
        assert_eq!(store.unplanned_run_sources(id).unwrap(), [0], "{sql}");
    }
    let folder = tempfile::tempdir().unwrap();
    let id = fill(&open(folder.path(), CacheSettings::default()));
    tamper(folder.path(), "UPDATE run_sources SET spec = '\"/etc/passwd\"' WHERE source = 1");
    let store = opened(folder.path()).store;
    assert_eq!(store.run_sources(id, 0, 9).unwrap().len(), 1);
}

#[test]
fn a_schema_from_elsewhere_forges_nothing() {
    for sql in [
        "ALTER TABLE runs RENAME TO old; CREATE VIEW runs AS SELECT id, created_ms, changed_ms,
         state, reason, plan, digest, summary, mac('runs', id, created_ms, changed_ms, state, reason,
         plan, digest, summary) AS mac FROM old",
        "CREATE TRIGGER forge AFTER INSERT ON settings BEGIN UPDATE runs SET mac = mac('runs', id,
         created_ms, changed_ms, state, reason, plan, digest, summary); END",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), CacheSettings::default());
        fill(&store);
        drop(store);
        tamper(folder.path(), "UPDATE runs SET plan = '{\"out\":\"/etc\"}'");
        tamper(folder.path(), sql);
        let opened = opened(folder.path());
        assert!(matches!(opened.notices[0], Notice::Rebuilt { .. }), "{:?}", opened.notices);
        assert_eq!(opened.store.runs().unwrap(), []);
    }
}

#[test]
fn figures_of_rows_from_elsewhere_overflow_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path(), CacheSettings::default()));
    tamper(
        folder.path(),
        "CREATE TEMP TABLE t AS SELECT * FROM variants;
         UPDATE t SET bytes = 9223372036854775807, key = 'a' || substr(key, 2);
         INSERT OR REPLACE INTO variants SELECT * FROM t;
         UPDATE t SET key = 'b' || substr(key, 2);
         INSERT OR REPLACE INTO variants SELECT * FROM t;",
    );
    let store = opened(folder.path()).store;
    store.statistics().unwrap();
    store.collect().unwrap();
}
