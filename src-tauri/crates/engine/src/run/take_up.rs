//! Taking up a source of a run: which of its items are still to do, and what is to be rendered for
//! them.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use cropmark_rules::{Fault, FaultCode, plan::AssetFacts};
use cropmark_store::{ItemState, RunItem, StoreError};

use super::{
    finished::Finished,
    item::{ItemAction, ItemSpec, SourceFacts, read},
    names::VariantName,
    planned_source::{InHand, PlannedSource, plan_sources},
    prepare::{AT_ONCE, Portion, Prepared},
    shared::{STOPPED, Shared},
    source_task::SourceTask,
    source_work::SourceWork,
    stored_run::stored,
};
use crate::{
    blocking::blocking,
    intake::{ContentIdentity, KnownSource},
    means,
    presets::preset_source::not_as_planned,
    source::{Found, asset_text, open::Source},
};

/// A source that was just planned, and its items by their positions.
#[derive(Debug)]
pub(super) struct PlannedItems {
    /// `None` where the source could not be taken in.
    pub(super) source: Option<InHand>,
    pub(super) items: Vec<(u32, ItemSpec)>,
}

/// Works through sources that are worked on together; with each, what is planned for it if that is
/// still in hand. Where the store fails, the run halts.
pub(super) async fn work_through(
    shared: Arc<Shared>,
    sources: Vec<(SourceTask, Option<PlannedItems>)>,
) {
    let tasks: Vec<SourceTask> = sources.iter().map(|(task, _)| task.clone()).collect();
    let beginning = Arc::clone(&shared);
    let begun = stored(move || begin_all(&beginning, sources)).await;
    let begun = begun.unwrap_or_else(|reason| {
        shared.halt(&reason);
        Vec::new()
    });
    let mut rendering = Vec::new();
    for (task, begun) in tasks.iter().zip(begun) {
        let taken_up = match begun {
            Begun::FromStore => task.take_up_stored().await,
            Begun::InHand(idle, taken_up) => {
                for finished in idle {
                    task.hand_over(finished).await;
                }
                Ok(taken_up)
            }
        };
        match taken_up {
            Ok(Some(TakenUp { work, first, rest })) => {
                let first = match first {
                    Some((portion, prepared)) => task.begin(&work, portion, prepared).await,
                    None => None,
                };
                rendering.push((task, work, first, rest));
            }
            Ok(None) => {}
            Err(reason) => shared.halt(&reason),
        }
    }
    for (task, work, first, rest) in rendering {
        task.finish(&work, first, rest).await;
    }
    for task in tasks {
        task.hand_over(Finished::SourceDone).await;
    }
}

/// How a source is begun.
enum Begun<W> {
    /// It is not in hand, or no longer what it was: the store knows why.
    FromStore,
    /// With what needs no rendering, and what is to be rendered.
    InHand(Vec<Finished>, Option<W>),
}

/// A source with what is to do for it, in portions, of which the first may be prepared.
struct TakenUp {
    work: Arc<SourceWork>,
    first: Option<(Portion, Prepared)>,
    rest: Vec<Portion>,
}

impl TakenUp {
    /// Prepares the first portion of a source whose items are noted as begun, unless so many
    /// files are open already. May wait for the disk.
    fn new(shared: &Shared, work: SourceWork, open_files: &mut usize) -> Self {
        let work = Arc::new(work);
        let mut rest = work.portions();
        let mut first = None;
        if *open_files < AT_ONCE && !rest.is_empty() {
            let portion = rest.remove(0);
            let prepared = work.prepare(shared, &portion);
            *open_files += prepared.targets.len();
            first = Some((portion, prepared));
        }
        Self { work, first, rest }
    }
}

