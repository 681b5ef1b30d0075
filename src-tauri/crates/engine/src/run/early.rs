//! Rendering what is planned of a source while it arrives.
//!
//! The key of a variant needs the hash of the whole content. So the variants are planned by the
//! source's head under keys that nothing else has, and rendered into files without names. When all has
//! come, the source is taken in and planned as any other; results whose orders came out the same are
//! then copied to their targets in place of being rendered. Whatever cannot be had early is rendered
//! after the download.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use cropmark_rules::{
    AssetTexts, ContentHash, Fault,
    plan::{AssetFacts, JobGroup},
    protocol::Header,
};
use tokio::sync::OwnedSemaphorePermit;

use super::context::RunContext;
use crate::{
    Arrival, Class,
    blocking::blocking,
    core::arrival::ArrivalSignal,
    intake::KnownSource,
    presets::preset_plan::AssetPlan,
    render::{EarlyRenders, Purpose, RenderJob, Target, Targets, render_early},
    source::{
        Found, asset_text,
        open::Source,
        url::{ArrivingSource, Begun, RemoteUrl},
    },
};

/// The most variants that are begun: each has a file open.
const MOST: usize = 64;

/// What was begun of a source by its head.
#[derive(Debug)]
pub(super) struct Early {
    header: Header,
    groups: Vec<(JobGroup, EarlyRenders)>,
    places: Vec<OwnedSemaphorePermit>,
}

/// The results of a planned source that may be had early, by the groups of its plan.
#[derive(Debug, Default)]
pub(super) struct EarlyGroups {
    renders: Mutex<HashMap<usize, EarlyRenders>>,
    /// Kept until the source is worked through: the results have files open.
    _places: Vec<OwnedSemaphorePermit>,
}

impl EarlyGroups {
    /// Takes what was begun of a group.
    pub(super) fn take(&self, group: usize) -> Option<EarlyRenders> {
        self.renders.lock().unwrap_or_else(PoisonError::into_inner).remove(&group)
    }
}

impl Early {
    /// Keeps what the plan of the whole source asks for too.
    pub(super) fn fitting(self, header: &Header, groups: &[JobGroup]) -> EarlyGroups {
        if self.header != *header {
            return EarlyGroups::default();
        }
        let groups = groups.iter().enumerate().zip(self.groups);
        let fitting = groups.filter(|((_, planned), (early, _))| is_same(planned, early));
        let fitting = fitting.map(|((number, _), (_, renders))| (number, renders));
        EarlyGroups { renders: Mutex::new(fitting.collect()), _places: self.places }
    }
}

/// Whether two groups ask for the same, under other keys.
fn is_same(one: &JobGroup, other: &JobGroup) -> bool {
    let pairs = || one.variants.iter().zip(&other.variants);
    one.rules == other.rules
        && one.files == other.files
        && one.variants.len() == other.variants.len()
        && pairs().all(|(one, other)| {
            one.operations == other.operations && one.encoding == other.encoding
        })
}

/// Fetches a source to its end, and begins with its variants meanwhile where that is of use.
pub(super) async fn fetch(
    context: &Arc<RunContext>,
    found: &Found,
    url: &RemoteUrl,
) -> Result<(File, Option<Early>), Fault> {
    let source = match context.intake.fetcher()?.begin(url).await? {
        Begun::Whole(file) => return Ok((file, None)),
        Begun::Arriving(source) => source,
    };
    // A worker that waits for bytes is none for others: half of them stay.
    let place = Arc::clone(&context.early_places).try_acquire_owned().ok();
    let begun = match place.filter(|_| !context.dry_run) {
        Some(place) => tokio::select! {
            biased;
            completed = source.spool.complete() => {
                completed?;
                None
            }
            begun = begin(context, found, &source, place) => begun,
        },
        None => None,
    };
    let (early, signal) = begun.unzip();
    let grown = || signal.iter().for_each(ArrivalSignal::grown);
    source.spool.complete_telling(grown).await?;
    Ok((source.file()?, early))
}

/// Plans a source by its head, and lets workers render what is planned; `None` where that cannot be.
async fn begin(
    context: &Arc<RunContext>,
    found: &Found,
    source: &ArrivingSource,
    place: OwnedSemaphorePermit,
) -> Option<(Early, ArrivalSignal)> {
    let header = context.engine.inspect(Arc::clone(source.spool.file()), Class::OnDemand).await;
    let (header, file) = (header.ok()?, source.file().ok()?);
    let (run, found) = (Arc::clone(context), found.clone());
    let facts = AssetFacts {
        path: asset_text(&found.asset),
        content_hash: unknown_content(),
        header: header.clone(),
        focal: None,
        crops: BTreeMap::new(),
        texts: AssetTexts::default(),
        faces: None,
    };
    let planned = blocking(move || {
        let plan = run.rulebook.plan(&facts, &run.engine.description().writes);
        let targets = targets(&run, &plan, &asset_text(&found.relative))?;
        let (file, _) = Source::from_file(file)?;
        Ok((KnownSource::from_facts(file, facts), plan, targets))
    });
    let (known, plan, mut targets) = planned.await.ok()?;
    // Each group makes a worker wait, and needs a place of its own.
    let mut places = vec![place];
    for group in targets.iter_mut().filter(|group| !group.is_empty()).skip(1) {
        match Arc::clone(&context.early_places).try_acquire_owned() {
            Ok(place) => places.push(place),
            Err(_) => group.clear(),
        }
    }
    if targets.iter().all(Targets::is_empty) {
        return None;
    }
    let (arrival, signal) = Arrival::of_bytes(source.bytes).ok()?;
    tracing::debug!(bytes = source.bytes, "a source is rendered while it arrives");
    let groups = plan.groups.iter().zip(targets).map(|(group, targets)| {
        let job = RenderJob {
            source: known.clone(),
            group: group.clone(),
            overlays: plan.overlays.clone(),
            purpose: Purpose::Files(context.batch),
        };
        (group.clone(), render_early(&context.engine, &job, arrival.clone(), targets))
    });
    Some((Early { header, groups: groups.collect(), places }, signal))
}

/// Makes files for what is not there already, by the groups of the plan. May wait for the disk.
fn targets(context: &RunContext, plan: &AssetPlan, name_path: &str) -> Result<Vec<Targets>, Fault> {
    let count: usize = plan.groups.iter().map(|group| group.variants.len()).sum();
    if count > MOST {
        return Ok(Vec::new());
    }
    let is_there = |index: usize| {
        let destination = &context.destination;
        let name = destination.expected_name(&plan.variants[index], name_path);
        name.is_some_and(|name| destination.is_kept(&name).is_some())
    };
    let mut groups = Vec::with_capacity(plan.groups.len());
    for group in &plan.groups {
        let mut targets = Targets::new();
        for (number, variant) in group.variants.iter().enumerate() {
            if !variant.planned.iter().all(|index| is_there(*index)) {
                targets.insert(number, Target::unnamed()?);
            }
        }
        groups.push(targets);
    }
    Ok(groups)
}

/// The hash of a content that is not known: none in this process has the same, and none is kept.
fn unknown_content() -> ContentHash {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    ContentHash::of(format!("a source that is arriving, {number}").as_bytes())
}
