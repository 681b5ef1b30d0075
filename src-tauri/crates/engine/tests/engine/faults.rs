//! Workers that misbehave: each fault is one typed row, nothing else is touched, and the pool
//! is full again at once.

use crate::common::{
    all, codes, content, engine, impatient_engine, is_full, order, settings, source, until,
};
use cropmark_engine::{Class, Engine};
use cropmark_rules::{ContentHash, FaultCode};

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_typed_and_its_worker_is_replaced() {
    let engine = impatient_engine(2).await;
    let cases = [
        ("panic", "crashed", "as ordered"),
        ("segfault", "crashed", "segmentation fault"),
        ("abort", "crashed", "abort"),
        ("kill", "crashed", "signal 9"),
        ("say nothing good\nexit 3", "crashed", "It wrote: nothing good"),
        ("exit 0", "crashed", "ended"),
        ("allocate", "out_of_memory", "more memory than the"),
        ("flood", "", ""),
        ("half-exit", "crashed", "ended"),
        ("huge", "crashed", "over the limit"),
        ("nonsense", "crashed", "could not be understood"),
        ("wrong-id", "crashed", "fits no request"),
        ("wrong-index", "crashed", "variant 9999"),
        ("twice", "", ""),
        ("early-done", "crashed", "fits no request"),
        ("@0 lie", "crashed", "it reported"),
        ("@0 lie hash", "crashed", "another hash"),
        ("@0 lie width", "crashed", "101 x 80 pixels and 1 frames, where 100 x 80"),
        ("@0 lie frames", "crashed", "2 frames"),
        ("@0 lie format", "crashed", "in the format png"),
        ("@0 lie quality", "crashed", "a quality or a time"),
        ("@0 lie time", "crashed", "a quality or a time"),
        // What cannot be in memory has no more bytes than the plan allows.
        ("@0 sparse 10995116277760", "crashed", "but the file has"),
        ("@0 map", "crashed", "open for writing"),
        ("long-message", "crashed", "a message of 1048"),
        ("hang", "timeout", "longer than 1 s"),
        ("spin", "timeout", "longer than 1 s"),
        ("shout", "timeout", "nobody wants to read"),
        ("half", "timeout", "longer than 1 s"),
    ];
    for (orders, code, words) in cases {
        let ticket = engine.render(order(Class::OnDemand, orders, 1));
        let results = all(ticket).await;
        // The first of too many answers is as good as any.
        if !["flood", "twice"].contains(&orders) {
            assert_eq!(codes(&results), [code], "{orders}");
            let Err(fault) = &results[0].1 else { unreachable!() };
            assert!(fault.message.contains(words), "{orders}: {fault}");
        }
        until(&engine, orders, is_full).await;
        let good = all(engine.render(order(Class::OnDemand, "fine", 1))).await;
        assert_eq!(codes(&good), ["ok"], "after {orders}");
    }
    engine.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_stays_as_it_was_when_it_was_accepted() {
    let engine = engine(1).await;
    for later in ["overwrite", "grow"] {
        let wanted = order(Class::Eager, &format!("@0 {later}"), 1);
        let target = wanted.variants[0].target.clone().unwrap();
        let mut ticket = engine.render(wanted);
        let (_, rendered) = ticket.next().await.unwrap();
        // The worker writes to its descriptor all the while. What it wrote before the result was
        // sealed is not what it reported, and is refused; afterwards nothing changes any more.
        match rendered {
            Ok(rendered) => {
                let now = || ContentHash::of(content(&target).as_bytes());
                assert_eq!(now(), rendered.hash, "{later}");
                until(&engine, "done", is_full).await;
                assert_eq!(now(), rendered.hash, "{later}");
            }
            Err(fault) => {
                assert_eq!((later, fault.code), ("overwrite", FaultCode::Crashed), "{fault}");
                assert!(fault.message.contains("another hash"), "{fault}");
                until(&engine, "replaced", is_full).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_says_of_a_source_is_kept_to_the_limits() {
    let engine = engine(1).await;
    let cases = [
        ("claim width 0", "a width of 0"),
        ("claim width 4000000000", "a width of 4000000000"),
        ("claim frames 10001", "a number of frames of 10001"),
        ("claim bands 77", "a number of bands of 77"),
        ("claim orientation 9", "an orientation of 9"),
        ("claim metadata 9000000", "over the limit"),
    ];
    for (orders, words) in cases {
        let fault = engine.inspect(source(orders), Class::Eager).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::Crashed, "{orders}: {fault}");
        assert!(fault.message.contains(words), "{orders}: {fault}");
    }
    engine.inspect(source("claim metadata 1000"), Class::Eager).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_are_few_and_short() {
    let engine = engine(1).await;
    let results = all(engine.render(order(Class::Eager, "@0 notes 20", 1))).await;
    let notes = &results[0].1.as_ref().unwrap().notes;
    assert_eq!(notes.len(), 20);
    assert!(notes.iter().all(|note| note.len() <= 2000 && note.starts_with("a note a note")));
    let results = all(engine.render(order(Class::Eager, "@0 notes 35", 1))).await;
    assert_eq!(results[0].1.as_ref().unwrap().notes.len(), 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_tried_again_once() {
    let engine = impatient_engine(1).await;
    let folder = tempfile::tempdir().unwrap();
    let once = folder.path().join("once").display().to_string();
    let results =
        all(engine.render(order(Class::Eager, &format!("once {once} segfault"), 1))).await;
    assert_eq!(codes(&results), ["ok"]);
    assert_eq!(engine.snapshot().totals.retried, 1);

    let before = engine.snapshot().totals;
    let results = all(engine.render(order(Class::Eager, "segfault", 1))).await;
    assert_eq!(codes(&results), ["crashed"]);
    until(&engine, "full", is_full).await;
    let after = engine.snapshot().totals;
    assert_eq!((after.crashed - before.crashed, after.retried - before.retried), (2, 1));

    // What did not end in time is not tried a second time.
    let before = engine.snapshot().totals;
    let results = all(engine.render(order(Class::Eager, "hang", 1))).await;
    assert_eq!(codes(&results), ["timeout"]);
    until(&engine, "full", is_full).await;
    assert_eq!(engine.snapshot().totals.timed_out - before.timed_out, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisonous_variant_does_not_take_its_siblings() {
    let engine = impatient_engine(2).await;
    for (poison, code) in
        [("segfault", "crashed"), ("hang", "timeout"), ("allocate", "out_of_memory")]
    {
        let wanted = order(Class::Eager, &format!("@2 {poison}"), 5);
        let targets: Vec<_> = wanted.variants.iter().map(|v| v.target.clone().unwrap()).collect();
        let results = all(engine.render(wanted)).await;
        assert_eq!(codes(&results), ["ok", "ok", code, "ok", "ok"], "{poison}");
        // Retried alone, the siblings are still named, so that the bytes are the same.
        assert!(content(&targets[4]).starts_with("variant 4 of 5"), "{}", content(&targets[4]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_always_hangs_costs_three_timeouts_not_one_a_variant() {
    let engine = impatient_engine(2).await;
    let results = all(engine.render(order(Class::Eager, "hang", 40))).await;
    assert_eq!(codes(&results), ["timeout"; 40]);
    until(&engine, "full", is_full).await;
    let totals = engine.snapshot().totals;
    assert!((3..=4).contains(&totals.timed_out), "{totals:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_renews_the_time() {
    let engine = impatient_engine(1).await;
    let orders = "@0 slow 600\n@1 slow 600\n@2 slow 600\n@3 slow 600";
    let results = all(engine.render(order(Class::OnDemand, orders, 4))).await;
    assert_eq!(codes(&results), ["ok"; 4]);
    assert_eq!(engine.snapshot().totals.timed_out, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_talks_out_of_turn_is_replaced() {
    let engine = engine(1).await;
    let results = all(engine.render(order(Class::OnDemand, "chatter", 1))).await;
    assert_eq!(codes(&results), ["ok"]);
    until(&engine, "replaced", |shown| shown.totals.crashed == 1 && is_full(shown)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_killed_while_idle_are_replaced() {
    let engine = engine(4).await;
    until(&engine, "full", is_full).await;
    let before: Vec<_> = engine.snapshot().workers.iter().map(|worker| worker.process).collect();
    for process in before.iter().flatten() {
        let process = rustix::process::Pid::from_raw(i32::try_from(*process).unwrap()).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    }
    until(&engine, "full again", |shown| {
        is_full(shown) && shown.workers.iter().all(|worker| !before.contains(&worker.process))
    })
    .await;
    let totals = engine.snapshot().totals;
    assert_eq!((totals.crashed, totals.started), (4, 8), "one new worker a place");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_retired_by_age_and_by_memory() {
    let mut few = settings(1);
    few.jobs_per_worker = 3;
    few.worker_resident_limit = 1 << 30;
    let engine = Engine::start(few).await.unwrap();
    for _ in 0..7 {
        assert_eq!(codes(&all(engine.render(order(Class::Eager, "fine", 1))).await), ["ok"]);
    }
    until(&engine, "full", is_full).await;
    assert_eq!(engine.snapshot().totals.retired, 2);
    let fat = order(Class::Eager, "resident 2000000000", 1);
    assert_eq!(codes(&all(engine.render(fat)).await), ["ok"]);
    until(&engine, "retired", |shown| shown.totals.retired == 3 && is_full(shown)).await;
    assert_eq!(engine.snapshot().totals.crashed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_sources_with_one_percent_of_each_fault() {
    let engine = impatient_engine(4).await;
    let faults = ["panic", "segfault", "kill", "hang", "allocate"];
    let expected = ["crashed", "crashed", "crashed", "timeout", "out_of_memory"];
    let tickets: Vec<_> = (0..1000)
        .map(|number| {
            let orders = faults.get(number % 100).copied().unwrap_or("fine");
            let class = if number % 3 == 0 { Class::OnDemand } else { Class::Eager };
            engine.render(order(class, orders, 1))
        })
        .collect();
    for (number, ticket) in tickets.into_iter().enumerate() {
        let results = all(ticket).await;
        let code = expected.get(number % 100).copied().unwrap_or("ok");
        assert_eq!(codes(&results), [code], "source {number}");
    }
    until(&engine, "full", is_full).await;
    let totals = engine.snapshot().totals;
    // A crash costs its retry, a hang and a lack of memory do not.
    assert_eq!((totals.crashed, totals.timed_out, totals.retried), (30 * 2 + 10, 10, 30));
}
