//! What a variant is encoded as: the options a preset may give, and the resolved [`Encoding`]
//! that a worker gets.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{Format, format::Lossless};

/// One format, one found by trial, or the source's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormatRule {
    /// The source's format; what can only be read (SVG) becomes PNG.
    Source,
    /// Tries WebP, AVIF and JPEG or PNG, and keeps the smallest.
    Smallest,
    /// This format.
    #[serde(untagged)]
    Named(Format),
}

impl JsonSchema for FormatRule {
    fn schema_name() -> Cow<'static, str> {
        "FormatRule".into()
    }

    /// What can be written: every format but those that are only read.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let written = Format::ALL.into_iter().filter(|format| format.facts().is_output);
        let mut words = vec!["source", "smallest"];
        words.extend(written.map(Format::name));
        let words: Vec<_> = words
            .into_iter()
            .map(|word| json_schema!({ "type": "string", "const": word }))
            .collect();
        json_schema!({
            "description": "A format; the source's own (`source`; what can only be read, SVG, becomes PNG); or the smallest of WebP, AVIF and JPEG or PNG (`smallest`)",
            "oneOf": words
        })
    }
}

/// Chroma subsampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Chroma {
    /// Colour at half the resolution.
    #[serde(rename = "4:2:0")]
    Half,
    /// Colour at full resolution.
    #[serde(rename = "4:4:4")]
    Full,
}

/// A kind of metadata that can be kept by itself.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum MetadataKind {
    /// Camera data, without the place.
    Exif,
    /// Press data.
    Iptc,
    /// Adobe's extensible metadata.
    Xmp,
    /// The place, within the camera data.
    Gps,
}

/// What is kept of the source's metadata. The orientation tag is always reset.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Metadata {
    /// Nothing.
    Strip,
    /// Who made it and who owns it.
    Copyright,
    /// Everything.
    Keep,
    /// These kinds.
    #[serde(untagged)]
    Kinds(Vec<MetadataKind>),
}

/// The colour space of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ColorSpace {
    /// sRGB, without an embedded profile.
    Srgb,
    /// Display P3, with its profile.
    P3,
    /// The source's, with its profile.
    Keep,
}

/// Bits of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// As many as the source has, where the format can hold them.
    Source,
    /// 8, 10, 12 or 16; formats without such a depth take their next larger one.
    #[serde(untagged)]
    Bits(#[schemars(range(min = 8, max = 16))] u8),
}

/// What one of the formats that `smallest` tries is encoded with, where it differs from the
/// encoding's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trial {
    /// 1–100, on the format's own scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
    /// 0 (fast) – 9 (small files).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<u8>,
    /// The most bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
}

/// How a variant is encoded, with nothing left to decide but a source-dependent format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct Encoding {
    /// The format, or `smallest`. A plan has replaced `source`.
    pub format: FormatRule,
    /// 1–100; left out: [`Encoding::default_quality`]. For `smallest`, on JPEG's scale.
    pub quality: Option<u8>,
    /// 0 (fast) – 9 (small files); left out: the format's default, chosen by measurement.
    pub effort: Option<u8>,
    /// Keeps every pixel, in JPEG XL, WebP, AVIF, TIFF and PNG (which always does).
    pub lossless: bool,
    /// Coarse first, fine later, in JPEG and PNG; left out: the format's default.
    pub progressive: Option<bool>,
    /// Chroma subsampling; left out: the format's default.
    pub chroma: Option<Chroma>,
    /// At most 256 colours, in PNG.
    pub palette: bool,
    /// The file is at most this many bytes, by lowering the quality.
    pub max_bytes: Option<u64>,
    /// The quality is the lowest that reaches this SSIMULACRA2 score against the pixels before
    /// encoding.
    pub target_score: Option<f64>,
    /// The original's bytes where the variant would be larger and nothing else changed.
    pub never_larger: bool,
    /// What is kept of the metadata.
    pub metadata: Metadata,
    /// The colour space.
    pub color: ColorSpace,
    /// Dots an inch that the file claims; left out: the source's where metadata is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<f64>,
    /// The sides of the smaller pictures that an icon holds too, in pixels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<u32>,
    /// Bits of a level; left out: 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<Depth>,
    /// What differs for some of the formats that `smallest` tries.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trials: BTreeMap<Format, Trial>,
    /// Measures the result's SSIMULACRA2 score, though no score is asked for. The bytes are the same.
    #[serde(default, skip_serializing_if = "is_false")]
    pub scored: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Encoding {
    /// The formats that `smallest` may try.
    pub const TRIED: [Format; 5] =
        [Format::Webp, Format::Avif, Format::Jpeg, Format::Png, Format::Gif];

    /// The encoding of a preset that says nothing but the format.
    #[must_use]
    pub fn new(format: FormatRule) -> Self {
        Self {
            format,
            quality: None,
            effort: None,
            lossless: false,
            progressive: None,
            chroma: None,
            palette: false,
            max_bytes: None,
            target_score: None,
            never_larger: false,
            metadata: Metadata::Copyright,
            color: ColorSpace::Srgb,
            density: None,
            sizes: Vec::new(),
            depth: None,
            trials: BTreeMap::new(),
            scored: false,
        }
    }

    /// Whether the result's score is measured: because it was asked for, or to reach a target.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        self.scored || self.target_score.is_some()
    }

    /// The quality that an encoding without one has, on the format's own scale. Keys leave it out,
    /// so it must not change; the qualities of presets that name none are in the table of formats.
    #[must_use]
    pub fn default_quality(format: Format) -> u8 {
        format.facts().default_quality.unwrap_or(80)
    }

    /// Bits of a level that are written in this format, of a source with so many.
    #[must_use]
    pub fn bits(&self, format: Format, source: u32) -> u8 {
        let wanted = match self.depth {
            None => 8,
            Some(Depth::Bits(bits)) => bits,
            Some(Depth::Source) => u8::try_from(source.clamp(8, 16)).unwrap_or(16),
        };
        let deeper = format.facts().depths;
        let fitting = deeper.iter().find(|bits| **bits >= wanted).or(deeper.last());
        if wanted <= 8 { 8 } else { fitting.copied().unwrap_or(8) }
    }

    /// The encoding of a format that `smallest` tries.
    #[must_use]
    pub fn trial(&self, format: Format) -> Self {
        let own = self.trials.get(&format).copied().unwrap_or_default();
        Self {
            format: FormatRule::Named(format),
            quality: own.quality.or_else(|| Some(on_scale_of(format, self.quality?))),
            effort: own.effort.or(self.effort),
            max_bytes: own.max_bytes.or(self.max_bytes),
            depth: None,
            trials: BTreeMap::new(),
            ..self.clone()
        }
    }

    /// Whether a lower quality makes a smaller file of this format.
    #[must_use]
    pub fn has_quality(&self, format: Format) -> bool {
        let facts = format.facts();
        facts.default_quality.is_some() && !(self.lossless && facts.lossless == Lossless::Choice)
    }
}

/// A quality means the same picture in every format that is tried: it is on JPEG's and WebP's
/// scale, and on AVIF's 60 stands where theirs is 80.
pub(crate) fn on_scale_of(format: Format, quality: u8) -> u8 {
    let own = u32::from(Encoding::default_quality(format));
    let general = u32::from(Encoding::default_quality(Format::Jpeg));
    u8::try_from(u32::from(quality) * own / general).unwrap_or(100).clamp(1, 100)
}
