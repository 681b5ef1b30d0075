//! How a source is read: the options of a generator's `source` table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many frames of an animation are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Frames {
    /// All of them.
    #[default]
    All,
    /// At most this many, from `page` on.
    #[serde(untagged)]
    Count(#[schemars(range(min = 1, max = 1_000_000))] u32),
}

/// Takes every nth pixel while reading, so that a giant source costs little memory. `n` need not
/// be a whole number: the result has exactly the size of [`Subsample::size`].
///
/// JPEG, TIFF, BMP, GIF and PNG.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Subsample {
    /// The result is at most this wide, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub width: Option<u32>,
    /// The result is at most this high, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub height: Option<u32>,
    /// The result takes at most this many bytes of memory, at three bytes a pixel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 3))]
    pub memory: Option<u64>,
    /// Whether a source of another format fails (true) or is read whole (false).
    pub fail_if_unsupported: bool,
}

impl Subsample {
    /// The size that a source of `width` x `height` pixels is read at: first down to the memory
    /// limit, then into the size limits, both sides rounded down; never larger than the source.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a memory limit beyond 2^53 bytes is no limit")]
    pub fn size(&self, width: u32, height: u32) -> (u32, u32) {
        let mut size = (width, height);
        if let Some(memory) = self.memory {
            let pixels = f64::from(width) * f64::from(height);
            size = scaled(size, (memory as f64 / 3.0 / pixels).sqrt());
        }
        let share = |limit: Option<u32>, side: u32| {
            limit.map_or(1.0, |limit| f64::from(limit) / f64::from(side))
        };
        scaled(size, share(self.width, size.0).min(share(self.height, size.1)))
    }
}

/// Both sides times `factor`, rounded down, at least 1; unchanged where that would enlarge.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product lies between 0 and the side"
)]
fn scaled((width, height): (u32, u32), factor: f64) -> (u32, u32) {
    // The small constant keeps 240.0 from becoming 239.99999 and then 239.
    let side = |side: u32| ((f64::from(side) * factor + 1e-6).floor() as u32).max(1);
    if factor < 1.0 { (side(width), side(height)) } else { (width, height) }
}

impl Default for Subsample {
    fn default() -> Self {
        Self { width: None, height: None, memory: None, fail_if_unsupported: true }
    }
}

/// What becomes of a JPEG that lacks its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Damaged {
    /// It fails.
    Refuse,
    /// What is there of it is rendered, with a note.
    Keep,
}

/// The curve by which light of any brightness becomes levels of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// None: what is brighter than white becomes white.
    #[default]
    Clip,
    /// Reinhard's: dark tones stay, bright ones are compressed.
    Reinhard,
    /// Narkowicz' fit of the Academy's: more contrast, with soft highlights.
    Aces,
}

/// How a source is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourceRules {
    /// Whether the orientation tag is obeyed.
    pub auto_orient: bool,
    /// The first page or frame read, from 0.
    #[schemars(range(max = 100_000))]
    pub page: u32,
    /// How many frames are read.
    pub frames: Frames,
    /// Dots an inch for vector sources: lengths in pixels have their own size at 72, lengths in
    /// millimetres or inches become this many pixels an inch.
    #[schemars(range(min = 1, max = 2400))]
    pub density: f64,
    /// Takes every nth pixel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subsample: Option<Subsample>,
    /// What becomes of a JPEG that lacks its end; left out: it is kept, with a note, where only the
    /// end mark is missing, and refused where rows are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged: Option<Damaged>,
    /// By how many stops the light of an EXR, a Radiance HDR or a Photoshop document of 32 bits is
    /// made brighter.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(min = -20, max = 20))]
    pub exposure: f64,
    /// The curve by which such light becomes levels of a screen; left out: `clip`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(value: &f64) -> bool {
    value.abs() < f64::EPSILON
}

impl Default for SourceRules {
    fn default() -> Self {
        Self {
            auto_orient: true,
            page: 0,
            frames: Frames::All,
            density: 72.0,
            subsample: None,
            damaged: None,
            exposure: 0.0,
            tone: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsampling_meets_memory_first_then_the_size() {
        let rule =
            |width, height, memory| Subsample { width, height, memory, ..Subsample::default() };
        let cases = [
            (rule(Some(240), None, None), (240, 164)),
            (rule(None, None, Some(20_000_000)), (3123, 2134)),
            (rule(Some(240), None, Some(20_000_000)), (240, 163)),
            (rule(Some(20_000), None, None), (10_315, 7049)),
            (rule(Some(1), None, None), (1, 1)),
            (rule(None, Some(100), None), (146, 100)),
            (rule(None, None, None), (10_315, 7049)),
        ];
        for (rule, size) in cases {
            assert_eq!(rule.size(10_315, 7049), size, "{rule:?}");
        }
    }
}
