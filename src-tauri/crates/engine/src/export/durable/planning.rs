//! From a source to its items: inspected, planned, named and written down.

use std::{collections::BTreeMap, sync::Arc};

use cropmark_rules::{ContentHash, Fault, FaultCode};
use cropmark_store::{RunId, RunItem, Store, StoreError};

use super::{
    super::{
        Found,
        prepare::{Hashing, Prepared, blocking, prepare},
        render::Name,
        run::Export,
        shared::Shared,
        source::Source,
    },
    plan::RunPlan,
    spec::{Facts, ItemSpec, Task, read, value},
};

/// What the items of a run's sources are made with.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) store: Store,
    pub(super) id: RunId,
    pub(super) plan: Arc<RunPlan>,
}

impl Origin {
    /// The source with this number as it was found, and its items.
    pub(super) fn load(&self, source: u32) -> Result<Loaded, StoreError> {
        let unknown = StoreError::UnknownRun { id: self.id.0 };
        let (row, items) = self.store.run_source(self.id, source)?.ok_or(unknown)?;
        let found = read::<Found>(&row.spec).map(|found| Found {
            path: self.plan.rooted(&found.path),
            // What could not be read when it was looked for may be in order by now.
            fault: found.fault.filter(|_| Source::open(&self.plan.rooted(&found.path)).is_err()),
            ..found
        });
        let facts = row.facts.as_ref().and_then(read);
        Ok(Loaded { found, facts, items })
    }
}

/// A source as the store has it.
pub(super) struct Loaded {
    /// `None` where nobody can make sense of what stands there.
    pub(super) found: Option<Found>,
    pub(super) facts: Option<Facts>,
    pub(super) items: Vec<RunItem>,
}

/// Why a run cannot go on once the engine was stopped.
pub(in super::super) const STOPPED: &str = "the engine was stopped; start Cropmark again";

/// Looks into a source.
pub(super) async fn look(
    origin: Origin,
    export: Arc<Export>,
    source: u32,
) -> Result<Result<Prepared, (Found, Fault)>, String> {
    let loaded = blocking(move || Ok(origin.load(source))).await;
    let loaded = loaded.map_err(|fault| fault.message)?.map_err(|error| error.to_string())?;
    let found = loaded.found.ok_or("a source of the run cannot be understood; export again")?;
    let looked = prepare(Arc::clone(&export), found, Hashing::Content).await;
    if looked.is_err() && export.engine.is_stopped() {
        // It says nothing about the source.
        return Err(STOPPED.to_owned());
    }
    Ok(looked)
}

/// Writes down the items of a source; returns how many.
pub(super) async fn plan(
    origin: Origin,
    shared: Arc<Shared>,
    source: u32,
    looked: Result<Prepared, (Found, Fault)>,
) -> Result<u64, String> {
    let planned = blocking(move || {
        let (facts, specs) = match looked {
            Ok(prepared) => {
                let names = shared.claim(&prepared);
                (value(&facts_of(&prepared)), specs_of(&prepared, names))
            }
            Err((found, fault)) => (None, vec![spec(&found, None, None, Task::Refuse(fault))]),
        };
        let specs: Vec<_> = specs.iter().filter_map(value).collect();
        let count = specs.len() as u64;
        Ok(origin.store.plan_run_source(origin.id, source, facts, specs).map(|_| count))
    });
    planned.await.map_err(|fault| fault.message)?.map_err(|error| error.to_string())
}

pub(super) fn facts_of(prepared: &Prepared) -> Facts {
    let mut overlays: BTreeMap<String, BTreeMap<String, ContentHash>> = BTreeMap::new();
    for variant in prepared.plan.variants.iter().filter(|variant| !variant.files.is_empty()) {
        let files = overlays.entry(variant.generator.clone()).or_default();
        files.extend(variant.files.clone());
    }
    Facts {
        overlays,
        content_hash: prepared.facts.content_hash,
        header: prepared.facts.header.clone(),
        focal: prepared.facts.focal,
        stamp: prepared.source.stamp,
    }
}

fn specs_of(prepared: &Prepared, names: Vec<Name>) -> Vec<ItemSpec> {
    let (found, plan) = (&prepared.found, &prepared.plan);
    if plan.variants.is_empty() && plan.refused.is_empty() && found.named {
        return vec![spec(found, None, None, Task::Untaken)];
    }
    let refused = plan.refused.iter().map(|refused| {
        let task = Task::Refuse(refused.fault.clone());
        spec(found, Some(&refused.generator), refused.variation.as_ref(), task)
    });
    let variants = plan.variants.iter().zip(names).map(|(variant, name)| {
        let task = Task::Render(name);
        spec(found, Some(&variant.generator), variant.variation.as_ref(), task)
    });
    refused.chain(variants).collect()
}

fn spec(
    found: &Found,
    generator: Option<&String>,
    variation: Option<&String>,
    task: Task,
) -> ItemSpec {
    ItemSpec {
        source: found.path.to_string_lossy().into_owned(),
        generator: generator.cloned(),
        variation: variation.cloned(),
        task,
    }
}

/// Looks again at a source that was planned before. It must have the same content, unless
/// nothing is known of it any more.
pub(super) async fn look_again(
    export: Arc<Export>,
    found: Found,
    facts: Option<&Facts>,
) -> Result<Prepared, Fault> {
    let Some(facts) = facts.cloned() else {
        return prepare(export, found, Hashing::Content).await.map_err(|(_, fault)| fault);
    };
    blocking(move || {
        let source = Source::open(&found.path)?;
        if source.stamp != facts.stamp && source.hash()? != facts.content_hash {
            return Err(Fault::new(
                FaultCode::SourceChanged,
                "The file is not what it was when the run was planned. Try again to take it as \
                 it is now.",
            ));
        }
        Ok(Prepared::again(&export, found, source, facts.content_hash, facts.header, facts.focal))
    })
    .await
}
