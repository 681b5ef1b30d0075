//! Generators that presets have in common because one extends the other.

use cropmark_rules::{Operation, preset::Generator};

use super::preset_source::PresetSource;

impl PresetSource {
    /// Whether a generator is the same here and in another preset because one of the two extends
    /// the other, or both extend a third.
    #[must_use]
    pub fn shares(&self, other: &Self, generator: &str) -> bool {
        let of = |preset: &Self| {
            let generator = preset.preset().generator(generator)?.clone();
            let output = generator.output.or(&preset.preset().defaults.output);
            let themes: Vec<_> = preset.preset().themes_of(&generator.name).cloned().collect();
            Some((Generator { output, ..generator }, themes))
        };
        let has_overlay = |preset: &Self| {
            let steps = preset.preset().generator(generator).map(|it| it.operations.as_slice());
            let mut steps = steps.unwrap_or_default().iter();
            steps.any(|step| matches!(step.operation, Operation::Overlay(_)))
        };
        if self.bases().is_empty() && other.bases().is_empty() {
            return false;
        }
        let is_near = self.path().parent() == other.path().parent() || !has_overlay(self);
        is_near && of(self).is_some_and(|own| of(other) == Some(own))
    }
}

/// Leaves out the generators that make the same as those of their names in presets before, which
/// is what presets have that extend one of them.
pub(super) fn leave_out_repeated(presets: &mut [PresetSource]) {
    for at in 1..presets.len() {
        let (before, rest) = presets.split_at_mut(at);
        rest[0].leave_out(|preset, name| before.iter().any(|former| preset.shares(former, name)));
    }
}
