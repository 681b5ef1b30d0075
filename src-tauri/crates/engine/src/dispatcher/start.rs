//! The engine's start: workers are started, and the first one that is ready says what they are.

use std::{collections::HashMap, time::Instant};

use cropmark_rules::protocol::{Description, PIXEL_VERSION, PROTOCOL_VERSION};
use tokio::sync::{mpsc, watch};

use super::{Dispatcher, missing};
use crate::{
    Settings, Snapshot, StartError, Totals,
    admission::Budget,
    event::{Event, EventSender},
    pool::{Obituary, Pool, Report, how, last_words},
    queue::{Queue, policy::Turns},
};

/// A running dispatcher, seen from outside.
pub(crate) struct Started {
    pub(crate) events: EventSender,
    pub(crate) description: Description,
    pub(crate) snapshot: watch::Receiver<Snapshot>,
}

/// Starts the workers and the dispatcher's task.
pub(crate) async fn start(settings: Settings) -> Result<Started, StartError> {
    if !settings.worker_binary.is_file() {
        return Err(StartError::WorkerMissing { places: vec![settings.worker_binary] });
    }
    let (sender, events) = mpsc::unbounded_channel();
    let (snapshot, shown) = watch::channel(Snapshot::default());
    let now = Instant::now();
    let mut dispatcher = Dispatcher {
        queue: Queue::default(),
        turns: Turns::new(settings.on_demand_share),
        budget: Budget::new(&settings),
        granted: HashMap::new(),
        waiting: None,
        permit: None,
        holder_deadline: None,
        pool: Pool::new(&settings, sender.clone(), now),
        totals: Totals::default(),
        events,
        snapshot,
        stopping: false,
        farewells: Vec::new(),
        settings,
    };
    let description = dispatcher.first_words().await?;
    dispatcher.publish();
    tokio::spawn(dispatcher.run());
    Ok(Started { events: sender, description, snapshot: shown })
}

impl Dispatcher {
    /// Waits until a worker is ready, or until as many as there are places have failed.
    async fn first_words(&mut self) -> Result<Description, StartError> {
        let path = self.settings.worker_binary.clone();
        let mut failures = 0;
        let mut reason = "it said nothing".to_owned();
        while failures < self.settings.workers.max(1) {
            let now = Instant::now();
            self.pool.tick(now);
            if let Some(refusal) = self.pool.take_refusal() {
                failures += 1;
                reason = format!("the system refuses: {refusal}");
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
                Report::Ready(description) => {
                    let description = description.clone();
                    self.accept(&description)?;
                    self.hear(worker, report, Instant::now());
                    return Ok(description);
                }
                Report::Gone(obituary) => {
                    failures += 1;
                    reason = why_not(obituary);
                }
                _ => {}
            }
            self.hear(worker, report, Instant::now());
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

fn why_not(obituary: &Obituary) -> String {
    match &obituary.complaint {
        // It could not even be run, or it is something else than a worker.
        Some(complaint) => format!("{complaint}{}", last_words(obituary)),
        None => format!("it {}.{}", how(obituary), last_words(obituary)),
    }
}
