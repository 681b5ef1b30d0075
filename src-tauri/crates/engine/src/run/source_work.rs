//! A source of a run with what is to do for it, and the rows of its variants.

use cropmark_rules::{Fault, Format, FormatRule, plan::PlannedVariant};

use super::{
    names::VariantName,
    planned_source::PlannedSource,
    row::{Row, Status},
};

/// A source with what is to do for it.
pub(super) struct SourceWork {
    pub(super) source: PlannedSource,
    /// The name of each planned variant.
    pub(super) names: Vec<VariantName>,
    /// The item that each planned variant is; `None`: it is done, or not wanted.
    pub(super) positions: Vec<Option<u32>>,
}

/// The format of a variant where it does not depend on the result.
pub(super) fn named_format(variant: &PlannedVariant) -> Option<Format> {
    match variant.encoding.format {
        FormatRule::Named(format) => Some(format),
        _ => None,
    }
}

impl SourceWork {
    pub(super) fn planned(&self, index: usize) -> &PlannedVariant {
        &self.source.plan.variants[index]
    }

    /// What the plan says about a variant.
    pub(super) fn planned_row(&self, index: usize) -> Row {
        let variant = self.planned(index);
        Row {
            format: named_format(variant),
            width: variant.size.map(|size| size.width),
            height: variant.size.map(|size| size.height),
            ..self.of_variant(index, Row::of(&self.source.found.path, Status::Skipped))
        }
    }

    pub(super) fn failed_row(&self, index: usize, fault: Fault) -> Row {
        self.of_variant(index, Row::failed(&self.source.found.path, fault))
    }

    /// The row of a variant whose name another one has.
    pub(super) fn clashing_row(&self, index: usize, fault: Fault) -> Row {
        Row { clash: true, ..self.failed_row(index, fault) }
    }

    fn of_variant(&self, index: usize, row: Row) -> Row {
        let variant = self.planned(index);
        let (generator, variation) = (Some(variant.generator.clone()), variant.variation.clone());
        Row { generator, variation, ..row }
    }
}
