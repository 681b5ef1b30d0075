//! The variants of each asset by each generator, as keys only, remembered until asset or rule
//! change.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_rules::{
    AssetTexts, Fault, Format,
    parameters::GivenValues,
    plan::{AssetFacts, PlannedVariant},
    value::{CropFrame, FaceBox},
};
use cropmark_store::CellId;

use super::{
    index::VariantId,
    rules::{FileRules, Rules},
};
use crate::variant::{format_name, variation_name};

/// The most cells that are remembered: about 150 bytes each.
const CELLS: usize = 600_000;

/// The variants of one asset by one generator.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) variants: Vec<VariantId>,
    /// The number of variants that cannot be rendered, and the first reason.
    pub(super) refused: u32,
    pub(super) fault: Option<Fault>,
}

/// A cell, or `None` where the generator does not take the asset.
pub(super) type Planned = Option<Arc<Cell>>;

/// The part of an asset that its plans depend on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AssetRevision {
    pub(super) version: String,
    pub(super) focal: Option<(f64, f64)>,
    pub(super) crops: BTreeMap<String, CropFrame>,
    pub(super) texts: AssetTexts,
    pub(super) faces: Option<Vec<FaceBox>>,
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
    revision: AssetRevision,
    /// By the generators' numbers.
    cells: HashMap<u32, Planned>,
}

impl Plans {
    /// The cells of an asset, in the order of the rules: files, and generators in them. `facts`
    /// is called only where a cell is not known; `None` where the asset was not read yet.
    pub(super) fn of(
        &self,
        asset: u32,
        revision: &AssetRevision,
        rules: &Rules,
        writable: &[Format],
        facts: impl FnOnce() -> Option<AssetFacts>,
    ) -> Option<Vec<Vec<Planned>>> {
        let mut found = self.find(asset, revision, rules);
        if found.iter().flatten().any(Option::is_none) {
            let facts = facts()?;
            for (file, cells) in rules.files.iter().zip(&mut found) {
                plan_missing(file, cells, &facts, writable);
            }
            self.remember(asset, revision, rules, &found);
        }
        let whole = |cells: Vec<Option<Planned>>| cells.into_iter().map(Option::flatten).collect();
        Some(found.into_iter().map(whole).collect())
    }

    fn find(
        &self,
        asset: u32,
        revision: &AssetRevision,
        rules: &Rules,
    ) -> Vec<Vec<Option<Planned>>> {
        let held = self.held();
        let known = held.assets.get(&asset).filter(|plans| plans.revision == *revision);
        let cells = |file: &FileRules| {
            let find = |number: &u32| known.and_then(|plans| plans.cells.get(number).cloned());
            file.generators.iter().map(|generator| find(&generator.number)).collect()
        };
        rules.files.iter().map(cells).collect()
    }

    fn remember(
        &self,
        asset: u32,
        revision: &AssetRevision,
        rules: &Rules,
        found: &[Vec<Option<Planned>>],
    ) {
        let mut held = self.held();
        if held.cells > CELLS {
            // All cells are planned again on request, which is slower and never wrong.
            *held = Held::default();
        }
        let numbers = rules.files.iter().flat_map(|file| &file.generators);
        let planned = numbers.zip(found.iter().flatten());
        // Cells of former rules are dropped: they are rarely asked for again.
        let cells: HashMap<u32, Planned> = planned
            .filter_map(|(generator, cell)| Some((generator.number, cell.clone()?)))
            .collect();
        held.cells += cells.len();
        let former = held.assets.insert(asset, AssetPlans { revision: revision.clone(), cells });
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

/// Plans all unknown cells of a file in one pass.
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
        cell.variants.push(variant_id(&file.file, &facts.path, variant));
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

/// The identity of a planned variant of an asset (its path) by a preset file.
pub(crate) fn variant_id(file: &str, asset: &str, variant: &PlannedVariant) -> VariantId {
    let format = format_name(variant.encoding.format);
    let variation = variation_name(variant);
    let cell = CellId::new(asset, file, &variant.generator, variation.as_deref(), format);
    VariantId { key: variant.key, cell }
}
