//! What every generator makes of an asset, as keys only, remembered until asset or rule change.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_rules::{
    Fault, Format,
    parameters::GivenValues,
    plan::{AssetFacts, PlannedVariant},
};
use cropmark_store::PlaceId;

use super::{
    board::Entry,
    choice::{format_name, variation_of},
    rules::{FileRules, Rules},
};

/// The most cells that are remembered: about 150 bytes each.
const CELLS: usize = 600_000;

/// What a generator makes of an asset.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) entries: Vec<Entry>,
    /// How many cannot be rendered, and why the first cannot.
    pub(super) refused: u32,
    pub(super) fault: Option<Fault>,
}

/// A cell, or `None` where the generator does not take the asset.
pub(super) type Planned = Option<Arc<Cell>>;

/// By what an asset's plans are known to be still right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stamp {
    pub(super) version: String,
    pub(super) focal: Option<(f64, f64)>,
}

/// The plans that are remembered.
#[derive(Debug, Default)]
pub(super) struct Plans {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    cells: usize,
    assets: HashMap<u32, AssetPlans>,
}

#[derive(Debug)]
struct AssetPlans {
    stamp: Stamp,
    /// By the generators' numbers.
    cells: HashMap<u32, Planned>,
}

impl Plans {
    /// The cells of an asset, in the order of the rules: files, and generators in them. `facts`
    /// is asked only where something is to be planned; `None` where the asset was not looked
    /// into yet.
    pub(super) fn of(
        &self,
        asset: u32,
        stamp: &Stamp,
        rules: &Rules,
        writable: &[Format],
        facts: impl FnOnce() -> Option<AssetFacts>,
    ) -> Option<Vec<Vec<Planned>>> {
        let mut found = self.find(asset, stamp, rules);
        if found.iter().flatten().any(Option::is_none) {
            let facts = facts()?;
            for (file, cells) in rules.files.iter().zip(&mut found) {
                plan_missing(file, cells, &facts, writable);
            }
            self.remember(asset, stamp, rules, &found);
        }
        let whole = |cells: Vec<Option<Planned>>| cells.into_iter().map(Option::flatten).collect();
        Some(found.into_iter().map(whole).collect())
    }

    fn find(&self, asset: u32, stamp: &Stamp, rules: &Rules) -> Vec<Vec<Option<Planned>>> {
        let held = self.held();
        let known = held.assets.get(&asset).filter(|plans| plans.stamp == *stamp);
        let cells = |file: &FileRules| {
            let find = |number: &u32| known.and_then(|plans| plans.cells.get(number).cloned());
            file.generators.iter().map(|generator| find(&generator.number)).collect()
        };
        rules.files.iter().map(cells).collect()
    }

    fn remember(&self, asset: u32, stamp: &Stamp, rules: &Rules, found: &[Vec<Option<Planned>>]) {
        let mut held = self.held();
        if held.cells > CELLS {
            // Everything is planned again as it is asked for; that is slower, never wrong.
            *held = Held::default();
        }
        let numbers = rules.files.iter().flat_map(|file| &file.generators);
        let planned = numbers.zip(found.iter().flatten());
        // Only what counts now: former rules do not come back often enough to be kept.
        let cells: HashMap<u32, Planned> = planned
            .filter_map(|(generator, cell)| Some((generator.number, cell.clone()?)))
            .collect();
        held.cells += cells.len();
        let former = held.assets.insert(asset, AssetPlans { stamp: stamp.clone(), cells });
        held.cells -= former.map_or(0, |former| former.cells.len());
    }

    /// Forgets an asset that is gone.
    pub(super) fn forget(&self, asset: u32) {
        let mut held = self.held();
        held.cells -= held.assets.remove(&asset).map_or(0, |former| former.cells.len());
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Plans the cells of a file that are not known, all at once.
fn plan_missing(
    file: &FileRules,
    cells: &mut [Option<Planned>],
    facts: &AssetFacts,
    writable: &[Format],
) {
    let missing: Vec<String> = file
        .generators
        .iter()
        .zip(&*cells)
        .filter(|(_, cell)| cell.is_none())
        .map(|(generator, _)| generator.name.clone())
        .collect();
    if missing.is_empty() {
        return;
    }
    let plan = file.preset.plan(facts, &missing, &GivenValues::default(), writable);
    let mut planned: HashMap<&str, Cell> = HashMap::new();
    for variant in &plan.variants {
        let cell = planned.entry(&variant.generator).or_default();
        cell.entries.push(entry(&file.file, &facts.path, variant));
    }
    for refused in &plan.refused {
        let cell = planned.entry(&refused.generator).or_default();
        cell.refused += 1;
        cell.fault.get_or_insert_with(|| refused.fault.clone());
    }
    for (generator, cell) in file.generators.iter().zip(cells) {
        if cell.is_none() {
            *cell = Some(planned.remove(generator.name.as_str()).map(Arc::new));
        }
    }
}

/// A planned variant as the board knows it.
pub(super) fn entry(file: &str, asset: &str, variant: &PlannedVariant) -> Entry {
    let format = format_name(variant.encoding.format);
    let variation = variation_of(variant);
    let place = PlaceId::new(asset, file, &variant.generator, variation.as_deref(), format);
    Entry { key: variant.key, place }
}
