//! Tests of a run's sums, and of its items read one after another.

use std::time::Instant;

use cropmark_rules::{Fault, FaultCode};
use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::{
    CacheSettings, DoneItem, ItemEnd, ItemResult, NewRun,
    database::{Durability, migrate},
    variant::tests::{at, open},
};

fn done(result: ItemResult, bytes: u64) -> ItemEnd {
    ItemEnd::Done(DoneItem { path: None, hash: None, result, bytes: Some(bytes), report: None })
}

fn failed(code: FaultCode) -> ItemEnd {
    ItemEnd::Failed { fault: Fault::new(code, "why"), report: None }
}

#[test]
fn sums_follow_from_the_ends_of_items() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let sources = vec![json!(0), json!(1)];
    let new = NewRun { plan: json!({}), digest: None, sources };
    let id = store.begin_run(new, at(1)).unwrap();
    store.plan_run_source(id, 0, None, vec![json!({}); 9]).unwrap();
    store.set_items_running(id, vec![0, 1, 2, 3, 4, 5, 6]).unwrap();
    let intended = DoneItem {
        path: Some("a".into()),
        hash: None,
        result: ItemResult::Rendered,
        bytes: Some(5),
        report: None,
    };
    store.intend_items(id, vec![(5, intended.clone()), (6, intended)]).unwrap();
    let ends = vec![
        (0, done(ItemResult::Rendered, 100)),
        (1, done(ItemResult::Cached, 20)),
        (2, done(ItemResult::Skipped, 3)),
        (3, failed(FaultCode::Crashed)),
        (4, failed(FaultCode::Invalid)),
    ];
    store.finish_items(id, ends).unwrap();
    let expected = RunSums {
        sources: 2,
        planned_sources: 1,
        items: 9,
        pending: 2,
        running: 2,
        rendered: 1,
        cached: 1,
        skipped: 1,
        failed: 2,
        retriable: 1,
        bytes: 120,
    };
    assert_eq!(store.run_sums(id).unwrap(), expected);

    store.set_items_pending(id, vec![0, 3]).unwrap();
    let again = RunSums { pending: 4, rendered: 0, failed: 1, retriable: 0, bytes: 20, ..expected };
    assert_eq!(store.run_sums(id).unwrap(), again);
    assert_eq!(store.run_sums(RunId(99)).unwrap(), RunSums::default());
}

#[test]
fn sums_of_an_older_index_are_derived_from_its_reports() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.sqlite");
    let mut old = Connection::open(&path).unwrap();
    migrate::migrate_to(&mut old, 3).unwrap();
    old.execute_batch("INSERT INTO runs VALUES (1, 1, 1, 'paused', NULL, '{}', NULL, NULL)")
        .unwrap();
    let rows = [
        ("done", json!({ "row": { "status": "rendered", "bytes": 100 } }), None),
        ("done", json!({ "row": { "status": "cached", "bytes": 20 } }), None),
        ("done", json!({ "row": { "status": "skipped", "bytes": 3 } }), None),
        ("done", json!("of another version"), None),
        ("failed", json!({ "row": { "status": "failed" } }), Some("crashed")),
        ("failed", json!(null), Some("too_large")),
        ("pending", json!(null), None),
    ];
    for (position, (state, report, code)) in (0..).zip(rows) {
        let fault = code.map(|code| json!({ "code": code, "message": "why" }).to_string());
        let sql = "INSERT INTO run_items VALUES (1, ?1, ?2, NULL, NULL, ?3, ?4, '{}')";
        let report = (!report.is_null()).then(|| report.to_string());
        old.execute(sql, rusqlite::params![position, state, fault, report]).unwrap();
    }
    migrate::migrate_to(&mut old, 4).unwrap();
    let expected = RunSums {
        items: 7,
        pending: 1,
        rendered: 1,
        cached: 1,
        skipped: 2,
        failed: 2,
        retriable: 1,
        bytes: 120,
        ..RunSums::default()
    };
    assert_eq!(run_item::sums(&old, RunId(1)).unwrap(), expected);
}

#[test]
fn items_and_sources_come_in_their_order_over_the_borders_of_pages() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    for count in [0, 1, PAGE, 2 * PAGE + 1] {
        let sources = (0..count).map(|number| json!(number)).collect();
        let new = NewRun { plan: json!({}), digest: None, sources };
        let id = store.begin_run(new, at(1)).unwrap();
        let specs = (0..count).map(|number| json!(number)).collect();
        if count > 0 {
            store.plan_run_source(id, 0, None, specs).unwrap();
        }
        let odd: Vec<u32> = (0..count).filter(|position| position % 2 == 1).collect();
        store.set_items_running(id, odd.clone()).unwrap();
        let positions = |states: &[ItemState]| {
            let items = store.items_of_run(id, states).map(|item| item.unwrap().position);
            items.collect::<Vec<_>>()
        };
        assert_eq!(positions(&ItemState::ALL), (0..count).collect::<Vec<_>>());
        assert_eq!(positions(&[ItemState::Running]), odd);
        assert!(positions(&[ItemState::Failed]).is_empty());
        let sources = store.sources_of_run(id).map(|source| source.unwrap().source);
        assert_eq!(sources.collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
    }
}

#[test]
fn an_error_ends_the_items() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let id = store.create_run(json!({}), vec![json!({}); 3], at(1)).unwrap();
    let damage = "UPDATE run_items SET hash = zeroblob(32), spec = 'no json' WHERE position = 1";
    store.write(Durability::Process, move |index| index.execute(damage, [])).unwrap();
    let items: Vec<_> = store.items_of_run(id, &ItemState::ALL).collect();
    assert_eq!(items.len(), 1);
    assert!(matches!(items[0], Err(StoreError::Broken { .. })));
}

#[test]
fn the_sums_of_many_items_read_no_reports() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let id = store.create_run(json!({}), vec![json!({ "x": "y".repeat(300) }); 20_000], at(1));
    let id = id.unwrap();
    let began = Instant::now();
    for _ in 0..10 {
        assert_eq!(store.run_sums(id).unwrap().pending, 20_000);
    }
    println!("sums of 20,000 items: {:?}", began.elapsed() / 10);
    let plan = store.read(move |connection| {
        let sql = "EXPLAIN QUERY PLAN SELECT state, result, count(*), coalesce(sum(bytes), 0),
                   sum(retriable) FROM run_items WHERE run = 1 GROUP BY state, result";
        connection.query_row(sql, [], |row| row.get::<_, String>(3))
    });
    assert!(plan.unwrap().contains("COVERING INDEX run_items_by_state"));
}
