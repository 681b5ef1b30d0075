//! The states of an asset's cells, for the matrix and for the counter.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use cropmark_rules::{
    Format, Key,
    plan::AssetFacts,
    value::{CropFrame, FaceBox, Point},
};
use cropmark_store::Store;

use super::{
    Inner,
    index::{Contents, VariantId},
    plans::{AssetRevision, Cell, Planned},
    rules::Rules,
};
use crate::{
    model::{Asset, AssetState, FaultInfo, MatrixCell, MatrixRow, VariantState},
    variant::url,
};

/// The filters that an asset counts in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) missing: bool,
    pub(super) stale: bool,
    pub(super) failed: bool,
}

/// The counter's result for an asset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) flags: Flags,
    /// Changes when any of its cells does.
    pub(super) digest: u64,
}

/// Makes an asset's row of the matrix, with the preset files that `is_wanted` accepts.
pub(super) fn row(
    inner: &Inner,
    rules: &Rules,
    asset: &Asset,
    is_wanted: impl Fn(&str) -> bool,
    found: &mut Vec<VariantId>,
) -> MatrixRow {
    let mut cells = Vec::new();
    match cells_of(inner, rules, asset) {
        Cells::Planned(planned) => {
            let contents = inner.index.read();
            let files = rules.files.iter().zip(planned).filter(|(file, _)| is_wanted(&file.file));
            for (file, planned) in files {
                for (generator, cell) in file.generators.iter().zip(planned) {
                    let Some(cell) = cell else { continue };
                    let sum = sum(&contents, &cell, found);
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

/// Sums up an asset for the counter: the same states without names and messages.
pub(super) fn summary(
    inner: &Inner,
    rules: &Rules,
    asset: &Asset,
    found: &mut Vec<VariantId>,
) -> Summary {
    let mut flags = Flags::default();
    let mut hasher = DefaultHasher::new();
    match cells_of(inner, rules, asset) {
        Cells::Planned(planned) => {
            let contents = inner.index.read();
            for (generator, cell) in
                rules.files.iter().flat_map(|file| &file.generators).zip(planned.iter().flatten())
            {
                let Some(cell) = cell else { continue };
                let sum = sum(&contents, cell, found);
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

enum Cells {
    Planned(Vec<Vec<Planned>>),
    /// Nothing is planned: the asset was not read yet, or cannot be read.
    Unknown(VariantState, Option<FaultInfo>),
}

fn cells_of(inner: &Inner, rules: &Rules, asset: &Asset) -> Cells {
    if let AssetState::Unreadable { code, message } = &asset.state {
        let fault = FaultInfo { code: code.clone(), message: message.clone() };
        return Cells::Unknown(VariantState::Failed, Some(fault));
    }
    let focal = asset.focal.map(|point| (point.x, point.y));
    let (version, texts) = (asset.version.clone(), asset.texts());
    let (crops, faces) = (crops(asset), faces(asset));
    let revision = AssetRevision { version, focal, crops, texts, faces };
    let read_facts = || facts(inner.context.store(), asset);
    match inner.plans.of(asset.id, &revision, rules, &inner.writable, read_facts) {
        Some(planned) => Cells::Planned(planned),
        None => Cells::Unknown(VariantState::Missing, None),
    }
}

fn crops(asset: &Asset) -> BTreeMap<String, CropFrame> {
    asset.crops.iter().map(|(name, frame)| (name.clone(), (*frame).into())).collect()
}

fn faces(asset: &Asset) -> Option<Vec<FaceBox>> {
    let faces = asset.faces.as_ref()?;
    Some(faces.iter().map(|face| CropFrame::from(*face).into()).collect())
}

/// The stored facts of an asset that plans depend on, if it was read before.
pub(super) fn facts(store: &Store, asset: &Asset) -> Option<AssetFacts> {
    if !matches!(asset.state, AssetState::Ready { .. }) {
        return None;
    }
    let row = store.asset(asset.path.as_ref()).ok()??;
    Some(AssetFacts {
        path: asset.path.clone(),
        content_hash: row.content?,
        header: row.header?,
        focal: asset.focal.map(Point::from),
        crops: crops(asset),
        texts: asset.texts(),
        faces: faces(asset),
    })
}

/// The sum of a cell's variants.
struct Sum {
    state: VariantState,
    /// By [`VariantState`].
    has: [bool; 5],
    total: u32,
    ready: u32,
    shown: Option<(Key, Format)>,
    fault: Option<FaultInfo>,
}

fn sum(contents: &Contents, cell: &Cell, found: &mut Vec<VariantId>) -> Sum {
    let variants = u32::try_from(cell.variants.len()).unwrap_or(u32::MAX);
    let mut sum = Sum {
        state: VariantState::Ready,
        has: [false; 5],
        total: variants + cell.refused,
        ready: 0,
        shown: None,
        fault: cell.fault.as_ref().map(FaultInfo::from),
    };
    let mut ready = None;
    let states = cell.variants.iter().map(|variant| {
        let status = contents.status(*variant, found);
        if status.state == VariantState::Ready {
            sum.ready += 1;
            ready = ready.or(status.shown);
        }
        sum.shown = sum.shown.or(status.shown);
        if sum.fault.is_none() {
            sum.fault = status.fault.as_ref().map(FaultInfo::from);
        }
        status.state
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
