//! A source of a run with what is to do for it, and the rows of its variants.

use std::sync::Arc;

use cropmark_rules::{Fault, Format, FormatRule, plan::PlannedVariant};

use super::{
    names::VariantName,
    planned_source::PlannedSource,
    row::{Row, RowReport, Status},
    shared::Shared,
};
use crate::render::Purpose;

/// A source with what is to do for it.
pub(super) struct SourceWork {
    pub(super) shared: Arc<Shared>,
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
    /// What its results are for.
    pub(super) fn purpose(&self) -> Purpose {
        Purpose::Files(self.shared.context.batch)
    }

    pub(super) fn planned(&self, index: usize) -> &PlannedVariant {
        &self.source.plan.variants[index]
    }

    /// Reports what became of a planned variant that is wanted. May wait.
    pub(super) fn report(&self, index: usize, report: impl Into<RowReport>) {
        if let Some(position) = self.positions[index] {
            self.shared.recorder.report_blocking(position, report);
        }
    }

    /// What the plan says about a variant.
    pub(super) fn planned_row(&self, index: usize) -> Row {
        let variant = self.planned(index);
        Row {
            generator: Some(variant.generator.clone()),
            variation: variant.variation.clone(),
            format: named_format(variant),
            width: variant.size.map(|size| size.width),
            height: variant.size.map(|size| size.height),
            ..Row::of(&self.source.found.path, Status::Skipped)
        }
    }

    pub(super) fn failed_row(&self, index: usize, fault: Fault) -> Row {
        let variant = self.planned(index);
        Row {
            generator: Some(variant.generator.clone()),
            variation: variant.variation.clone(),
            ..Row::failed(&self.source.found.path, fault)
        }
    }

    /// The row of a variant whose name another one has.
    pub(super) fn clashing_row(&self, index: usize, fault: Fault) -> Row {
        Row { clash: true, ..self.failed_row(index, fault) }
    }
}