/// Begins with sources: notes so, and prepares what is to be rendered first. May wait for the
/// disk.
fn begin_all(
    shared: &Shared,
    sources: Vec<(SourceTask, Option<PlannedItems>)>,
) -> Result<Vec<Begun<TakenUp>>, StoreError> {
    let mut starting = Vec::new();
    let begun = sources.into_iter().map(|(task, planned)| {
        planned.map_or(Begun::FromStore, |planned| task.begin_in_hand(planned, &mut starting))
    });
    let begun: Vec<_> = begun.collect();
    shared.recorder.start(starting)?;
    let mut open_files = 0;
    let prepared = begun.into_iter().map(|begun| match begun {
        Begun::FromStore => Begun::FromStore,
        Begun::InHand(idle, work) => {
            Begun::InHand(idle, work.map(|work| TakenUp::new(shared, work, &mut open_files)))
        }
    });
    Ok(prepared.collect())
}

impl SourceTask {
    /// Takes up a source as it was planned just now, unless it is not what it was by now.
    fn begin_in_hand(&self, planned: PlannedItems, starting: &mut Vec<u32>) -> Begun<SourceWork> {
        let PlannedItems { source, items } = planned;
        let is_rendered = |item: &ItemSpec| matches!(item.action, ItemAction::Render(_));
        let (open, idle): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|(_, item)| is_rendered(item));
        let path = &self.found.path;
        let idle = idle.into_iter().map(|(at, item)| Finished::item(at, item.idle_row(path)));
        let idle = idle.collect();
        let Some(source) = source.filter(|_| !open.is_empty()) else {
            return Begun::InHand(idle, None);
        };
        let may_have_changed =
            self.shared.recorder.recorded().is_some() && self.found.remote.is_none();
        let source = match source {
            InHand::Open(source) if !may_have_changed => Some(source),
            source => source.unchanged(),
        };
        let Some(source) = source else { return Begun::FromStore };
        starting.extend(open.iter().map(|(position, _)| *position));
        let positions = open.iter().map(|(position, _)| Some(*position)).collect();
        let names = open.into_iter().map(|(_, item)| item.name()).collect();
        Begun::InHand(idle, Some(SourceWork { source, names, positions }))
    }

    /// Takes up a source as the store has it: opened again, which must find the same content.
    async fn take_up_stored(&self) -> Result<Option<TakenUp>, String> {
        let (shared, found, number) = (&self.shared, &self.found, self.number);
        let Some(run) = shared.recorder.stored().cloned() else { return Ok(None) };
        let reader = run.clone();
        let (facts, items) = stored(move || reader.source(number)).await?;
        let mut open = Vec::new();
        for item in items.iter().filter(|item| item.state == ItemState::Pending) {
            let spec = read::<ItemSpec>(&item.spec);
            let spec = spec.ok_or("an item of the run cannot be understood; export again")?;
            if spec.is_of_source() {
                self.report(item.position, spec.idle_row(&found.path)).await;
            } else {
                open.push((item.position, spec));
            }
        }
        if open.is_empty() {
            return Ok(None);
        }
        let source = match reopen_source(shared, found.clone(), facts.as_ref()).await {
            Ok(source) => source,
            Err(_) if shared.context.engine.is_stopped() => return Err(STOPPED.to_owned()),
            Err(fault) => {
                if let Some(reason) = means::reason(&fault) {
                    return Err(reason);
                }
                for (position, item) in open {
                    self.report(position, item.failed(&found.path, fault.clone())).await;
                }
                return Ok(None);
            }
        };
        let accepts_files = shared.context.rulebook.accepts_files();
        let planned_facts = facts.as_ref().filter(|_| !accepts_files);
        let mut names = vec![VariantName::Open; source.plan.variants.len()];
        let mut positions = vec![None; names.len()];
        let mut variants = variants_of(&source, &items);
        for (position, item) in open {
            let variant = variants.remove(&position);
            let fault = match variant {
                Some(index) => planned_facts
                    .and_then(|facts| facts.changed_overlay(&source.plan.variants[index]))
                    .map(not_as_planned)
                    .or_else(|| other_name(shared, &source, index, &item)),
                None => Some(missing(&source, &item)),
            };
            if let Some(fault) = fault {
                self.report(position, item.failed(&found.path, fault)).await;
            } else if let Some(index) = variant {
                positions[index] = Some(position);
                names[index] = item.name();
            }
        }
        let starting: Vec<u32> = positions.iter().copied().flatten().collect();
        let new_facts = (facts.is_none() || accepts_files).then(|| SourceFacts::of(&source));
        let shared = Arc::clone(shared);
        let begun = stored(move || {
            if let Some(facts) = new_facts {
                shared.recorder.set_facts(number, &facts)?;
            }
            if starting.is_empty() {
                return Ok(None);
            }
            shared.recorder.start(starting)?;
            let work = SourceWork { source, names, positions };
            Ok(Some(TakenUp::new(&shared, work, &mut 0)))
        });
        begun.await
    }
}

