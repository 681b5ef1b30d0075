//! Variants of one source that share its decoding, and the order that asks the workers for them.

use std::{slice, sync::Arc};

use cropmark_rules::plan::{JobGroup, PlannedVariant, group};

use super::target::Targets;
use crate::{
    BatchId, Class, Fidelity, OrderedVariant, RenderOrder, intake::KnownSource,
    presets::OverlayFiles,
};

/// Variants of one source that share its decoding.
#[derive(Debug, Clone)]
pub struct RenderJob {
    /// The source.
    pub source: KnownSource,
    /// The variants.
    pub group: JobGroup,
    /// The open files that their overlays use.
    pub overlays: OverlayFiles,
    /// What the results are for.
    pub purpose: Purpose,
}

/// What results are for, and so how they may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Files that are kept: the bytes depend on the plan alone, whatever is there already.
    Files(BatchId),
    /// Answering a request that somebody waits for, with the bytes of a file.
    Answer,
    /// Looking at, now. Such a variant is rendered by itself from pixels that are at hand, so that
    /// its bytes may differ from those of a file, within the bounds of the derivation.
    Preview {
        /// Whether a worker keeps the decoded source, because more is soon asked of it.
        keeps_decoded: bool,
    },
}

impl RenderJob {
    /// Makes a job of one variant.
    ///
    /// For looking at, a variant's siblings are not named: a 320-pixel variant beside a 2048-pixel
    /// one would wait for the larger ones to be scaled first (a photograph of 8 megapixels on a
    /// busy machine: 49 ms alone, 272 ms beside 640, 1280 and 2048; of 12 megapixels 112 and 139).
    #[must_use]
    pub fn one(
        source: KnownSource,
        variant: &PlannedVariant,
        overlays: OverlayFiles,
        purpose: Purpose,
    ) -> Self {
        let group = group(slice::from_ref(variant)).swap_remove(0);
        Self { source, group, overlays, purpose }
    }

    /// Makes the order. Variants without a target are named too, so that the same results are
    /// derived from the same, whatever is wanted now.
    pub(super) fn order(&self, targets: &Targets) -> RenderOrder {
        let Self { source, group, overlays, purpose } = self;
        let variants = group.variants.iter().enumerate().map(|(index, variant)| OrderedVariant {
            key: variant.key,
            operations: variant.operations.clone(),
            encoding: variant.encoding.clone(),
            target: targets.get(&index).map(|target| Arc::clone(target.file())),
        });
        let (class, batch, proxy, fidelity) = match *purpose {
            Purpose::Files(batch) => (Class::Eager, Some(batch), None, Fidelity::Exact),
            Purpose::Answer => (Class::OnDemand, None, None, Fidelity::Exact),
            Purpose::Preview { keeps_decoded } => {
                let content = source.facts.content_hash;
                (Class::OnDemand, None, keeps_decoded.then_some(content), Fidelity::Preview)
            }
        };
        RenderOrder {
            class,
            batch,
            source: Arc::clone(&source.source.file),
            arrival: None,
            header: source.facts.header.clone(),
            rules: group.rules.clone(),
            proxy,
            fidelity,
            focal: source.facts.focal,
            faces: source.facts.faces.clone(),
            files: overlays.named(&group.files),
            variants: variants.collect(),
        }
    }
}
