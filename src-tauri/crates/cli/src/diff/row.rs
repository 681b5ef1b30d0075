//! One variant that differs, with its figures before and after.

use cropmark_rules::{Fault, protocol::Rendered};
use serde::Serialize;

use super::{
    asset::{Difference, Planned},
    measure::Outcomes,
    pairs::GeneratorPair,
};

/// What became of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VariantChange {
    /// It is there after the change only.
    Added,
    /// It was there before the change only.
    Removed,
    /// It is another one.
    Changed,
    /// It can no longer be rendered.
    Failed,
}

/// One variant that differs.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) source: String,
    pub(super) generator: String,
    pub(super) theme: Option<String>,
    pub(super) variation: Option<String>,
    pub(super) format: Option<String>,
    pub(super) change: VariantChange,
    pub(super) before: Option<Figures>,
    pub(super) after: Option<Figures>,
    pub(super) error: Option<Fault>,
}

/// The figures of a file.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Figures {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bytes: u64,
    /// SSIMULACRA2, against the pixels before encoding.
    pub(super) score: Option<f64>,
}

impl From<&Rendered> for Figures {
    fn from(rendered: &Rendered) -> Self {
        let score = rendered.score.map(|score| (score * 10.0).round() / 10.0);
        Self { width: rendered.width, height: rendered.height, bytes: rendered.bytes, score }
    }
}

impl Row {
    /// Makes the row of a difference; without outcomes, nothing was rendered.
    pub(super) fn of(
        source: &str,
        pair: &GeneratorPair,
        difference: &Difference,
        outcomes: &Outcomes,
    ) -> Self {
        let side = |planned: &Planned| match planned {
            Planned::Nothing => None,
            Planned::Refused(fault) => Some(Err(fault.clone())),
            Planned::Variant(variant) => Some(match outcomes.get(&variant.key) {
                Some(Ok(measured)) => Ok(Some(Figures::from(&measured.rendered))),
                Some(Err(fault)) => Err(fault.clone()),
                None => Ok(None),
            }),
        };
        let (before, after) = (side(&difference.before), side(&difference.after));
        let change = match (&before, &after) {
            (Some(Err(_)) | None, Some(Ok(_))) => VariantChange::Added,
            (Some(Ok(_)) | None, Some(Err(_))) => VariantChange::Failed,
            (_, None) => VariantChange::Removed,
            (Some(_), Some(_)) => VariantChange::Changed,
        };
        let error = [&after, &before].into_iter().flatten().find_map(|side| side.as_ref().err());
        let figures = |side: &Option<Result<Option<Figures>, Fault>>| {
            side.as_ref().and_then(|side| side.as_ref().ok().copied().flatten())
        };
        Self {
            source: source.to_owned(),
            generator: pair.name.clone(),
            theme: difference.theme.clone(),
            variation: difference.variation.clone(),
            format: difference.format.clone(),
            change,
            error: error.cloned(),
            before: figures(&before),
            after: figures(&after),
        }
    }

    /// Theme, variation and format: `travel/square webp`.
    pub(super) fn label(&self) -> String {
        let size = [self.theme.as_deref(), self.variation.as_deref()];
        let size: Vec<_> = size.into_iter().flatten().collect();
        let parts = [size.join("/"), self.format.clone().unwrap_or_default()];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" ")
    }

    /// How much it changes: the largest of its changes of bytes, of pixels and of score, where a
    /// factor of e counts as 20 points. What fails or comes or goes changes most.
    pub(super) fn extent(&self) -> f64 {
        let (Some(before), Some(after)) = (self.before, self.after) else {
            return if self.change == VariantChange::Failed { f64::MAX } else { 1000.0 };
        };
        #[expect(clippy::cast_precision_loss, reason = "a rank, not an amount")]
        let factor = |a: u64, b: u64| (b.max(1) as f64 / a.max(1) as f64).ln().abs();
        let pixels = |it: Figures| u64::from(it.width) * u64::from(it.height);
        let score = before.score.zip(after.score).map_or(0.0, |(a, b)| (b - a).abs() / 20.0);
        let bytes = factor(before.bytes, after.bytes);
        bytes.max(factor(pixels(before), pixels(after))).max(score)
    }
}
