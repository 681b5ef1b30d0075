//! The `output` table of a generator: every key may be left out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::by_format::{self, ByFormat};
use crate::{
    Chroma, ColorSpace, Depth, Encoding, Format, FormatRule, Metadata, output::Trial,
    preset::OneOrMany,
};

/// One format or a list of them.
pub type Formats = OneOrMany<FormatRule>;

/// The options of an `output` table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OutputRules {
    /// A format, `source`, `smallest`, or a list (one variant each); left out: `source`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Formats>,
    /// 1–100, on the format's own scale, or a table by format; left out: values that look alike,
    /// JPEG 73, WebP 82, AVIF 62, JPEG XL 70.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "by_format::quality")]
    pub quality: Option<ByFormat<u8>>,
    /// 0 (fast) – 9 (small files), or a table by format; left out: the format's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "by_format::effort")]
    pub effort: Option<ByFormat<u8>>,
    /// Keeps every pixel, in JPEG XL, WebP, AVIF, TIFF and PNG (which always does). A JPEG of which
    /// nothing changes becomes a JPEG XL of which the same JPEG can be made again.
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
    /// The file is at most this many bytes, by lowering the quality; or a table by format.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "by_format::bytes")]
    pub max_bytes: Option<ByFormat<u64>>,
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
    /// Smaller pictures that an ICO file holds too, by their sides in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), inner(range(min = 1, max = 256)))]
    pub sizes: Option<Vec<u32>>,
    /// Bits of a level: 8, 10 or 12 (JPEG XL), 16 (PNG, TIFF, JPEG XL), or `source`, as many as the
    /// source has; left out: 8. Operations that change colours work with 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<Depth>,
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
        if own.palette == Some(true) {
            other.depth = None;
        }
        if own.depth.is_some_and(|depth| depth != Depth::Bits(8)) {
            other.palette = None;
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
            quality: merged(own.quality, other.quality),
            effort: merged(own.effort, other.effort),
            lossless: own.lossless.or(other.lossless),
            progressive: own.progressive.or(other.progressive),
            chroma: own.chroma.or(other.chroma),
            palette: own.palette.or(other.palette),
            max_bytes: merged(own.max_bytes, other.max_bytes),
            target_score: own.target_score.or(other.target_score),
            never_larger: own.never_larger.or(other.never_larger),
            metadata: own.metadata.or(other.metadata),
            color: own.color.or(other.color),
            density: own.density.or(other.density),
            sizes: own.sizes.or(other.sizes),
            depth: own.depth.or(other.depth),
        }
    }

    /// One encoding for each format, in the preset's order. `resolve` gives the source's own
    /// format for `source`.
    #[must_use]
    pub fn encodings(&self, resolve: impl Fn(FormatRule) -> FormatRule) -> Vec<Encoding> {
        let own_format = [FormatRule::Source];
        let formats = self.format.as_ref().map_or(&own_format[..], |formats| formats.as_slice());
        formats.iter().map(|format| self.encoding(resolve(*format))).collect()
    }

    fn encoding(&self, format: FormatRule) -> Encoding {
        let plain = Encoding::new(format);
        let encoding = Encoding {
            format,
            lossless: self.lossless.unwrap_or(plain.lossless),
            progressive: self.progressive,
            chroma: self.chroma,
            palette: self.palette.unwrap_or(plain.palette),
            target_score: self.target_score,
            never_larger: self.never_larger.unwrap_or(plain.never_larger),
            metadata: self.metadata.clone().unwrap_or(plain.metadata),
            color: self.color.unwrap_or(plain.color),
            density: self.density,
            sizes: self.sizes.clone().unwrap_or_default(),
            depth: self.depth,
            ..plain
        };
        match format {
            FormatRule::Named(format) => {
                let Trial { quality, effort, max_bytes } = self.numbers(format);
                Encoding { quality, effort, max_bytes, ..encoding }
            }
            FormatRule::Source | FormatRule::Smallest => self.tried(encoding),
        }
    }

    /// The numbers for a format. A score chooses the quality: none is given then.
    fn numbers(&self, format: Format) -> Trial {
        let quality = self.quality.as_ref().and_then(|quality| quality.of(format));
        let usual = || format.facts().preset_quality.filter(|_| self.target_score.is_none());
        Trial {
            quality: quality.or_else(usual),
            effort: self.effort.as_ref().and_then(|effort| effort.of(format)),
            max_bytes: self.max_bytes.as_ref().and_then(|bytes| bytes.of(format)),
        }
    }

    /// The encoding for a format that is found by trial: one number for all formats stands for
    /// itself, others are listed by format.
    fn tried(&self, encoding: Encoding) -> Encoding {
        let (quality, effort, max_bytes) = (
            for_all(self.quality.as_ref()),
            for_all(self.effort.as_ref()),
            for_all(self.max_bytes.as_ref()),
        );
        let other = |format: Format| {
            let own = self.numbers(format);
            let own = Trial {
                quality: own.quality.filter(|_| quality.is_none()),
                effort: own.effort.filter(|_| effort.is_none()),
                max_bytes: own.max_bytes.filter(|_| max_bytes.is_none()),
            };
            (own != Trial::default()).then_some((format, own))
        };
        let trials: BTreeMap<_, _> = Encoding::TRIED.into_iter().filter_map(other).collect();
        Encoding { quality, effort, max_bytes, trials, ..encoding }
    }
}

/// The number that all formats have that are tried.
fn for_all<T: Copy + PartialEq>(given: Option<&ByFormat<T>>) -> Option<T> {
    let given = given?;
    let first = given.of(Encoding::TRIED[0])?;
    Encoding::TRIED.iter().all(|format| given.of(*format) == Some(first)).then_some(first)
}

fn merged<T: Copy>(own: Option<ByFormat<T>>, other: Option<ByFormat<T>>) -> Option<ByFormat<T>> {
    match own {
        Some(own) => Some(own.or(other)),
        None => other,
    }
}
