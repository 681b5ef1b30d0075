//! Previews: they go where their source's pixels are kept, and a preview that nobody waits for
//! any more does not cost the worker that keeps them.

use std::time::Duration;

use crate::common::{all, codes, content, engine, is_full, order, until};
use cropmark_engine::{Class, Engine, RenderOrder, Snapshot};
use cropmark_rules::ContentHash;

fn preview(source: &str, orders: &str) -> RenderOrder {
    RenderOrder {
        proxy: Some(ContentHash::of(source.as_bytes())),
        ..order(Class::OnDemand, orders, 1)
    }
}

/// What a finished order's only variant says.
async fn said(engine: &Engine, order: RenderOrder) -> String {
    let target = order.variants[0].target.clone().unwrap();
    assert_eq!(codes(&all(engine.render(order)).await), ["ok"]);
    content(&target)
}

fn processes(snapshot: &Snapshot) -> Vec<Option<u32>> {
    snapshot.workers.iter().map(|worker| worker.process).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_goes_where_its_pixels_are() {
    let engine = engine(4).await;
    until(&engine, "full", is_full).await;
    // A variant is told before its worker is free again. Who asks within that moment waits a
    // little for the pixels, which on a busy machine may be too little: see below.
    assert!(!said(&engine, preview("a", "fine")).await.ends_with("known"));
    for _ in 0..5 {
        until(&engine, "free again", is_full).await;
        assert!(said(&engine, preview("a", "fine")).await.ends_with("known"));
    }
    until(&engine, "free again", is_full).await;
    // The worker of the kept place is busy with something else: another one takes it up, and
    // has it from then on.
    let busy = engine.render(order(Class::OnDemand, "slow 10000", 1));
    until(&engine, "busy", |shown| shown.on_demand.running == 1).await;
    assert!(!said(&engine, preview("a", "fine")).await.ends_with("known"));
    until(&engine, "free again", |shown| shown.on_demand.running == 1).await;
    assert!(said(&engine, preview("a", "fine")).await.ends_with("known"));
    drop(busy);

    // An export of the same source keeps nothing.
    let export = RenderOrder { class: Class::Eager, ..preview("b", "fine") };
    assert!(!said(&engine, export).await.ends_with("known"));
    assert!(!said(&engine, preview("b", "fine")).await.ends_with("known"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_preview_waits_for_the_worker_that_is_about_to_have_its_pixels() {
    let engine = engine(4).await;
    until(&engine, "full", is_full).await;
    // It waits no longer than decoding would take: a machine that is too busy to be that quick
    // may try again.
    let mut tries = ["a", "e", "f", "g", "h"].into_iter();
    loop {
        let source = tries.next().expect("one of five previews found its pixels");
        let first = engine.render(preview(source, "slow 50"));
        until(&engine, "runs", |shown| shown.on_demand.running == 1).await;
        let second = said(&engine, preview(source, "fine")).await;
        assert_eq!(codes(&all(first).await), ["ok"]);
        until(&engine, "free again", is_full).await;
        if second.ends_with("known") {
            break;
        }
    }

    // But not for ever, and others do not wait with it.
    let long = engine.render(preview("c", "slow 10000"));
    until(&engine, "runs", |shown| shown.on_demand.running == 1).await;
    let other = engine.render(preview("d", "fine"));
    let same = said(&engine, preview("c", "fine"));
    let same = tokio::time::timeout(Duration::from_secs(5), same).await.unwrap();
    assert!(!same.ends_with("known"));
    assert_eq!(codes(&all(other).await), ["ok"]);
    drop(long);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_that_nobody_waits_for_may_end_in_peace() {
    let engine = engine(2).await;
    until(&engine, "full", is_full).await;
    let before = processes(&engine.snapshot());
    for _ in 0..3 {
        let stale = engine.render(preview("a", "slow 120"));
        until(&engine, "runs", |shown| shown.on_demand.running == 1).await;
        drop(stale);
        assert!(engine.snapshot().admission.used > 0, "its memory is in use until it ends");
        until(&engine, "ended", is_full).await;
    }
    let after = engine.snapshot();
    assert_eq!((after.totals.cancelled, processes(&after)), (0, before.clone()));
    assert_eq!((after.totals.jobs, after.admission.used), (3, 0));
    assert!(said(&engine, preview("a", "fine")).await.ends_with("known"));

    // One that does not end is killed.
    until(&engine, "ended", is_full).await;
    let stale = engine.render(preview("a", "hang"));
    until(&engine, "runs", |shown| shown.on_demand.running == 1).await;
    drop(stale);
    until(&engine, "killed", |shown| shown.totals.cancelled == 1).await;
    until(&engine, "full", is_full).await;
    let after = engine.snapshot();
    assert_eq!((after.totals.crashed, after.totals.timed_out, after.admission.used), (0, 0, 0));
    assert_ne!(processes(&after), before);
}
