//! An asset's cells with their states, as the matrix shows them and the survey counts them.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cropmark_rules::{Key, plan::AssetFacts, value::Point};
use cropmark_store::Store;

use super::{
    Shared,
    board::{Entry, Facts, shown},
    plans::{Cell, Stamp},
    rules::Rules,
};
use crate::{
    library::Library,
    model::{Asset, AssetState, FaultInfo, MatrixCell, MatrixRow, VariantState},
};

/// What an asset counts as in the filters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) missing: bool,
    pub(super) stale: bool,
    pub(super) failed: bool,
}

/// What the survey keeps of an asset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) flags: Flags,
    /// Changes when any of its cells does.
    pub(super) digest: u64,
}

/// An asset's row of the matrix, with the files chosen by `is_wanted`.
pub(super) fn row(
    shared: &Shared,
    library: &Library,
    rules: &Rules,
    asset: &Asset,
    is_wanted: impl Fn(&str) -> bool,
    notes: &mut Vec<Entry>,
) -> MatrixRow {
    let mut cells = Vec::new();
    match cells_of(shared, library, rules, asset) {
        Cells::Planned(planned) => {
            let facts = shared.board.read();
            let files = rules.files.iter().zip(planned).filter(|(file, _)| is_wanted(&file.file));
            for (file, planned) in files {
                for (generator, cell) in file.generators.iter().zip(planned) {
                    let Some(cell) = cell else { continue };
                    let sum = sum(&facts, &cell, notes);
                    cells.push(MatrixCell {
                        file: file.file.clone(),
                        generator: generator.name.clone(),
                        state: sum.state,
                        total: sum.total,
                        ready: sum.ready,
                        url: sum.shown.map(|(key, format)| url(key, format)),
                        fault: sum.fault,
                    });
                }
            }
        }
        Cells::Unknown(state, fault) => {
            for file in rules.files.iter().filter(|file| is_wanted(&file.file)) {
                cells.extend(file.generators.iter().map(|generator| MatrixCell {
                    file: file.file.clone(),
                    generator: generator.name.clone(),
                    state,
                    total: 0,
                    ready: 0,
                    url: None,
                    fault: fault.clone(),
                }));
            }
        }
    }
    MatrixRow { asset: asset.id, cells }
}

/// The same for the survey, without the words.
pub(super) fn summary(
    shared: &Shared,
    library: &Library,
    rules: &Rules,
    asset: &Asset,
    notes: &mut Vec<Entry>,
) -> Summary {
    let mut flags = Flags::default();
    let mut hasher = DefaultHasher::new();
    match cells_of(shared, library, rules, asset) {
        Cells::Planned(planned) => {
            let facts = shared.board.read();
            for (generator, cell) in
                rules.files.iter().flat_map(|file| &file.generators).zip(planned.iter().flatten())
            {
                let Some(cell) = cell else { continue };
                let sum = sum(&facts, cell, notes);
                flags.missing |= sum.has[VariantState::Missing as usize];
                flags.stale |= sum.has[VariantState::Stale as usize];
                flags.failed |= sum.has[VariantState::Failed as usize];
                (generator.number, sum.has, sum.ready, sum.shown.map(|(key, _)| key))
                    .hash(&mut hasher);
            }
        }
        Cells::Unknown(state, _) => {
            let any = rules.files.iter().any(|file| !file.generators.is_empty());
            flags.failed = state == VariantState::Failed;
            flags.missing = any && !flags.failed;
        }
    }
    (flags.missing, flags.stale, flags.failed).hash(&mut hasher);
    Summary { flags, digest: hasher.finish() }
}

/// Where the page gets a variant.
pub(super) fn url(key: Key, format: cropmark_rules::Format) -> String {
    format!("variant://localhost/variant/{key}.{}", format.extension())
}

enum Cells {
    Planned(Vec<Vec<super::plans::Planned>>),
    /// Nothing is planned: the asset was not looked into, or cannot be read.
    Unknown(VariantState, Option<FaultInfo>),
}

fn cells_of(shared: &Shared, library: &Library, rules: &Rules, asset: &Asset) -> Cells {
    if let AssetState::Unreadable { code, message } = &asset.state {
        let fault = FaultInfo { code: code.clone(), message: message.clone() };
        return Cells::Unknown(VariantState::Failed, Some(fault));
    }
    let focal = asset.focal.map(|point| (point.x, point.y));
    let stamp = Stamp { version: asset.version.clone(), focal };
    let facts = || known(library, shared.ground.store(), asset);
    match shared.plans.of(asset.id, &stamp, rules, &shared.writable, facts) {
        Some(planned) => Cells::Planned(planned),
        None => Cells::Unknown(VariantState::Missing, None),
    }
}

/// What plans must know of an asset, if it was looked into before.
pub(super) fn known(_: &Library, store: &Store, asset: &Asset) -> Option<AssetFacts> {
    if !matches!(asset.state, AssetState::Ready { .. }) {
        return None;
    }
    let row = store.asset(asset.path.as_ref()).ok()??;
    Some(AssetFacts {
        path: asset.path.clone(),
        content_hash: row.content?,
        header: row.header?,
        focal: asset.focal.map(|point| Point { x: point.x, y: point.y }),
    })
}

/// A cell's variants together.
struct Sum {
    state: VariantState,
    /// By [`VariantState`].
    has: [bool; 5],
    total: u32,
    ready: u32,
    shown: Option<(Key, cropmark_rules::Format)>,
    fault: Option<FaultInfo>,
}

fn sum(facts: &Facts, cell: &Cell, notes: &mut Vec<Entry>) -> Sum {
    let entries = u32::try_from(cell.entries.len()).unwrap_or(u32::MAX);
    let mut sum = Sum {
        state: VariantState::Ready,
        has: [false; 5],
        total: entries + cell.refused,
        ready: 0,
        shown: None,
        fault: cell.fault.as_ref().map(shown),
    };
    let mut ready = None;
    let states = cell.entries.iter().map(|entry| {
        let standing = facts.standing(*entry, notes);
        if standing.state == VariantState::Ready {
            sum.ready += 1;
            ready = ready.or(standing.shown);
        }
        sum.shown = sum.shown.or(standing.shown);
        if sum.fault.is_none() {
            sum.fault = standing.fault.as_ref().map(shown);
        }
        standing.state
    });
    let refused = (cell.refused > 0).then_some(VariantState::Failed);
    for state in states.collect::<Vec<_>>().into_iter().chain(refused) {
        sum.has[state as usize] = true;
        sum.state = worse(sum.state, state);
    }
    sum.shown = ready.or(sum.shown);
    sum
}

/// The less good of two states: failed, rendering, stale, missing, ready.
fn worse(one: VariantState, other: VariantState) -> VariantState {
    let rank = |state| match state {
        VariantState::Ready => 0,
        VariantState::Missing => 1,
        VariantState::Stale => 2,
        VariantState::Rendering => 3,
        VariantState::Failed => 4,
    };
    if rank(other) > rank(one) { other } else { one }
}
