//! The normal form of an encoding: without the options that its format has not.

use crate::{Encoding, Format, FormatRule, Metadata};

/// The encoding's normal form.
#[must_use]
pub fn encoding(encoding: Encoding) -> Encoding {
    let mut normal = encoding;
    normal.metadata = metadata(normal.metadata);
    let FormatRule::Named(format) = normal.format else {
        // Tried on every format's own scale, on which the default is this one's.
        let default = Encoding::default_quality(Format::Jpeg);
        normal.quality = normal.quality.filter(|quality| *quality != default);
        return normal;
    };
    normal.lossless &= matches!(format, Format::Webp | Format::Avif | Format::Heic | Format::Jxl);
    normal.palette &= format == Format::Png;
    let has_quality = match format {
        Format::Jpeg | Format::Webp | Format::Avif | Format::Heic | Format::Jxl => !normal.lossless,
        Format::Png => normal.palette,
        _ => false,
    };
    // A palette's quality is the least that it must reach: none is not the default of others.
    let default = Encoding::default_quality(format);
    normal.quality =
        normal.quality.filter(|quality| has_quality && (normal.palette || *quality != default));
    if matches!(format, Format::Png | Format::Gif | Format::Tiff | Format::Bmp) {
        normal.chroma = None;
    }
    if !matches!(format, Format::Jpeg | Format::Png | Format::Gif) {
        normal.progressive = None;
    }
    if matches!(format, Format::Tiff | Format::Bmp) {
        normal.effort = None;
    }
    normal
}

/// A list of kinds in one order, each once; of none, nothing is kept.
fn metadata(metadata: Metadata) -> Metadata {
    let Metadata::Kinds(mut kinds) = metadata else { return metadata };
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() { Metadata::Strip } else { Metadata::Kinds(kinds) }
}
