//! The `output` table of a generator: every key may be left out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Chroma, ColorSpace, Encoding, FormatRule, Metadata, preset::OneOrMany};

/// One format or a list of them.
pub type Formats = OneOrMany<FormatRule>;

/// The options of an `output` table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OutputRules {
    /// A format, `source`, `smallest`, or a list (one variant each); left out: `source`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Formats>,
    /// 1–100, on the format's own scale; left out: 80, for AVIF 60.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub quality: Option<u8>,
    /// 0 (fast) – 9 (small files); left out: the format's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 9))]
    pub effort: Option<u8>,
    /// Keeps every pixel, in WebP, AVIF, TIFF and PNG (which always does).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lossless: Option<bool>,
    /// Coarse first, fine later, in JPEG and PNG; left out: the format's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progressive: Option<bool>,
    /// Chroma subsampling; left out: the format's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chroma: Option<Chroma>,
    /// At most 256 colours, in PNG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub palette: Option<bool>,
    /// The file is at most this many bytes, by lowering the quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100))]
    pub max_bytes: Option<u64>,
    /// The quality is the lowest that reaches this SSIMULACRA2 score.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub target_score: Option<f64>,
    /// The original's bytes where the variant would be larger and nothing else changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never_larger: Option<bool>,
    /// What is kept of the metadata; left out: `copyright`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The colour space; left out: `srgb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<ColorSpace>,
    /// Dots an inch that the file claims for printing; left out: the source's, unless `metadata`
    /// strips them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub density: Option<f64>,
}

impl OutputRules {
    /// These rules, with what they leave out taken from `defaults`, but for what contradicts
    /// them: a generator that is lossless takes no `max_bytes` from elsewhere.
    #[must_use]
    pub fn or(&self, defaults: &Self) -> Self {
        let (own, mut other) = (self.clone(), defaults.clone());
        if own.lossless == Some(true) {
            (other.max_bytes, other.target_score, other.palette) = (None, None, None);
        }
        if own.max_bytes.is_some() || own.target_score.is_some() || own.palette == Some(true) {
            other.lossless = None;
        }
        if own.quality.is_some() {
            other.target_score = None;
        }
        if own.target_score.is_some() {
            other.quality = None;
        }
        Self {
            format: own.format.or(other.format),
            quality: own.quality.or(other.quality),
            effort: own.effort.or(other.effort),
            lossless: own.lossless.or(other.lossless),
            progressive: own.progressive.or(other.progressive),
            chroma: own.chroma.or(other.chroma),
            palette: own.palette.or(other.palette),
            max_bytes: own.max_bytes.or(other.max_bytes),
            target_score: own.target_score.or(other.target_score),
            never_larger: own.never_larger.or(other.never_larger),
            metadata: own.metadata.or(other.metadata),
            color: own.color.or(other.color),
            density: own.density.or(other.density),
        }
    }

    /// One encoding for each format, in the preset's order; `source` is not resolved yet.
    #[must_use]
    pub fn encodings(&self) -> Vec<Encoding> {
        let own_format = [FormatRule::Source];
        let formats = self.format.as_ref().map_or(&own_format[..], |formats| formats.as_slice());
        formats.iter().map(|format| self.encoding(*format)).collect()
    }

    fn encoding(&self, format: FormatRule) -> Encoding {
        let plain = Encoding::new(format);
        Encoding {
            format,
            quality: self.quality,
            effort: self.effort,
            lossless: self.lossless.unwrap_or(plain.lossless),
            progressive: self.progressive,
            chroma: self.chroma,
            palette: self.palette.unwrap_or(plain.palette),
            max_bytes: self.max_bytes,
            target_score: self.target_score,
            never_larger: self.never_larger.unwrap_or(plain.never_larger),
            metadata: self.metadata.clone().unwrap_or(plain.metadata),
            color: self.color.unwrap_or(plain.color),
            density: self.density,
        }
    }
}
