//! Renders what differs of an asset, through the cache, and measures it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    io::{self, Read as _},
    os::unix::fs::FileExt as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use cropmark_engine::{
    BatchId, Engine,
    intake::{Cache, KnownSource},
    presets::PresetPlan,
    render::{Purpose, RenderJob, Target, Targets, Unverified, keep, render},
};
use cropmark_rules::{
    Fault, FaultCode, FormatRule, Key,
    parameters::GivenValues,
    plan::{JobGroup, group},
    protocol::Rendered,
};
use cropmark_store::{Store, Variant};

use super::{
    asset::{Difference, Planned, Sides},
    sides::Side,
};

/// The most variants of an asset that are rendered at once: each has a file open.
const AT_ONCE: usize = 64;

/// Renders and measures.
#[derive(Debug, Clone)]
pub(super) struct Measurer {
    engine: Engine,
    store: Option<Store>,
    purpose: Purpose,
    counts: Arc<Counts>,
}

/// How many variants were rendered, and how many were known.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) rendered: AtomicU64,
    pub(super) cached: AtomicU64,
}

/// A variant with its file.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub(super) rendered: Rendered,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Kept(Box<Variant>),
    File(Arc<File>),
}

/// What became of the variants of one asset.
pub(super) type Outcomes = HashMap<Key, Result<Measured, Fault>>;

/// Variants of a job that are to be rendered.
struct Work {
    job: RenderJob,
    /// Their indices in the job.
    missing: Vec<usize>,
}

