//! What a variant is encoded as: the options a preset may give, and the resolved [`Encoding`]
//! that a worker gets.

use std::borrow::Cow;

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

/// How a variant is encoded, with nothing left to decide but a source-dependent format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoding {
    /// The format, or `smallest`. A plan has replaced `source`.
    pub format: FormatRule,
    /// 1–100; left out: the format's default (see [`Encoding::default_quality`]).
    pub quality: Option<u8>,
    /// 0 (fast) – 9 (small files); left out: the format's default, chosen by measurement.
    pub effort: Option<u8>,
    /// Keeps every pixel, in WebP, AVIF, TIFF and PNG (which always does).
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
}

impl Encoding {
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
        }
    }

    /// The quality of a format where a preset gives none, on that format's own scale.
    #[must_use]
    pub fn default_quality(format: Format) -> u8 {
        format.facts().default_quality.unwrap_or(80)
    }

    /// Whether a lower quality makes a smaller file of this format.
    #[must_use]
    pub fn has_quality(&self, format: Format) -> bool {
        let facts = format.facts();
        facts.default_quality.is_some() && !(self.lossless && facts.lossless == Lossless::Choice)
    }
}
