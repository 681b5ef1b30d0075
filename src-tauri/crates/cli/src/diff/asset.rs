//! Which variants of one asset come, go and change.

use std::collections::BTreeSet;

use cropmark_rules::{
    Fault, Format, FormatRule,
    parameters::GivenValues,
    plan::{AssetFacts, PlannedVariant, Refused},
};

use super::{
    pairs::GeneratorPair,
    sides::{PresetFile, Side},
};

/// Both sides, with their generators in pairs.
#[derive(Debug)]
pub(super) struct Sides {
    pub(super) old: Side,
    pub(super) new: Side,
    pub(super) pairs: Vec<GeneratorPair>,
}

/// A variant that differs.
#[derive(Debug)]
pub(super) struct Difference {
    /// The index of the generator's pair.
    pub(super) pair: usize,
    pub(super) theme: Option<String>,
    pub(super) variation: Option<String>,
    /// The format's name; `None` where the variant cannot even be planned.
    pub(super) format: Option<String>,
    pub(super) before: Planned,
    pub(super) after: Planned,
    /// The files of overlays that have other content.
    pub(super) overlays: BTreeSet<String>,
}

/// What one side asks for.
#[derive(Debug)]
pub(super) enum Planned {
    /// Nothing.
    Nothing,
    /// A variant.
    Variant(Box<PlannedVariant>),
    /// A variant that cannot be rendered.
    Refused(Fault),
}

/// The variants of one generator.
#[derive(Debug, Default)]
struct Variants {
    planned: Vec<PlannedVariant>,
    refused: Vec<Refused>,
}

impl Variants {
    /// Takes the variant that has the place of another one on the other side.
    fn take_like(&mut self, other: &PlannedVariant) -> Option<PlannedVariant> {
        let place = self.planned.iter().position(|it| cell(it) == cell(other))?;
        Some(self.planned.remove(place))
    }

    /// What takes the place of a variant that has no counterpart here.
    fn instead_of(&self, other: &PlannedVariant) -> Planned {
        let refused = self.refused.iter().find(|it| it.variation == other.variation);
        refused.map_or(Planned::Nothing, |it| Planned::Refused(it.fault.clone()))
    }
}

fn cell(variant: &PlannedVariant) -> (Option<&str>, Option<&str>, FormatRule) {
    (variant.theme.as_deref(), variant.variation.as_deref(), variant.encoding.format)
}

impl Sides {
    /// Compares what both sides ask for of an asset. Reads the files of overlays.
    pub(super) fn differences(&self, asset: &AssetFacts, writable: &[Format]) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (index, pair) in self.pairs.iter().enumerate().filter(|(_, pair)| pair.may_differ) {
            let plan = |presets: &[PresetFile], place: Option<usize>| {
                let Some(place) = place else { return Variants::default() };
                let names = [pair.name.clone()];
                let given = GivenValues::default();
                let plan = presets[place].source.plan(asset, &names, &given, writable);
                Variants { planned: plan.variants, refused: plan.refused }
            };
            let old = plan(&self.old.presets, pair.old);
            let new = plan(&self.new.presets, pair.new);
            compare(index, old, new, &mut differences);
        }
        differences
    }
}

fn compare(pair: usize, mut old: Variants, new: Variants, differences: &mut Vec<Difference>) {
    let refused_before = old.refused.clone();
    let mut seen: BTreeSet<Option<String>> = BTreeSet::new();
    for after in &new.planned {
        let before = match old.take_like(after) {
            Some(before) if before.key == after.key => continue,
            Some(before) => Planned::Variant(Box::new(before)),
            None => old.instead_of(after),
        };
        differences.push(difference(
            pair,
            after,
            before,
            Planned::Variant(Box::new(after.clone())),
        ));
    }
    for before in &old.planned {
        seen.insert(before.variation.clone());
        let after = new.instead_of(before);
        differences.push(difference(
            pair,
            before,
            Planned::Variant(Box::new(before.clone())),
            after,
        ));
    }
    for Refused { variation, fault, .. } in new.refused {
        let was_refused = refused_before.iter().any(|it| it.variation == variation);
        if !was_refused && seen.insert(variation.clone()) {
            differences.push(Difference {
                pair,
                theme: None,
                variation,
                format: None,
                before: Planned::Nothing,
                after: Planned::Refused(fault),
                overlays: BTreeSet::new(),
            });
        }
    }
}

fn difference(pair: usize, like: &PlannedVariant, before: Planned, after: Planned) -> Difference {
    let mut overlays = BTreeSet::new();
    if let (Planned::Variant(a), Planned::Variant(b)) = (&before, &after) {
        let other = |name: &&String| b.files.get(*name).is_some_and(|hash| *hash != a.files[*name]);
        overlays.extend(a.files.keys().filter(other).cloned());
    }
    let format = match like.encoding.format {
        FormatRule::Named(format) => format.name(),
        FormatRule::Smallest => "smallest",
        FormatRule::Source => "source",
    };
    Difference {
        pair,
        theme: like.theme.clone(),
        variation: like.variation.clone(),
        format: Some(format.to_owned()),
        before,
        after,
        overlays,
    }
}
