//! What a run works with.

use std::sync::atomic::{AtomicU64, Ordering};

use super::destination::Destination;
use crate::{
    BatchId, Engine,
    intake::{Cache, Intake},
    presets::Rulebook,
    source::Found,
};

/// What a run works with.
#[derive(Debug)]
pub struct RunContext {
    /// Who renders.
    pub(super) engine: Engine,
    /// What is asked for.
    pub(super) rulebook: Rulebook,
    /// Where results go.
    pub(super) destination: Destination,
    /// What is known from before, if it is kept.
    pub(super) cache: Option<Cache>,
    pub(super) intake: Intake,
    /// The number by which the engine knows the run.
    pub(super) batch: BatchId,
    /// Jobs that the engine runs at once.
    pub(super) workers: usize,
    /// Whether nothing is rendered and nothing written: rows say what would be.
    pub(super) dry_run: bool,
}

/// Batches of runs are numbered from here.
static BATCHES: AtomicU64 = AtomicU64::new(1 << 48);

impl RunContext {
    /// Collects what a run works with. Without a cache, nothing is known from before.
    #[must_use]
    pub fn new(
        engine: &Engine,
        cache: Option<Cache>,
        rulebook: Rulebook,
        destination: Destination,
    ) -> Self {
        Self {
            intake: Intake::new(engine.clone(), cache.clone()),
            batch: BatchId(BATCHES.fetch_add(1, Ordering::Relaxed)),
            workers: engine.snapshot().workers.len().max(1),
            engine: engine.clone(),
            rulebook,
            destination,
            cache,
            dry_run: false,
        }
    }

    /// Puts the sources and the files of the rules among what is never written to. May wait for
    /// the disk.
    pub(super) fn guard(&mut self, sources: &[Found]) {
        for file in self.rulebook.files() {
            // An overlay that is not there is the generator's fault, not the guard's.
            let _ = self.destination.originals.insert(&file);
        }
        for found in sources.iter().filter(|found| found.fault.is_none()) {
            // One that has just gone will be a failed row.
            let _ = self.destination.originals.insert(&found.path);
        }
    }
}