impl Measurer {
    pub(super) fn new(engine: &Engine, cache: Option<&Cache>) -> Self {
        let batch: BatchId = engine.new_batch();
        Self {
            engine: engine.clone(),
            store: cache.map(|cache| cache.store().clone()),
            purpose: Purpose::Files(batch),
            counts: Arc::default(),
        }
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Renders both sides of these differences, as far as the cache lacks them.
    pub(super) async fn measure(
        &self,
        source: &KnownSource,
        sides: &Arc<Sides>,
        differences: &[Difference],
    ) -> Outcomes {
        let mut outcomes = Outcomes::new();
        for is_new in [false, true] {
            let mut wanted: BTreeMap<usize, BTreeSet<Key>> = BTreeMap::new();
            for difference in differences {
                let pair = &sides.pairs[difference.pair];
                let (planned, preset) = if is_new {
                    (&difference.after, pair.new)
                } else {
                    (&difference.before, pair.old)
                };
                if let (Planned::Variant(variant), Some(preset)) = (planned, preset)
                    && !outcomes.contains_key(&variant.key)
                {
                    wanted.entry(preset).or_default().insert(variant.key);
                }
            }
            for (preset, keys) in wanted {
                let (measurer, sides) = (self.clone(), Arc::clone(sides));
                let known = source.clone();
                let prepared = blocking(move || {
                    let side = if is_new { &sides.new } else { &sides.old };
                    measurer.look_up(&known, side, preset, &keys)
                });
                let (found, works) = prepared.await;
                outcomes.extend(found);
                for work in works {
                    self.render(work, &mut outcomes).await;
                }
            }
        }
        outcomes
    }

    /// Finds what the cache has, and prepares jobs for what it lacks. A job names all variants of
    /// the preset file, as an export does, so that sizes are derived from the same ones.
    fn look_up(
        &self,
        source: &KnownSource,
        side: &Side,
        preset: usize,
        wanted: &BTreeSet<Key>,
    ) -> (Outcomes, Vec<Work>) {
        let writable = &self.engine.description().writes;
        let given = GivenValues::default();
        let PresetPlan { variants, overlays, .. } =
            side.presets[preset].source.plan(&source.facts, &[], &given, writable);
        let mut outcomes = Outcomes::new();
        let mut works = Vec::new();
        for mut group in group(&variants) {
            let mut missing = Vec::new();
            for index in 0..group.variants.len() {
                let variant = &mut group.variants[index];
                if !wanted.contains(&variant.key) {
                    continue;
                }
                if let Some(measured) = self.known(variant.key) {
                    self.counts.cached.fetch_add(1, Ordering::Relaxed);
                    outcomes.insert(variant.key, Ok(measured));
                } else {
                    // The bytes, and so the key, are the same.
                    variant.encoding.scored = true;
                    missing.push(index);
                }
            }
            if !missing.is_empty() {
                let (source, overlays) = (source.clone(), overlays.clone());
                let job = RenderJob { source, group, overlays, purpose: self.purpose };
                works.push(Work { job, missing });
            }
        }
        (outcomes, works)
    }

    /// A variant that the cache has, with its score.
    fn known(&self, key: Key) -> Option<Measured> {
        let found = self.store.as_ref()?.exact_variant(key, SystemTime::now());
        let variant = found.ok().flatten().filter(|variant| variant.rendered.score.is_some())?;
        let rendered = variant.rendered.clone();
        Some(Measured { rendered, content: Content::Kept(Box::new(variant)) })
    }

    async fn render(&self, work: Work, outcomes: &mut Outcomes) {
        let Work { job, missing } = work;
        let job = Arc::new(job);
        for portion in missing.chunks(AT_ONCE) {
            let (measurer, group) = (self.clone(), job.group.clone());
            let portion = portion.to_vec();
            let targets = blocking(move || measurer.targets(&group, &portion)).await;
            let mut ready = Targets::new();
            for (index, target) in targets {
                match target {
                    Ok(target) => drop(ready.insert(index, target)),
                    Err(fault) => drop(outcomes.insert(job.group.variants[index].key, Err(fault))),
                }
            }
            let mut waiting: BTreeSet<usize> = ready.keys().copied().collect();
            let mut renders = render(&self.engine, &job, ready);
            while let Some((index, answer)) = renders.next().await {
                waiting.remove(&index);
                let key = job.group.variants[index].key;
                let measurer = self.clone();
                let outcome = blocking(move || measurer.keep(key, answer)).await;
                self.counts.rendered.fetch_add(u64::from(outcome.is_ok()), Ordering::Relaxed);
                outcomes.insert(key, outcome);
            }
            for index in waiting {
                let fault = Fault::new(FaultCode::Busy, "The engine was stopped. Try again.");
                outcomes.insert(job.group.variants[index].key, Err(fault));
            }
        }
    }

    fn targets(&self, group: &JobGroup, indices: &[usize]) -> Vec<(usize, Result<Target, Fault>)> {
        let target = |key: Key, format: FormatRule| {
            let kept = self.store.as_ref().map(|store| Target::kept(store, key, format));
            match kept.transpose().map_err(|error| error.fault())?.flatten() {
                Some(target) => Ok(target),
                None => Target::unnamed(),
            }
        };
        let targets = indices.iter().map(|&index| {
            let variant = &group.variants[index];
            (index, target(variant.key, variant.encoding.format))
        });
        targets.collect()
    }

    /// Checks a result and keeps it, where something is kept.
    fn keep(&self, key: Key, answer: Unverified) -> Result<Measured, Fault> {
        let verified = answer.verify()?;
        let (rendered, file) = (verified.rendered.clone(), Arc::clone(verified.target.file()));
        let store = self.store.as_ref().filter(|store| store.keeps_variants());
        let content = match store.map(|store| keep(store, key, verified, self.purpose)) {
            Some(Ok(Some(variant))) => Content::Kept(Box::new(variant)),
            Some(Err(error)) if !error.is_disk_full() => return Err(error.fault()),
            // What cannot be kept is measured all the same.
            _ => Content::File(file),
        };
        Ok(Measured { rendered, content })
    }

    /// Reads the bytes of a variant.
    pub(super) fn bytes(&self, measured: &Measured) -> io::Result<Vec<u8>> {
        let length = usize::try_from(measured.rendered.bytes).unwrap_or(usize::MAX);
        match (&measured.content, &self.store) {
            (Content::File(file), _) => {
                let mut bytes = vec![0; length];
                file.read_exact_at(&mut bytes, 0)?;
                Ok(bytes)
            }
            (Content::Kept(variant), Some(store)) => {
                let mut bytes = Vec::with_capacity(length);
                let file = store.open_variant(variant)?;
                file.take(measured.rendered.bytes).read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            (Content::Kept(_), None) => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Runs what may wait for a disk. A panic in it is one here.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
