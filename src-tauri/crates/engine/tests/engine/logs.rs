//! What the log says about admission: each line with the figures by which it was decided.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use cropmark_engine::{Class, Engine, Settings};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::common::{all, codes, is_full, order, settings, until};

/// A log in memory.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs what happens on this thread, as long as the guard lives.
    pub(crate) fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(log.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        (log, guard)
    }

    /// The lines that hold this text.
    pub(crate) fn lines(&self, text: &str) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        log.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Whether a line has all these figures.
pub(crate) fn has(line: &str, figures: &[&str]) -> bool {
    figures.iter().all(|figure| line.contains(figure))
}

/// The log of two orders that run one after the other because of a limit. The dispatcher is on
/// this test's thread, and so is its log.
async fn one_after_the_other(limit: impl FnOnce(&mut Settings)) -> Log {
    let (log, _logged) = Log::start();
    let mut limited = settings(3);
    limited.max_wait = Some(Duration::from_secs(30));
    limit(&mut limited);
    let engine = Engine::start(limited).await.unwrap();
    until(&engine, "full", is_full).await;
    let first = engine.render(order(Class::OnDemand, "slow 200", 1));
    until(&engine, "runs", |shown| shown.on_demand.running == 1).await;
    let second = engine.render(order(Class::Eager, "fine", 1));
    assert_eq!(codes(&all(first).await), ["ok"]);
    assert_eq!(codes(&all(second).await), ["ok"]);
    log
}

#[tokio::test]
async fn waiting_for_memory_is_logged_with_the_figures() {
    let log = one_after_the_other(|settings| settings.max_memory = 32 << 20).await;
    let limits =
        ["max_memory=33554432", "max_requests=-1", "max_wait_milliseconds=30000", "needed="];
    let waiting = log.lines("waiting for memory");
    assert_eq!(waiting.len(), 2, "{waiting:#?}");
    assert!(has(&waiting[0], &limits) && has(&waiting[0], &["eager", "requests=1"]), "{waiting:?}");
    assert!(!waiting[0].contains(" used=0 "), "{waiting:?}");
    let granted = &waiting[1];
    assert!(has(granted, &limits) && has(granted, &["granted after", "waited_milliseconds="]));
    let granted = log.lines(" granted ");
    assert!(granted.iter().all(|line| has(line, &limits)), "{granted:#?}");
    assert!(granted[0].contains("on_demand") && granted[0].contains("queued_milliseconds="));
}

#[tokio::test]
async fn waiting_for_a_permit_is_logged_once_with_the_figures() {
    let log = one_after_the_other(|settings| settings.max_requests = Some(1)).await;
    let figures = ["max_requests=1", "max_wait_milliseconds=30000", "needed=", "max_memory="];
    let waiting = log.lines("waiting for a permit");
    assert_eq!(waiting.len(), 2, "{waiting:#?}");
    assert!(waiting.iter().all(|line| has(line, &figures)), "{waiting:#?}");
    assert!(waiting[1].contains("granted after"), "{waiting:#?}");
}
