//! Turns, promotion, cancellation, batches and admission, with real processes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::common::{
    all, codes, content, engine, in_batch, is_full, key, order, settings, source, until, variant,
};
use cropmark_engine::{Class, Engine, RenderOrder, Ticket};
use cropmark_rules::{ContentHash, Operation, operation::Resize, value::Length};

/// Keeps all workers busy for a while, so that what comes next queues up.
async fn occupy(engine: &Engine, workers: usize, milliseconds: u32) -> Vec<Ticket> {
    until(engine, "full", is_full).await;
    let slow = format!("slow {milliseconds}");
    let tickets = (0..workers).map(|_| engine.render(order(Class::OnDemand, &slow, 1))).collect();
    let busy = |shown: &cropmark_engine::Snapshot| shown.on_demand.running == workers;
    until(engine, "occupied", busy).await;
    tickets
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_turns_exactly_eighty_are_on_demand() {
    let engine = engine(1).await;
    let class = |number| if number < 400 { Class::OnDemand } else { Class::Eager };
    let orders: Vec<_> = (0..600).map(|number| order(class(number), "fine", 1)).collect();
    let _busy = occupy(&engine, 1, 300).await;
    let mut tickets = tokio::task::JoinSet::new();
    let ended = Arc::new(AtomicUsize::new(0));
    for order in orders {
        let (class, ended) = (order.class, Arc::clone(&ended));
        let ticket = engine.render(order);
        tickets.spawn(async move {
            assert_eq!(codes(&all(ticket).await), ["ok"]);
            (ended.fetch_add(1, Ordering::Relaxed), class)
        });
    }
    let mut ends = tickets.join_all().await;
    ends.sort_unstable();
    let totals = engine.snapshot().totals;
    // On-demand work is used up after 400 of its turns, and 99 eager turns between them.
    assert_eq!(totals.on_demand_turns, 400);
    assert!((99..=100).contains(&totals.eager_turns), "{totals:?}");
    let on_demand = ends[..500].iter().filter(|(_, class)| *class == Class::OnDemand).count();
    assert!((399..=400).contains(&on_demand), "{on_demand}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_does_not_wait_for_an_export() {
    let engine = engine(3).await;
    until(&engine, "full", is_full).await;
    let exports: Vec<_> = (0..10).map(|_| engine.render(order(Class::Eager, "hang", 1))).collect();
    until(&engine, "exports run", |shown| shown.eager.running == 2).await;
    for _ in 0..5 {
        let results = all(engine.render(order(Class::OnDemand, "fine", 1))).await;
        assert_eq!(codes(&results), ["ok"]);
        // The kept place is free, and no export takes it.
        assert_eq!(engine.snapshot().eager.running, 2);
    }
    drop(exports);
    until(&engine, "none runs", |shown| shown.eager.running == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_kept_place_exports_take_them_all() {
    let mut settings = settings(2);
    settings.keep_place = false;
    let engine = Engine::start(settings).await.unwrap();
    let exports: Vec<_> =
        (0..2).map(|_| engine.render(order(Class::Eager, "slow 300", 1))).collect();
    until(&engine, "both run", |shown| shown.eager.running == 2).await;
    // The snapshot names what workers are at.
    assert_eq!(engine.snapshot().rendering.len(), 2);
    drop(exports);
    until(&engine, "none runs", |shown| shown.rendering.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_one_job_and_every_target_is_filled() {
    let engine = engine(2).await;
    until(&engine, "full", is_full).await;
    let shared = key();
    let orders = |class| {
        let mut order = order(class, "slow 50", 0);
        order.variants = vec![variant(shared), variant(shared)];
        order
    };
    let orders = [orders(Class::Eager), orders(Class::OnDemand), orders(Class::Eager)];
    let targets: Vec<_> = orders
        .iter()
        .flat_map(|order| order.variants.iter().map(|variant| variant.target.clone().unwrap()))
        .collect();
    let tickets: Vec<_> = orders.into_iter().map(|order| engine.render(order)).collect();
    for ticket in tickets {
        let results = all(ticket).await;
        assert_eq!(codes(&results), ["ok", "ok"]);
        assert_eq!(results[0].1, results[1].1);
    }
    until(&engine, "one job", |shown| shown.totals.jobs == 1 && is_full(shown)).await;
    for target in targets {
        assert!(content(&target).starts_with("variant "), "{}", content(&target));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_export_is_promoted_when_somebody_looks() {
    let engine = engine(1).await;
    let _busy = occupy(&engine, 1, 200).await;
    let before: Vec<_> =
        (0..5).map(|_| engine.render(order(Class::Eager, "slow 100", 1))).collect();
    let export = order(Class::Eager, "fine", 3);
    let looked_at = variant(export.variants[1].key);
    let export = engine.render(export);
    let mut preview = order(Class::OnDemand, "fine", 0);
    preview.variants = vec![looked_at];
    let results = all(engine.render(preview)).await;
    assert_eq!(codes(&results), ["ok"]);
    assert!(engine.snapshot().eager.queued >= 5, "{:?}", engine.snapshot());
    assert_eq!(codes(&all(export).await), ["ok"; 3]);
    drop(before);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_nobody_waits_for_is_dropped_or_killed() {
    let engine = engine(2).await;
    until(&engine, "full", is_full).await;

    let running = engine.render(order(Class::OnDemand, "hang", 3));
    let pending = engine.render(order(Class::Eager, "slow 50", 1));
    until(&engine, "runs", |shown| shown.on_demand.running == 1).await;
    drop(running);
    until(&engine, "killed", |shown| shown.totals.cancelled == 1).await;
    assert_eq!(codes(&all(pending).await), ["ok"]);
    until(&engine, "full", is_full).await;

    // Somebody else waits for a part of it: it goes on.
    let shared = order(Class::OnDemand, "slow 150", 2);
    let mut other = order(Class::OnDemand, "fine", 0);
    other.variants = vec![variant(shared.variants[1].key)];
    let shared = engine.render(shared);
    until(&engine, "runs", |shown| shown.on_demand.running == 1).await;
    let other = engine.render(other);
    drop(shared);
    assert_eq!(codes(&all(other).await), ["ok"]);

    until(&engine, "ended", |shown| shown.on_demand.running == 0 && is_full(shown)).await;

    // A look at a header that nobody waits for.
    let hanging = source("hang");
    tokio::select! {
        header = engine.inspect(hanging, Class::OnDemand) => panic!("{header:?}"),
        () = until(&engine, "runs", |shown| shown.on_demand.running == 1) => {}
    }
    until(&engine, "killed", |shown| shown.totals.cancelled == 2 && is_full(shown)).await;
    assert_eq!(engine.snapshot().totals.crashed, 0);
    assert_eq!(engine.snapshot().admission.used, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_pause_resume_and_cancel() {
    let engine = engine(1).await;
    let batch = engine.new_batch();
    engine.pause(batch);
    let mut tickets: Vec<_> = (0..4)
        .map(|_| engine.render(in_batch(order(Class::Eager, "slow 100", 1), batch)))
        .collect();
    let free = all(engine.render(order(Class::Eager, "fine", 1))).await;
    assert_eq!(codes(&free), ["ok"]);
    assert_eq!(engine.snapshot().eager.held, 4);
    engine.resume(batch);
    assert_eq!(codes(&all(tickets.remove(0)).await), ["ok"]);
    engine.cancel(batch);
    for mut ticket in tickets {
        assert_eq!(ticket.next().await, None);
        assert_eq!(ticket.open(), 1);
    }
    until(&engine, "full", is_full).await;
    let shown = engine.snapshot();
    assert_eq!((shown.eager.queued, shown.eager.held, shown.admission.used), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_granted_and_waited_for() {
    let mut small = settings(3);
    small.max_memory = 100 << 20;
    let engine = Engine::start(small).await.unwrap();
    until(&engine, "full", is_full).await;
    // About 24 MiB for the worker and 4 bytes x 2000 x 1500 x 4 for a PNG and its result.
    let sized = |side: u32| {
        let mut order = order(Class::OnDemand, &format!("size {side} {side}\nslow 60"), 1);
        (order.header.width, order.header.height) = (side, side);
        order
    };
    let results = all(engine.render(sized(20_000))).await;
    assert_eq!(codes(&results), ["too_large"]);
    let Err(fault) = &results[0].1 else { unreachable!() };
    assert!(fault.message.contains("100 MiB"), "{fault}");

    let tickets: Vec<_> = (0..3).map(|_| engine.render(sized(1500))).collect();
    until(&engine, "one waits", |shown| shown.admission.waiting).await;
    let shown = engine.snapshot();
    assert!(shown.admission.used <= 100 << 20, "{shown:?}");
    assert!(shown.on_demand.running < 3 && shown.on_demand.queued > 0, "{shown:?}");
    for ticket in tickets {
        assert_eq!(codes(&all(ticket).await), ["ok"]);
    }
    until(&engine, "all given back", |shown| shown.admission.granted == 0).await;
    assert_eq!(engine.snapshot().admission.used, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_that_takes_too_much_memory_fails_alone() {
    let mut small = settings(2);
    small.max_memory = 100 << 20;
    let engine = Engine::start(small).await.unwrap();
    let sized = |widths: &[f64]| {
        let mut order = order(Class::Eager, "fine", widths.len());
        for (variant, width) in order.variants.iter_mut().zip(widths) {
            let width = Some(Length::Pixels(*width));
            variant.operations =
                vec![Operation::Resize(Resize { width, enlarge: true, ..Resize::default() })];
        }
        order
    };
    let order = sized(&[50.0, 30_000.0, 60.0]);
    let last = order.variants[2].target.clone().unwrap();
    let results = all(engine.render(order)).await;
    assert_eq!(codes(&results), ["ok", "too_large", "ok"]);
    let Err(fault) = &results[1].1 else { unreachable!() };
    assert!(fault.message.contains("The variant would take about"), "{fault}");
    // The worker does not hear of it, so that nothing is derived from it.
    assert!(content(&last).starts_with("variant 1 of 2"), "{}", content(&last));

    // Together they take more than there is, one by one they do not.
    let order = sized(&[2000.0, 1999.0, 1998.0, 1997.0, 1996.0, 1995.0, 1994.0, 1993.0]);
    let last = order.variants[7].target.clone().unwrap();
    assert_eq!(codes(&all(engine.render(order)).await), ["ok"; 8]);
    assert!(content(&last).starts_with("variant 0 of 1"), "{}", content(&last));
    until(&engine, "all given back", |shown| shown.admission.used == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_pixels_count_and_go_where_a_job_needs_their_memory() {
    let mut small = settings(3);
    small.max_memory = 100 << 20;
    let engine = Engine::start(small).await.unwrap();
    until(&engine, "full", is_full).await;
    let look = |source: &str, milliseconds: u32| {
        let keep = format!("keep {}\nslow {milliseconds}", 40 << 20);
        let order = order(Class::OnDemand, &keep, 1);
        engine.render(RenderOrder { proxy: Some(ContentHash::of(source.as_bytes())), ..order })
    };
    let (first, second) = (look("a", 100), look("b", 300));
    assert_eq!(codes(&all(first).await), ["ok"]);
    assert_eq!(codes(&all(second).await), ["ok"]);
    until(&engine, "both keep", |shown| shown.admission.kept == 80 << 20).await;
    // What fits beside them leaves them alone.
    until(&engine, "full", is_full).await;
    assert_eq!(codes(&all(engine.render(order(Class::Eager, "fine", 1))).await), ["ok"]);
    until(&engine, "full", is_full).await;
    assert_eq!(engine.snapshot().totals.retired, 0);
    // About 45 MiB: one of them goes, the one that was not used for longest.
    let mut large = order(Class::Eager, "size 1500 1500", 1);
    (large.header.width, large.header.height) = (1500, 1500);
    assert_eq!(codes(&all(engine.render(large)).await), ["ok"]);
    until(&engine, "a new worker", is_full).await;
    let shown = engine.snapshot();
    assert_eq!((shown.admission.kept, shown.totals.retired), (40 << 20, 1), "{shown:?}");
    let again = order(Class::OnDemand, "fine", 1);
    let again = RenderOrder { proxy: Some(ContentHash::of(b"b")), ..again };
    let target = again.variants[0].target.clone().unwrap();
    assert_eq!(codes(&all(engine.render(again)).await), ["ok"]);
    assert!(content(&target).ends_with("known"), "b's pixels are still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_too_long_is_told_busy() {
    let mut hurried = settings(1);
    hurried.max_wait = Some(Duration::from_millis(100));
    hurried.max_memory = 32 << 20;
    let engine = Engine::start(hurried).await.unwrap();
    until(&engine, "full", is_full).await;
    // It holds the worker until it is dropped.
    let busy = engine.render(order(Class::OnDemand, "hang", 1));
    until(&engine, "occupied", |shown| shown.on_demand.running == 1).await;
    let export = engine.render(order(Class::Eager, "fine", 1));
    // An export waits for its turn as long as it takes, here longer than two previews that were
    // asked for after it and one after the other.
    for _ in 0..2 {
        let preview = engine.render(order(Class::OnDemand, "fine", 1));
        assert_eq!(codes(&all(preview).await), ["busy"]);
        let shown = engine.snapshot();
        assert_eq!((shown.on_demand.running, shown.totals.jobs), (1, 0), "no worker was free yet");
        assert_eq!(shown.eager.queued, 1, "the export waits");
    }
    drop(busy);
    assert_eq!(codes(&all(export).await), ["ok"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_waits_for_memory_no_longer_than_set() {
    let mut hurried = settings(2);
    hurried.max_wait = Some(Duration::from_millis(100));
    hurried.max_memory = 32 << 20;
    let engine = Engine::start(hurried).await.unwrap();
    until(&engine, "full", is_full).await;
    let preview = engine.render(order(Class::OnDemand, "slow 1500", 1));
    until(&engine, "runs", |shown| shown.on_demand.running == 1).await;
    let results = all(engine.render(order(Class::Eager, "fine", 1))).await;
    assert_eq!(codes(&results), ["busy"]);
    assert_eq!(codes(&all(preview).await), ["ok"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_requests_are_admitted_than_set() {
    let mut single = settings(4);
    single.max_requests = Some(1);
    let engine = Engine::start(single).await.unwrap();
    until(&engine, "full", is_full).await;
    let tickets: Vec<_> =
        (0..4).map(|_| engine.render(order(Class::OnDemand, "slow 30", 1))).collect();
    let mut watch = engine.watch();
    let mut most = 0;
    while engine.snapshot().totals.jobs < 4 {
        watch.changed().await.unwrap();
        most = most.max(watch.borrow_and_update().admission.granted);
    }
    assert_eq!(most, 1);
    drop(tickets);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_read_one_source_without_losing_their_place() {
    let engine = engine(2).await;
    until(&engine, "full", is_full).await;
    let text = format!("slow 1\n{}", "comment\n".repeat(2000));
    let shared = source(&text);
    let tickets: Vec<_> = (0..6)
        .map(|_| {
            let mut order = order(Class::OnDemand, "", 1);
            order.source = Arc::clone(&shared);
            let target = order.variants[0].target.clone().unwrap();
            (engine.render(order), target)
        })
        .collect();
    let mut contents = Vec::new();
    for (ticket, target) in tickets {
        assert_eq!(codes(&all(ticket).await), ["ok"]);
        contents.push(content(&target));
    }
    assert!(contents.iter().all(|content| content.matches("comment").count() == 2000));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_variants_than_descriptors_are_split_and_siblings_still_named() {
    let engine = engine(2).await;
    let wanted = order(Class::Eager, "fine", 600);
    let last = wanted.variants[599].target.clone().unwrap();
    assert_eq!(codes(&all(engine.render(wanted)).await), ["ok"; 600]);
    until(&engine, "three jobs", |shown| shown.totals.jobs == 3 && is_full(shown)).await;
    assert!(content(&last).starts_with("variant 599 of 600"), "{}", content(&last));

    // Variants that are not wanted are named, and neither made nor answered.
    let mut some = order(Class::Eager, "fine", 3);
    some.variants[0].target = None;
    let results = all(engine.render(some)).await;
    assert_eq!(results.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2]);
    let mut nothing = order(Class::Eager, "fine", 1);
    nothing.variants[0].target = None;
    assert_eq!(all(engine.render(nothing)).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_read_and_faults_are_cleaned() {
    let engine = engine(1).await;
    let header = engine.inspect(source("size 4000 3000"), Class::OnDemand).await.unwrap();
    assert_eq!((header.width, header.height), (4000, 3000));
    let fault = engine.inspect(source("unreadable"), Class::Eager).await.unwrap_err();
    assert_eq!((fault.code.name(), fault.message.as_str()), ("unreadable", "This is no image."));
    let fault = engine.inspect(source("segfault"), Class::Eager).await.unwrap_err();
    assert_eq!(fault.code.name(), "crashed");
}