/// Opens a source that was planned before. It must have the same content, unless nothing is known
/// of it any more.
async fn reopen_source(
    shared: &Arc<Shared>,
    found: Found,
    facts: Option<&SourceFacts>,
) -> Result<PlannedSource, Fault> {
    let Some(facts) = facts.cloned() else {
        let mut planned = plan_sources(&shared.context, vec![found], ContentIdentity::Bytes).await;
        return planned.swap_remove(0);
    };
    let context = Arc::clone(&shared.context);
    let fetched = match &found.remote {
        Some(url) => Some(context.intake.fetch(url).await?),
        None => None,
    };
    blocking(move || {
        let source = match fetched {
            Some(file) => Source::fetched(file)?.0,
            None => Source::open(&found.path)?,
        };
        if source.state != facts.state && source.hash()? != facts.content_hash {
            return Err(Fault::new(
                FaultCode::SourceChanged,
                "The file is not what it was when the run was planned. Try again to take it as \
                 it is now.",
            ));
        }
        let SourceFacts { content_hash, header, focal, crops, texts, faces, .. } = facts;
        let path = asset_text(&found.asset);
        let facts = AssetFacts { path, content_hash, header, focal, crops, texts, faces };
        let known = KnownSource::from_facts(source, facts);
        Ok(PlannedSource::of(&context, found, known))
    })
    .await
}

/// Tells which planned variant each item is: items of one generator and variation come in the
/// order of the plan, as its formats do.
fn variants_of(source: &PlannedSource, items: &[RunItem]) -> HashMap<u32, usize> {
    let mut planned: HashMap<(String, Option<String>), VecDeque<usize>> = HashMap::new();
    for (index, variant) in source.plan.variants.iter().enumerate() {
        let kind = (variant.generator.clone(), variant.variation.clone());
        planned.entry(kind).or_default().push_back(index);
    }
    let mut variants = HashMap::new();
    for item in items {
        let Some(spec) = read::<ItemSpec>(&item.spec) else { continue };
        let Some(generator) = spec.generator else { continue };
        let of_kind = planned.get_mut(&(generator, spec.variation));
        if let Some(index) = of_kind.and_then(VecDeque::pop_front) {
            variants.insert(item.position, index);
        }
    }
    variants
}

/// Why the name that was noted for an item is not used: names are not taken from the store but
/// computed again, and must come out the same.
fn other_name(
    shared: &Shared,
    source: &PlannedSource,
    variant: usize,
    item: &ItemSpec,
) -> Option<Fault> {
    let ItemAction::Render(noted) = &item.action else { return None };
    let noted = match noted {
        VariantName::Claimed(noted) => Some(noted),
        VariantName::Open => None,
        VariantName::Refused(_) => return None,
    };
    let variant = &source.plan.variants[variant];
    let computed = shared.context.destination.planned_name(variant, &source.name_path);
    if noted == computed.as_ref() {
        return None;
    }
    let message = "The name that was noted for it is not the one that the export gives it. Export \
                   again.";
    Some(Fault::new(FaultCode::Invalid, message))
}

/// Why there is no variant for an item.
fn missing(source: &PlannedSource, item: &ItemSpec) -> Fault {
    let mut refused = source.plan.refused.iter();
    let refused = refused.find(|refused| {
        item.generator.as_ref() == Some(&refused.generator) && item.variation == refused.variation
    });
    refused.map_or_else(
        || {
            let message = "The generator no longer makes this variant of the file. Export again.";
            Fault::new(FaultCode::Invalid, message)
        },
        |refused| refused.fault.clone(),
    )
}
