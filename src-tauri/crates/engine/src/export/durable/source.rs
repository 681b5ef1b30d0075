//! One source's part of a run: the items that are still to do, done.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use cropmark_rules::{Fault, FaultCode};
use cropmark_store::{ItemState, RunItem};

use super::{
    super::{
        Found, Row, Status,
        prepare::{Prepared, blocking},
        presets::not_as_planned,
        render::{self, Name, Work},
        shared::Shared,
    },
    planning::{Loaded, Origin, STOPPED, facts_of, look_again},
    spec::{ItemSpec, Task, read, value},
};

/// Works through a source that is planned. Where the store fails, the run halts.
pub(super) async fn work(origin: Origin, shared: Arc<Shared>, source: u32) {
    if let Err(reason) = steps(&origin, &shared, source).await {
        shared.halt(&reason);
    }
    shared.source_done().await;
}

async fn steps(origin: &Origin, shared: &Arc<Shared>, source: u32) -> Result<(), String> {
    let loader = origin.clone();
    let Loaded { found, facts, items } = stored(move || loader.load(source)).await?;
    let found = found.ok_or("a source of the run cannot be understood; export again")?;
    let mut open = Vec::new();
    for item in &items {
        let spec = read::<ItemSpec>(&item.spec);
        let spec = spec.ok_or("an item of the run cannot be understood; export again")?;
        if item.state != ItemState::Pending {
            continue;
        }
        match spec.task {
            Task::Refuse(fault) if spec.generator.is_none() => {
                shared.tell(item.position, Row::failed(&found.path, fault)).await;
            }
            Task::Untaken => {
                shared.tell(item.position, Row::of(&found.path, Status::Skipped)).await;
            }
            Task::Render(_) | Task::Refuse(_) => open.push((item.position, spec)),
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    let again = look_again(Arc::clone(&shared.export), found.clone(), facts.as_ref());
    let prepared = match again.await {
        Ok(prepared) => prepared,
        Err(_) if shared.export.engine.is_stopped() => return Err(STOPPED.to_owned()),
        Err(fault) => {
            for (position, spec) in open {
                shared.tell(position, failed(&found, &spec, fault.clone())).await;
            }
            return Ok(());
        }
    };
    let accepts_files = shared.export.rulebook.accepts_files();
    if facts.is_none() || accepts_files {
        let (keeper, facts) = (origin.clone(), value(&facts_of(&prepared)));
        stored(move || keeper.store.set_run_source_facts(keeper.id, source, facts)).await?;
    }
    let mut names = vec![Name::Open; prepared.plan.variants.len()];
    let mut positions = vec![None; names.len()];
    let mut places = places(&prepared, &items);
    for (position, spec) in open {
        let Some(index) = places.remove(&position) else {
            let fault = gone(&prepared, &spec);
            shared.tell(position, failed(&found, &spec, fault)).await;
            continue;
        };
        let planned = facts.as_ref().filter(|_| !accepts_files);
        let changed = planned.and_then(|facts| {
            facts.changed_overlay(&prepared.plan.variants[index]).map(not_as_planned)
        });
        if let Some(fault) = changed {
            shared.tell(position, failed(&found, &spec, fault)).await;
            continue;
        }
        names[index] = match spec.task {
            Task::Render(name) => name,
            Task::Refuse(_) | Task::Untaken => Name::Open,
        };
        positions[index] = Some(position);
    }
    let running: Vec<u32> = positions.iter().copied().flatten().collect();
    if running.is_empty() || shared.is_halted() {
        return Ok(());
    }
    let keeper = origin.clone();
    stored(move || keeper.store.set_items_running(keeper.id, running)).await?;
    let shared = Arc::clone(shared);
    render::variants(&Arc::new(Work { shared, prepared, names, positions })).await;
    Ok(())
}

/// Which planned variant each item is: items of one generator and variation come in the order
/// of the plan, as its formats do.
fn places(prepared: &Prepared, items: &[RunItem]) -> HashMap<u32, usize> {
    let mut planned: HashMap<(String, Option<String>), VecDeque<usize>> = HashMap::new();
    for (index, variant) in prepared.plan.variants.iter().enumerate() {
        let kind = (variant.generator.clone(), variant.variation.clone());
        planned.entry(kind).or_default().push_back(index);
    }
    let mut places = HashMap::new();
    for item in items {
        let Some(spec) = read::<ItemSpec>(&item.spec) else { continue };
        let Some(generator) = spec.generator else { continue };
        let of_kind = planned.get_mut(&(generator, spec.variation));
        if let Some(index) = of_kind.and_then(VecDeque::pop_front) {
            places.insert(item.position, index);
        }
    }
    places
}

/// Why there is no variant for an item.
fn gone(prepared: &Prepared, spec: &ItemSpec) -> Fault {
    let is_it = |generator: &str, variation: &Option<String>| {
        spec.generator.as_deref() == Some(generator) && spec.variation == *variation
    };
    let mut refused = prepared.plan.refused.iter();
    let refused = refused.find(|refused| is_it(&refused.generator, &refused.variation));
    refused.map_or_else(
        || {
            let message = "The generator no longer makes this variant of the file. Export again.";
            Fault::new(FaultCode::Invalid, message)
        },
        |refused| refused.fault.clone(),
    )
}

fn failed(found: &Found, spec: &ItemSpec, fault: Fault) -> Row {
    Row {
        generator: spec.generator.clone(),
        variation: spec.variation.clone(),
        ..Row::failed(&found.path, fault)
    }
}

/// Asks the store from where waiting holds up nobody; its error as a reason for people.
pub(super) async fn stored<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, cropmark_store::StoreError> + Send + 'static,
) -> Result<T, String> {
    let answer = blocking(move || Ok(ask())).await;
    answer.map_err(|fault| fault.message)?.map_err(|error| error.to_string())
}
