//! Tests of runs that are planned a source after another.

use serde_json::json;

use super::*;
use crate::{
    CacheSettings, DoneItem, ItemEnd, ItemResult,
    variant::tests::{at, open},
};

fn new_run(sources: u32) -> NewRun {
    let sources = (0..sources).map(|number| json!({ "path": number })).collect();
    NewRun { plan: json!({ "out": "web" }), digest: Some("digest".into()), sources }
}

#[test]
fn sources_are_planned_one_after_another_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let id = store.begin_run(new_run(3), at(1)).unwrap();
    assert_eq!(store.unplanned_run_sources(id).unwrap(), [0, 1, 2]);
    let plan = |source, specs: &[u32]| {
        let specs = specs.iter().map(|spec| json!(spec)).collect();
        store.plan_run_source(id, source, Some(json!("facts")), specs).unwrap()
    };
    assert_eq!(plan(0, &[1, 2]), 0);
    assert_eq!(plan(2, &[3]), 2);
    assert_eq!(store.unplanned_run_sources(id).unwrap(), [1]);
    assert_eq!(plan(1, &[]), 3);
    let sums = store.run_sums(id).unwrap();
    assert_eq!((sums.sources, sums.planned_sources), (3, 3));
    let (source, items) = store.run_source(id, 0).unwrap().unwrap();
    assert_eq!(source.facts, Some(json!("facts")));
    let specs: Vec<_> = items.iter().map(|item| (item.position, item.spec.clone())).collect();
    assert_eq!(specs, [(0, json!(1)), (1, json!(2))]);
    assert_eq!(store.source_of_run_item(id, 2).unwrap(), Some(2));
    assert_eq!(store.source_of_run_item(id, 3).unwrap(), None);

    store.unplan_run_source(id, 0).unwrap();
    assert_eq!(store.unplanned_run_sources(id).unwrap(), [0]);
    assert_eq!(plan(0, &[4]), 3, "behind all others");
    let all = store.run_items_from(id, &ItemState::ALL, 0, 10).unwrap();
    assert_eq!(all.iter().map(|item| item.position).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(store.run_items_from(id, &ItemState::ALL, 3, 10).unwrap().len(), 1);
    assert!(store.run_items_from(id, &[ItemState::Done], 0, 10).unwrap().is_empty());
    let slice = |state, offset| {
        let items = store.run_items_slice(id, state, offset, 5).unwrap();
        items.iter().map(|item| item.position).collect::<Vec<_>>()
    };
    assert_eq!((slice(None, 0), slice(None, 1)), (vec![2, 3], vec![3]));
    assert_eq!(slice(Some(ItemState::Pending), 1), [3]);
    assert!(slice(Some(ItemState::Failed), 0).is_empty());
}

#[test]
fn lost_items_are_planned_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let id = store.begin_run(new_run(2), at(1)).unwrap();
    for source in 0..2 {
        store.plan_run_source(id, source, None, vec![json!(1), json!(2)]).unwrap();
    }
    let lose = "DELETE FROM run_items WHERE position = 1";
    store.write(Durability::Process, move |connection| connection.execute(lose, [])).unwrap();
    assert_eq!(store.unplanned_run_sources(id).unwrap(), [0]);
    let left = store.run_items_from(id, &ItemState::ALL, 0, 10).unwrap();
    assert_eq!(left.iter().map(|item| item.position).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn an_unfinished_run_is_found_by_its_digest_and_old_ones_go() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    // A clock that was set back changes nothing: runs are counted by their numbers.
    let ids: Vec<RunId> =
        (0..5).map(|number| store.begin_run(new_run(1), at(100 - number)).unwrap()).collect();
    assert_eq!(store.unfinished_run("digest").unwrap(), Some(ids[4]));
    assert_eq!(store.unfinished_run("other").unwrap(), None);
    store.set_run_state(ids[4], RunState::Done, None, at(3)).unwrap();
    assert_eq!(store.unfinished_run("digest").unwrap(), Some(ids[3]));
    store.set_run_state(ids[3], RunState::Paused, Some("why"), at(2)).unwrap();
    assert_eq!(store.unfinished_run("digest").unwrap(), Some(ids[3]));
    store.set_run_summary(ids[3], json!({ "rendered": 2 })).unwrap();
    assert_eq!(store.run(ids[3]).unwrap().unwrap().summary, Some(json!({ "rendered": 2 })));

    store.plan_run_source(ids[0], 0, None, vec![json!(1)]).unwrap();
    let end = ItemEnd::Done(DoneItem {
        path: None,
        hash: None,
        result: ItemResult::Skipped,
        bytes: None,
        report: None,
    });
    store.finish_items(ids[0], vec![(0, end)]).unwrap();
    store.set_run_state(ids[0], RunState::Done, None, at(4)).unwrap();
    store.set_run_state(ids[1], RunState::Cancelled, None, at(4)).unwrap();
    store.prune_runs(2).unwrap();
    let unfinished = store.unfinished_runs().unwrap();
    assert_eq!(unfinished.iter().map(|run| run.id).collect::<Vec<_>>(), [ids[3], ids[2]]);
    let left: Vec<RunId> = store.runs().unwrap().into_iter().map(|run| run.id).collect();
    assert_eq!(left, [ids[4], ids[3], ids[2], ids[1]], "unfinished ones stay");
    assert!(store.run_items(ids[0], &ItemState::ALL).unwrap().is_empty());
    assert!(store.run_sources(ids[0], 0, 10).unwrap().is_empty());
}
