//! What a run works with.

use std::{
    collections::HashMap,
    fs,
    sync::{Arc, OnceLock},
};

use cropmark_rules::Fault;
use tokio::sync::Semaphore;

use super::{destination::Destination, on_clash::OnClash, shard::Shard};
use crate::{
    BatchId, Engine,
    intake::{Cache, Intake},
    presets::Rulebook,
    source::{Found, url::Fetcher},
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
    /// A place for each source that may be rendered early at a time.
    pub(super) early_places: Arc<Semaphore>,
    /// Whether nothing is rendered and nothing written: rows say what would be.
    pub(super) dry_run: bool,
    /// How long each source was at the start; those that are small are worked on together.
    lengths: Vec<u64>,
    /// What happens to results that would have one name.
    pub(super) on_clash: OnClash,
    /// The part of the sources that is this run's; `None`: all.
    pub(super) shard: Option<Shard>,
    /// Why results of these names fail.
    refused: OnceLock<HashMap<String, Fault>>,
}

/// The most sources that are worked on together, and the most bytes that they have.
const TOGETHER: usize = 16;
const TOGETHER_BYTES: u64 = 512 << 10;

impl RunContext {
    /// Collects what a run works with. Without a cache, nothing is known from before.
    #[must_use]
    pub fn new(
        engine: &Engine,
        cache: Option<Cache>,
        rulebook: Rulebook,
        destination: Destination,
    ) -> Self {
        let workers = engine.snapshot().workers.len().max(1);
        Self {
            intake: Intake::new(engine.clone(), cache.clone()),
            batch: engine.new_batch(),
            workers,
            early_places: Arc::new(Semaphore::new(workers / 2)),
            engine: engine.clone(),
            rulebook,
            destination,
            cache,
            dry_run: false,
            lengths: Vec::new(),
            on_clash: OnClash::default(),
            shard: None,
            refused: OnceLock::new(),
        }
    }

    /// The same with another policy for results that would have one name.
    #[must_use]
    pub fn on_clash(self, policy: OnClash) -> Self {
        Self { on_clash: policy, ..self }
    }

    /// The same with sources by URL, which are fetched by this fetcher.
    #[must_use]
    pub fn fetching(self, fetcher: Fetcher) -> Self {
        Self { intake: self.intake.fetching(fetcher), ..self }
    }

    /// The same for a part of the sources. All are given: names are told apart among all.
    #[must_use]
    pub fn shard(self, shard: Option<Shard>) -> Self {
        Self { shard, ..self }
    }

    /// Notes the names that fail, once.
    pub(super) fn refuse(&self, names: HashMap<String, Fault>) {
        let _ = self.refused.set(names);
    }

    /// Why a result of this name fails.
    pub(super) fn refusal(&self, name: &str) -> Option<Fault> {
        self.refused.get()?.get(name).cloned()
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
        let length =
            |found: &Found| fs::metadata(&found.path).map_or(u64::MAX, |facts| facts.len());
        self.lengths = sources.iter().map(length).collect();
    }

    /// How many of these sources, the first at least, are worked on together: so many small ones
    /// that waiting for threads and for the store counts little for each.
    pub(super) fn together(&self, numbers: impl IntoIterator<Item = u32>) -> usize {
        let mut bytes: u64 = 0;
        let lengths = numbers.into_iter().take(TOGETHER).map(|number| {
            let length = self.lengths.get(number as usize).copied().unwrap_or(u64::MAX);
            bytes = bytes.saturating_add(length);
            bytes
        });
        lengths.take_while(|bytes| *bytes <= TOGETHER_BYTES).count().max(1)
    }
}
