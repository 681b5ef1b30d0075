//! What a variant is encoded as: the options a preset may give, and the resolved [`Encoding`]
//! that a worker gets.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// An image file format, as presets name it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// AVIF.
    Avif,
    /// GIF.
    Gif,
    /// TIFF.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// SVG: read only.
    Svg,
    /// HEIC, where the library can.
    Heic,
    /// JPEG XL, where the library can.
    Jxl,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 10] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Avif,
        Self::Gif,
        Self::Tiff,
        Self::Bmp,
        Self::Svg,
        Self::Heic,
        Self::Jxl,
    ];

    /// The name in presets and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Gif => "gif",
            Self::Tiff => "tiff",
            Self::Bmp => "bmp",
            Self::Svg => "svg",
            Self::Heic => "heic",
            Self::Jxl => "jxl",
        }
    }

    /// The file name extension of what is written, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Tiff => "tif",
            other => other.name(),
        }
    }

    /// Whether an image of this format can hold transparency.
    #[must_use]
    pub fn has_alpha(self) -> bool {
        !matches!(self, Self::Jpeg | Self::Bmp)
    }

    /// Whether an image of this format can hold several frames, as this product writes it.
    #[must_use]
    pub fn has_frames(self) -> bool {
        matches!(self, Self::Gif | Self::Webp)
    }
}

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
        let written = Format::ALL.into_iter().filter(|format| *format != Format::Svg);
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
        }
    }

    /// The quality of a format where a preset gives none, on that format's own scale.
    #[must_use]
    pub fn default_quality(format: Format) -> u8 {
        match format {
            Format::Avif | Format::Heic => 60,
            _ => 80,
        }
    }
}
