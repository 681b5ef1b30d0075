//! The original's bytes in place of a variant that would only be larger, or a JPEG's coefficients in
//! place of new ones.

use cropmark_rules::{
    ColorSpace, Encoding, Fault, Format, FormatRule, Frames, Metadata, Operation, SourceRules,
    geometry::{self, Size},
    protocol::VariantOrder,
    value::Point,
};

use super::Encoded;
use crate::{
    color,
    decode::Opened,
    formats::{self, jxl_encoder},
};

/// Whether the original could stand in for a variant: no operation changes anything, and the
/// format, the colours, the metadata and the way up are already as asked for. A JPEG has the format of
/// a JPEG XL too (see [`transcoded`]).
pub(crate) fn may_stand(
    order: &VariantOrder,
    source: &Opened,
    rules: &SourceRules,
    focal: Option<Point>,
) -> bool {
    let size = source.nominal(rules);
    (order.encoding.never_larger
        || (order.encoding.lossless && becomes_jxl(&order.encoding, source)))
        && source.damage.is_none()
        && reads_all(rules, source)
        && order.operations.iter().all(|operation| changes_nothing(operation, size, focal, source))
        && has_format(&order.encoding, source)
        && has_colors(order.encoding.color, source)
        && has_metadata(&order.encoding, source)
}

fn reads_all(rules: &SourceRules, source: &Opened) -> bool {
    let every_frame = source.header.frames == 1
        || (source.format.has_frames() && rules.page == 0 && rules.frames == Frames::All);
    every_frame && rules.subsample.is_none() && source.orientation(rules) == source.header.orientation
        // A viewer turns the original by its tag, and the variant has none.
        && source.header.orientation == 1
}

fn changes_nothing(
    operation: &Operation,
    size: Size,
    focal: Option<Point>,
    source: &Opened,
) -> bool {
    match operation {
        Operation::Resize(rule) => {
            let resized = geometry::resize(rule, size);
            let same = |other: Option<Size>| other.is_none_or(|other| other == size);
            // A canvas of the same size shows through.
            let covered = resized.padded.is_none() || !source.header.alpha;
            resized.scaled == size && same(resized.cropped) && same(resized.padded) && covered
        }
        Operation::Crop(rule) => {
            geometry::crop(rule, size, focal).is_some_and(|part| part.size == size)
        }
        _ => false,
    }
}

/// Whether a JPEG is to become a JPEG XL.
pub(super) fn becomes_jxl(encoding: &Encoding, source: &Opened) -> bool {
    source.format == Format::Jpeg && encoding.format == FormatRule::Named(Format::Jxl)
}

fn has_format(encoding: &Encoding, source: &Opened) -> bool {
    match encoding.format {
        FormatRule::Named(_) | FormatRule::Source => {
            super::resolved(encoding.format, source) == FormatRule::Named(source.format)
                || becomes_jxl(encoding, source)
        }
        FormatRule::Smallest => {
            matches!(source.format, Format::Jpeg | Format::Png | Format::Webp | Format::Avif)
        }
    }
}

fn has_colors(space: ColorSpace, source: &Opened) -> bool {
    if source.header.depth > 8 || !matches!(source.header.space.as_str(), "srgb" | "grey") {
        return false;
    }
    let image = source.metadata();
    let has_profile = image.has_field(color::PROFILE);
    let known = color::fitting_profile(image).and_then(|(_, profile)| profile.known);
    match space {
        ColorSpace::Srgb => !has_profile,
        ColorSpace::P3 => known == Some(color::Known::DisplayP3),
        ColorSpace::Keep => true,
    }
}

/// Whether the original says no more than is to be kept: all is, or there is nothing.
fn has_metadata(encoding: &Encoding, source: &Opened) -> bool {
    let own_density = source.described().density;
    let has_density = encoding.density.is_none_or(|wanted| own_density == Some((wanted, wanted)));
    let is_bare = || source.read_whole().is_ok_and(|it| formats::bare::is_bare(source.format, &it));
    has_density && (encoding.metadata == Metadata::Keep || is_bare())
}

/// A JPEG XL with the original's coefficients, from which the same JPEG can be made again; `None` where
/// libjxl cannot read the JPEG.
pub(super) fn transcoded(encoding: &Encoding, source: &Opened) -> Result<Option<Encoded>, Fault> {
    let Some(bytes) = jxl_encoder::transcoded(&source.read_whole()?, encoding) else {
        return Ok(None);
    };
    let note = "Original kept: the JPEG XL holds the JPEG's own data, and the same JPEG can be made of \
                it again.";
    Ok(Some(Encoded {
        bytes,
        format: Format::Jxl,
        width: source.header.width,
        height: source.header.height,
        frames: 1,
        quality: None,
        score: None,
        notes: vec![note.to_owned()],
    }))
}

/// The original as a result.
pub(super) fn instead(encoded: Encoded, source: &Opened) -> Result<Encoded, Fault> {
    let note = "Original kept: re-encoding would be larger.";
    Ok(Encoded {
        bytes: source.read_whole()?.to_vec(),
        format: source.format,
        width: source.header.width,
        height: source.header.height,
        frames: source.header.frames,
        quality: None,
        score: None,
        notes: encoded.notes.into_iter().chain([note.to_owned()]).collect(),
    })
}
