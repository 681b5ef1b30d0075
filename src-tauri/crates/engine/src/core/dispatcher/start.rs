//! Starts the engine: its workers, of which the first one that is ready describes all, and the
//! dispatcher's task.

use std::{collections::HashMap, time::Instant};

use cropmark_rules::protocol::{Description, PIXEL_VERSION, PROTOCOL_VERSION};
use tokio::sync::{mpsc, watch};

use super::{Dispatcher, missing};
use crate::{
    Settings, Snapshot, StartError, Totals,
    core::{
        admission::Budget,
        event::{Event, EventSender},
        pool::{Pool, WorkerEvent, WorkerExit, describe_exit, stderr_excerpt},
        queue::{Queue, policy::Turns},
    },
    metrics::Metrics,
};

/// A running dispatcher, seen from outside.
pub(crate) struct Started {
    pub(crate) events: EventSender,
    pub(crate) description: Description,
    pub(crate) metrics: Metrics,
    pub(crate) snapshot: watch::Receiver<Snapshot>,
}

/// Starts the workers and the dispatcher's task.
pub(crate) async fn start(settings: Settings) -> Result<Started, StartError> {
    if !settings.worker_binary.is_file() {
        return Err(StartError::WorkerMissing { places: vec![settings.worker_binary] });
    }
    let (sender, events) = mpsc::unbounded_channel();
    let (snapshot, shown) = watch::channel(Snapshot::default());
    let reports = sender.clone();
    let report = move |worker, report| {
        // The dispatcher that has gone needs no reports.
        let _ = reports.send(Event::Worker(worker, report));
    };
    let (now, metrics) = (Instant::now(), Metrics::default());
    let mut dispatcher = Dispatcher {
        queue: Queue::default(),
        turns: Turns::new(settings.on_demand_share),
        budget: Budget::new(&settings),
        granted: HashMap::new(),
        waiting: None,
        permit: None,
        holder_deadline: None,
        pool: Pool::new(&settings, report, now),
        totals: Totals::default(),
        metrics: metrics.clone(),
        events,
        snapshot,
        stopping: false,
        shutdown_waiters: Vec::new(),
        settings,
    };
    let description = dispatcher.wait_for_first_worker().await?;
    dispatcher.publish();
    tokio::spawn(dispatcher.run());
    Ok(Started { events: sender, description, metrics, snapshot: shown })
}

impl Dispatcher {
    /// Waits until a worker is ready, or until as many starts have failed as there are places.
    async fn wait_for_first_worker(&mut self) -> Result<Description, StartError> {
        let path = self.settings.worker_binary.clone();
        let mut failures = 0;
        let mut reason = "it did not answer".to_owned();
        while failures < self.settings.workers.max(1) {
            let now = Instant::now();
            self.pool.tick(now);
            if let Some(start_error) = self.pool.take_start_error() {
                failures += 1;
                reason = format!("the system refuses: {start_error}");
                continue;
            }
            let event = match self.pool.next_deadline() {
                None => self.events.recv().await,
                Some(deadline) => tokio::select! {
                    event = self.events.recv() => event,
                    () = tokio::time::sleep_until(deadline.into()) => continue,
                },
            };
            let Some(Event::Worker(worker, report)) = event else { continue };
            match &report {
                WorkerEvent::Ready(description) => {
                    let description = description.clone();
                    self.accept(&description)?;
                    self.on_worker_event(worker, report, Instant::now());
                    return Ok(description);
                }
                WorkerEvent::Exited(exit) => {
                    failures += 1;
                    reason = describe_failed_start(exit);
                }
                _ => {}
            }
            self.on_worker_event(worker, report, Instant::now());
        }
        Err(StartError::Worker { path, reason })
    }

    fn accept(&self, description: &Description) -> Result<(), StartError> {
        if !Pool::fits(description) {
            return Err(StartError::Version {
                path: self.settings.worker_binary.clone(),
                found: format!("{}.{}", description.protocol, description.pixels),
                expected: format!("{PROTOCOL_VERSION}.{PIXEL_VERSION}"),
            });
        }
        let missing = missing(description);
        if self.settings.require_sandbox && !missing.is_empty() {
            return Err(StartError::Sandbox { missing });
        }
        Ok(())
    }
}

fn describe_failed_start(exit: &WorkerExit) -> String {
    match &exit.error {
        // It could not be run, or it is another program.
        Some(error) => format!("{error}{}", stderr_excerpt(exit)),
        None => format!("it {}.{}", describe_exit(exit), stderr_excerpt(exit)),
    }
}
