//! Many requests at once, under limits of requests, memory and time, and under a share of turns.

use std::{
    fs::{File, OpenOptions},
    path::PathBuf,
    time::Duration,
};

use cropmark_engine::{Class, Engine, Settings, Ticket};
use cropmark_rules::{Operation, operation::Resize, value::Length};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::{
    common::{all, codes, is_full, order, settings, until},
    logs::{Log, has},
};

/// A pipe that holds the workers which are told so until it is opened.
struct Gate {
    folder: tempfile::TempDir,
}

impl Gate {
    fn new() -> Self {
        let gate = Self { folder: tempfile::tempdir().unwrap() };
        mknodat(CWD, gate.path(), FileType::Fifo, Mode::from(0o600), 0).unwrap();
        gate
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("gate")
    }

    fn held(&self, engine: &Engine) -> Ticket {
        engine.render(order(Class::OnDemand, &format!("gate {}", self.path().display()), 1))
    }

    /// Lets the workers go on, as long as the file is open.
    fn open(&self) -> File {
        OpenOptions::new().read(true).write(true).open(self.path()).unwrap()
    }
}

/// The limits of Magnolia's throttling.
fn limited(max_wait: Duration) -> Settings {
    let mut limited = settings(12);
    limited.keep_place = false;
    limited.max_requests = Some(10);
    limited.max_memory = 1 << 30;
    limited.max_wait = Some(max_wait);
    limited
}

/// The number behind a name in a line.
fn figure(line: &str, name: &str) -> u64 {
    let text = line.split(&format!(" {name}=")).nth(1).unwrap_or_else(|| panic!("{name}: {line}"));
    text.split(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn forty_requests_get_ten_permits_and_each_line_has_the_figures() {
    let (log, _logged) = Log::start();
    let engine = Engine::start(limited(Duration::from_secs(10))).await.unwrap();
    until(&engine, "full", is_full).await;
    let gate = Gate::new();
    let tickets: Vec<_> = (0..40).map(|_| gate.held(&engine)).collect();
    until(&engine, "ten run", |shown| {
        (shown.on_demand.running, shown.on_demand.queued) == (10, 30)
    })
    .await;
    assert_eq!(engine.snapshot().admission.granted, 10);

    // What never fits is told so at once, however many wait.
    let mut huge = order(Class::OnDemand, "fine", 1);
    let width = Some(Length::Pixels(30_000.0));
    let resize = Resize { width, enlarge: true, ..Resize::default() };
    huge.variants[0].operations = vec![Operation::Resize(resize)];
    assert_eq!(codes(&all(engine.render(huge)).await), ["too_large"]);
    assert_eq!(engine.snapshot().admission.granted, 10, "the others still wait");

    let _open = gate.open();
    for ticket in tickets {
        assert_eq!(codes(&all(ticket).await), ["ok"]);
    }
    let limits = ["max_memory=1073741824", "max_requests=10", "max_wait_milliseconds=10000"];
    let granted = log.lines(": granted job=");
    assert_eq!(granted.len(), 40);
    assert!(granted.iter().all(|line| has(line, &limits)), "{granted:#?}");
    let requests: Vec<u64> = granted.iter().map(|line| figure(line, "requests")).collect();
    assert_eq!(requests.iter().max(), Some(&10), "{requests:?}");
    assert_eq!(requests[..10], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    let waiting = log.lines(": waiting for a permit");
    let after = log.lines(": granted after waiting for a permit");
    assert!(!waiting.is_empty() && waiting.len() == after.len(), "{waiting:#?} {after:#?}");
    for (waiting, after) in waiting.iter().zip(&after) {
        assert!(has(waiting, &limits) && has(after, &limits), "{waiting} {after}");
        assert_eq!(figure(waiting, "job"), figure(after, "job"));
        assert_eq!(figure(waiting, "needed"), figure(after, "needed"));
    }
}

#[tokio::test]
async fn those_that_wait_too_long_are_busy_and_the_log_counts_them() {
    let (log, _logged) = Log::start();
    let engine = Engine::start(limited(Duration::from_millis(100))).await.unwrap();
    until(&engine, "full", is_full).await;
    let gate = Gate::new();
    let running: Vec<_> = (0..10).map(|_| gate.held(&engine)).collect();
    until(&engine, "ten run", |shown| shown.on_demand.running == 10).await;
    let waiting: Vec<_> = (0..30).map(|_| gate.held(&engine)).collect();
    for ticket in waiting {
        assert_eq!(codes(&all(ticket).await), ["busy"]);
    }
    let _open = gate.open();
    for ticket in running {
        assert_eq!(codes(&all(ticket).await), ["ok"]);
    }
    let gave_up = log.lines("gave up waiting for a turn");
    let limits = ["max_requests=10", "max_wait_milliseconds=100", " requests=10"];
    assert!(gave_up.iter().all(|line| has(line, &limits)), "{gave_up:#?}");
    assert_eq!(gave_up.iter().map(|line| figure(line, "count")).sum::<u64>(), 30);
}

#[tokio::test]
async fn of_a_hundred_turns_as_many_are_on_demand_as_set() {
    let (log, _logged) = Log::start();
    let mut shared = settings(4);
    shared.keep_place = false;
    shared.on_demand_share = 60;
    let engine = Engine::start(shared).await.unwrap();
    until(&engine, "full", is_full).await;
    let gate = Gate::new();
    let held: Vec<_> = (0..4).map(|_| gate.held(&engine)).collect();
    until(&engine, "occupied", |shown| shown.on_demand.running == 4).await;
    let both = (0..100).flat_map(|_| [Class::OnDemand, Class::Eager]);
    let tickets: Vec<_> = both.map(|class| engine.render(order(class, "fine", 1))).collect();
    until(&engine, "both queues are full", |shown| {
        (shown.on_demand.queued, shown.eager.queued) == (100, 100)
    })
    .await;
    let _open = gate.open();
    for ticket in held.into_iter().chain(tickets) {
        assert_eq!(codes(&all(ticket).await), ["ok"]);
    }
    let granted = log.lines(": granted job=");
    assert_eq!(granted.len(), 204);
    let is_on_demand = |line: &&String| line.contains("on_demand");
    assert_eq!(granted[4..104].iter().filter(is_on_demand).count(), 60);
    // Every hundred while both wait: on-demand work is used up after 166 turns.
    assert_eq!(granted[44..144].iter().filter(is_on_demand).count(), 60);
}
