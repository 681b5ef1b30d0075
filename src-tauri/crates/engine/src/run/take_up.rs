//! Taking up a source of a run: which of its items are still to do, and what is to be rendered for
//! them.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use cropmark_rules::{Fault, FaultCode, plan::AssetFacts};
use cropmark_store::{ItemState, RunItem};

use super::{
    finished::Finished,
    item::{ItemAction, ItemSpec, SourceFacts, read},
    names::VariantName,
    planned_source::{PlannedSource, plan_source},
    prepare::Prepared,
    shared::{STOPPED, Shared},
    source_task::SourceTask,
    source_work::SourceWork,
    stored_run::stored,
};
use crate::{
    blocking::blocking,
    intake::{ContentIdentity, KnownSource},
    presets::preset_source::not_as_planned,
    source::{Found, asset_text, open::Source},
};

/// A source that was just planned, and its items by their positions.
#[derive(Debug)]
pub(super) struct PlannedItems {
    /// `None` where the source could not be taken in.
    pub(super) source: Option<PlannedSource>,
    pub(super) items: Vec<(u32, ItemSpec)>,
}

impl SourceTask {
    /// Works through the source; `planned`: it is still in hand. Where the store fails, the run
    /// halts.
    pub(super) async fn run(self, planned: Option<PlannedItems>) {
        let work = match planned {
            Some(planned) => self.take_up_planned(planned).await,
            None => self.take_up_stored().await,
        };
        match work {
            Ok(Some((work, first))) => self.render(work, first).await,
            Ok(None) => {}
            Err(reason) => self.shared.halt(&reason),
        }
        self.hand_over(Finished::SourceDone).await;
    }

    /// Takes up a source as it was planned just now. One that is not what it was by now is taken
    /// up from the store, which knows why.
    async fn take_up_planned(&self, planned: PlannedItems) -> Result<Option<TakenUp>, String> {
        let PlannedItems { source, items } = planned;
        let is_rendered = |item: &ItemSpec| matches!(item.action, ItemAction::Render(_));
        let (open, idle): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|(_, item)| is_rendered(item));
        let mut started = None;
        if let Some(source) = source.filter(|_| !open.is_empty()) {
            let (shared, path) = (Arc::clone(&self.shared), self.found.path.clone());
            started = stored(move || {
                if shared.recorder.stored().is_some() && !source.known.source.is_at(&path) {
                    return Ok(None);
                }
                shared.recorder.start(open.iter().map(|(position, _)| *position).collect())?;
                let positions = open.iter().map(|(position, _)| Some(*position)).collect();
                let names = open.into_iter().map(|(_, item)| item.name()).collect();
                Ok(Some(begun(&shared, SourceWork { source, names, positions })))
            })
            .await?;
            if started.is_none() {
                return self.take_up_stored().await;
            }
        }
        for (position, item) in idle {
            self.report(position, item.idle_row(&self.found.path)).await;
        }
        Ok(started)
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
        let source = match look_again(shared, found.clone(), facts.as_ref()).await {
            Ok(source) => source,
            Err(_) if shared.context.engine.is_stopped() => return Err(STOPPED.to_owned()),
            Err(fault) => {
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
                run.set_facts(number, &facts)?;
            }
            if starting.is_empty() {
                return Ok(None);
            }
            shared.recorder.start(starting)?;
            Ok(Some(begun(&shared, SourceWork { source, names, positions })))
        });
        begun.await
    }
}

/// A source with what is to do for it, and its first variants prepared.
type TakenUp = (Arc<SourceWork>, Option<Prepared>);

/// Prepares the first variants of a source whose items are noted as begun. May wait for the disk.
fn begun(shared: &Shared, work: SourceWork) -> TakenUp {
    let work = Arc::new(work);
    let first = work.portions().first().map(|portion| work.prepare(shared, portion));
    (work, first)
}

/// Opens a source that was planned before. It must have the same content, unless nothing is known
/// of it any more.
async fn look_again(
    shared: &Arc<Shared>,
    found: Found,
    facts: Option<&SourceFacts>,
) -> Result<PlannedSource, Fault> {
    let Some(facts) = facts.cloned() else {
        return plan_source(&shared.context, found, ContentIdentity::Bytes).await;
    };
    let context = Arc::clone(&shared.context);
    blocking(move || {
        let source = Source::open(&found.path)?;
        if source.state != facts.state && source.hash()? != facts.content_hash {
            return Err(Fault::new(
                FaultCode::SourceChanged,
                "The file is not what it was when the run was planned. Try again to take it as \
                 it is now.",
            ));
        }
        let SourceFacts { content_hash, header, focal, .. } = facts;
        let path = asset_text(&found.asset);
        let facts = AssetFacts { path, content_hash, header, focal };
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
