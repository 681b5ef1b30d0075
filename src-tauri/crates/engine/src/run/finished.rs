//! What the tasks of a run hand to its writer.

use std::sync::Arc;

use cropmark_rules::{Key, protocol::Rendered};

use super::{destination::Placement, row::RowReport, source_work::SourceWork};
use crate::render::Unverified;

/// What the tasks of a run hand to its writer.
pub(super) enum Finished {
    /// An item that needs no file.
    Item {
        position: u32,
        report: Box<RowReport>,
    },
    Variant(Box<FinishedVariant>),
    /// Nothing more comes about one of the sources.
    SourceDone,
}

/// A variant that is to be put in its places.
pub(super) struct FinishedVariant {
    pub(super) work: Arc<SourceWork>,
    pub(super) key: Key,
    /// The planned variants that are it.
    pub(super) planned: Vec<usize>,
    pub(super) content: Content,
}

/// Where a finished variant comes from.
pub(super) enum Content {
    /// The cache has it.
    Kept(Box<KeptVariant>),
    /// A worker has answered.
    Rendered(Box<Unverified>),
}

/// A variant that the cache has.
pub(super) struct KeptVariant {
    pub(super) rendered: Rendered,
    /// The copy for the first of the planned variants that are it, which was compared with what was
    /// kept.
    pub(super) placement: Placement,
    /// How long copying it took.
    pub(super) milliseconds: f64,
}

impl Finished {
    pub(super) fn item(position: u32, report: impl Into<RowReport>) -> Self {
        Self::Item { position, report: Box::new(report.into()) }
    }
}
