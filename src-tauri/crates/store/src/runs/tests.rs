//! Tests of durable runs.

use std::fs;

use cropmark_rules::{Fault, FaultCode};
use serde_json::json;

use super::*;
use crate::{
    CacheSettings,
    variant::tests::{at, open},
};

#[test]
fn a_run_goes_from_plan_to_end_and_survives_a_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let specs = (0..4).map(|n| json!({ "asset": n })).collect();
    let id = store.create_run(json!({ "out": "web" }), specs, at(1)).unwrap();
    store.set_items_running(id, vec![0, 1, 2]).unwrap();
    let hash = Some(blake3::hash(b"x").into());
    let (done, report) = (Some("web/a.jpg".into()), Some(json!({ "ms": 4.5 })));
    let fault = Fault::new(FaultCode::Timeout, "too slow");
    let ends = vec![
        (
            0,
            ItemEnd::Done(DoneItem {
                path: done,
                hash,
                result: ItemResult::Rendered,
                bytes: None,
                report,
            }),
        ),
        (1, ItemEnd::Failed { fault: fault.clone(), report: None }),
    ];
    store.finish_items(id, ends).unwrap();
    store.set_run_state(id, RunState::Paused, Some("the disk is full"), at(2)).unwrap();
    drop(store);

    let store = open(folder.path(), CacheSettings::default());
    let run = store.run(id).unwrap().unwrap();
    assert_eq!(run.counts, Counts { pending: 1, running: 1, done: 1, failed: 1 });
    assert_eq!((run.state, run.reason.as_deref()), (RunState::Paused, Some("the disk is full")));
    let items = store.run_items(id, &ItemState::ALL).unwrap();
    assert_eq!(items[0].path.as_deref(), Some(Path::new("web/a.jpg")));
    assert_eq!((items[0].hash, items[0].report.clone()), (hash, Some(json!({ "ms": 4.5 }))));
    assert_eq!(items[1].fault, Some(fault));
    assert_eq!(items[3].spec, json!({ "asset": 3 }));
    assert_eq!(store.run_items(id, &[ItemState::Pending]).unwrap().len(), 1);
    assert_eq!(store.runs().unwrap(), [run]);

    store.remove_run(id).unwrap();
    assert!(store.run_items(id, &ItemState::ALL).unwrap().is_empty());
    let unknown = store.set_run_state(id, RunState::Done, None, at(3)).unwrap_err();
    assert!(matches!(unknown, StoreError::UnknownRun { .. }));
    let next = store.create_run(json!(null), Vec::new(), at(3)).unwrap();
    assert!(next > id, "numbers are never used again");
}

#[test]
fn after_a_crash_the_files_tell_which_items_were_done() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let id = store.create_run(json!({}), vec![json!({}); 4], at(1)).unwrap();
    store.set_items_running(id, vec![0, 1, 2, 3]).unwrap();
    let hash = Some(blake3::hash(b"right").into());
    let contents = [Some("right"), Some("wrong"), None];
    for (position, content) in (0..).zip(contents) {
        let path = folder.path().join(format!("{position}.jpg"));
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let item = DoneItem {
            path: Some(path),
            hash,
            result: ItemResult::Rendered,
            bytes: Some(5),
            report: Some(json!(position)),
        };
        store.intend_items(id, vec![(position, item)]).unwrap();
    }
    assert_eq!(store.settle_run(id).unwrap(), Settled { done: 1, pending: 3 });
    let counts = store.run(id).unwrap().unwrap().counts;
    assert_eq!(counts, Counts { pending: 3, done: 1, ..Counts::default() });
    let done = store.run_items(id, &[ItemState::Done]).unwrap();
    assert_eq!((done[0].position, done[0].hash), (0, hash));
    assert_eq!(done[0].report, Some(json!(0)));
    assert_eq!(store.settle_run(id).unwrap(), Settled::default());
}
