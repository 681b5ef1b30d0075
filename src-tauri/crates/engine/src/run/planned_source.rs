//! From a file to what is to be made of it.

use std::{fs::File, sync::Arc};

use cropmark_rules::{Fault, plan::AssetFacts};

use super::{
    context::RunContext,
    early::{self, Early, EarlyGroups},
};
use crate::{
    Class,
    blocking::blocking,
    intake::{ContentIdentity, IntakeRequest, KnownSource},
    presets::preset_plan::AssetPlan,
    source::{
        Found, asset_text,
        open::{FileState, Source},
        url::is_url,
    },
};

/// A source that was taken in, with what is to be made of it.
#[derive(Debug)]
pub(super) struct PlannedSource {
    pub(super) found: Found,
    pub(super) known: KnownSource,
    pub(super) plan: AssetPlan,
    /// The path that names are made of.
    pub(super) name_path: String,
    /// What was rendered of it while it arrived.
    pub(super) early: EarlyGroups,
}

impl PlannedSource {
    /// Plans a source that was taken in. Reads the files of overlays.
    pub(super) fn of(context: &RunContext, found: Found, known: KnownSource) -> Self {
        let plan = context.rulebook.plan(&known.facts, &context.engine.description().writes);
        let name_path = asset_text(&found.relative);
        Self { found, known, plan, name_path, early: EarlyGroups::default() }
    }
}

/// A source that waits for its turn.
#[derive(Debug)]
pub(super) enum InHand {
    /// With its open file.
    Open(PlannedSource),
    /// Without, so that not too many files are open.
    Closed { found: Found, facts: AssetFacts, state: FileState, plan: AssetPlan, name_path: String },
}

impl InHand {
    /// The same without its open file.
    pub(super) fn closed(self) -> Self {
        let Self::Open(PlannedSource { found, known, plan, name_path, .. }) = self else {
            return self;
        };
        let KnownSource { facts, source: Source { state, .. }, .. } = known;
        Self::Closed { found, facts, state, plan, name_path }
    }

    /// The source where its path still names the file that was planned, in the same state. May wait
    /// for the disk.
    pub(super) fn unchanged(self) -> Option<PlannedSource> {
        match self {
            Self::Open(source) => source.known.source.is_at(&source.found.path).then_some(source),
            Self::Closed { found, facts, state, plan, name_path } => {
                let source = Source::open(&found.path).ok();
                let source = source.filter(|source| source.state == state)?;
                let known = KnownSource::from_facts(source, facts);
                let early = EarlyGroups::default();
                Some(PlannedSource { found, known, plan, name_path, early })
            }
        }
    }
}

/// Takes sources in and plans them.
pub(super) async fn plan_sources(
    context: &Arc<RunContext>,
    mut sources: Vec<Found>,
    identity: ContentIdentity,
) -> Vec<Result<PlannedSource, Fault>> {
    let faults = standing_faults(&mut sources).await;
    let request = |found: &Found| IntakeRequest::of(found, Class::OnDemand, identity);
    let requests = sources.iter().map(request).collect();
    let (mut fetched, mut begun) = (Vec::new(), Vec::new());
    for found in &sources {
        let (file, early) = fetch(context, found, identity).await;
        fetched.push(file);
        begun.push(early);
    }
    let planner = Arc::clone(context);
    let plan =
        move |number: usize, known| PlannedSource::of(&planner, sources[number].clone(), known);
    let taken = context.intake.take_fetched(requests, fetched, plan).await;
    let results = taken.into_iter().zip(faults).zip(begun).map(|((taken, fault), early)| {
        if let Some(fault) = fault {
            return Err(fault);
        }
        let mut source = taken.map_err(|refused| refused.fault)?;
        if let Some(early) = early {
            source.early = early.fitting(&source.known.facts.header, &source.plan.groups);
        }
        Ok(source)
    });
    results.collect()
}

/// Fetches a source, if it is one by URL, and begins with it where its variants are wanted.
async fn fetch(
    context: &Arc<RunContext>,
    found: &Found,
    identity: ContentIdentity,
) -> (Option<Result<File, Fault>>, Option<Early>) {
    let Some(url) = &found.remote else { return (None, None) };
    let fetched = match identity {
        ContentIdentity::Bytes => early::fetch(context, found, url).await,
        ContentIdentity::Path => context.intake.fetch(url).await.map(|file| (file, None)),
    };
    match fetched {
        Ok((file, early)) => (Some(Ok(file)), early),
        Err(fault) => (Some(Err(fault)), None),
    }
}

/// Takes the faults that were found with sources, and returns those that stand: what could not be
/// read when it was looked for may be in order by now.
async fn standing_faults(sources: &mut [Found]) -> Vec<Option<Fault>> {
    let mut standing = Vec::with_capacity(sources.len());
    for found in sources {
        let Some(fault) = found.fault.take() else {
            standing.push(None);
            continue;
        };
        if is_url(&found.path) {
            standing.push(Some(fault));
            continue;
        }
        let path = found.path.clone();
        let opened = blocking(move || Source::open(&path)).await;
        standing.push(opened.is_err().then_some(fault));
    }
    standing
}
