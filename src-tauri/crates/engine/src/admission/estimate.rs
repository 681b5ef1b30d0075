//! How much memory a job takes, from the source's header and the chains, before any pixel is
//! read. A little too much rather than too little, so that admission is safe.

use cropmark_rules::{
    Encoding, Format, FormatRule, Frames, Operation, SourceRules,
    derive::derive,
    geometry::{self, Size},
    protocol::Header,
};

use crate::order::{OrderedVariant, RenderOrder};

/// A worker with libvips loaded, before any picture.
const WORKER_BYTES: u64 = 24 << 20;

/// Estimates an order, in bytes.
pub(crate) fn estimate(order: &RenderOrder) -> u64 {
    let RenderOrder { header, rules, focal, variants, .. } = order;
    let size = read_size(header, rules);
    let frames = read_frames(header, rules);
    let band_bytes = u64::from(header.depth.max(8)).div_ceil(8);
    let pixel_bytes = (u64::from(header.bands.max(1)) * band_bytes).saturating_mul(frames);

    let chains: Vec<&[Operation]> =
        variants.iter().map(|variant| variant.operations.as_slice()).collect();
    let derivation = derive(&chains, size, *focal);
    let shrink = if shrinks_on_load(header.format) { derivation.shrink } else { 1 };
    let decoded = (size.pixels() / u64::from(shrink * shrink)).saturating_mul(pixel_bytes);

    // Every scale that another one is derived from stays until the job ends; colour work may
    // give a picture an alpha band that the source lacks.
    let wide_bytes = pixel_bytes.max(4 * frames);
    let scales = derivation
        .scales
        .iter()
        .map(|scale| scale.size.pixels().saturating_mul(wide_bytes))
        .fold(0, u64::saturating_add);
    // Variants are finished one after the other, so only the most expensive one counts.
    let finishing = variants.iter().map(|variant| finishing(variant, size, wide_bytes)).max();

    [decoded, scales, finishing.unwrap_or(0)].into_iter().fold(WORKER_BYTES, u64::saturating_add)
}

/// The upright size that the source is read at.
fn read_size(header: &Header, rules: &SourceRules) -> Size {
    let (width, height) =
        if rules.auto_orient { header.upright_size() } else { (header.width, header.height) };
    let (width, height) = if header.format == Format::Svg {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float too large for the type becomes its largest value"
        )]
        let scaled = |side: u32| (f64::from(side) * rules.density / 72.0) as u32;
        (scaled(width), scaled(height))
    } else {
        (width, height)
    };
    let (width, height) =
        rules.subsample.as_ref().map_or((width, height), |rule| rule.size(width, height));
    Size::new(width, height)
}

fn read_frames(header: &Header, rules: &SourceRules) -> u64 {
    let there = header.frames.saturating_sub(rules.page).max(1);
    match rules.frames {
        Frames::All => u64::from(there),
        Frames::Count(count) => u64::from(there.min(count.max(1))),
    }
}

/// Whether less than the whole picture is ever in memory. Others are read row by row where
/// their file allows it, which the header does not tell, so they count in full.
fn shrinks_on_load(format: Format) -> bool {
    matches!(format, Format::Jpeg | Format::Svg)
}

/// The picture after the last operation, a copy that an operation works on, and the encoder.
fn finishing(variant: &OrderedVariant, from: Size, pixel_bytes: u64) -> u64 {
    let pixels = result_size(&variant.operations, from).pixels();
    let encoder = encoder_bytes(&variant.encoding);
    pixels.saturating_mul(pixel_bytes.saturating_mul(2).saturating_add(encoder))
}

/// The size after a chain; what needs pixels (trim) is taken as not changing it.
fn result_size(operations: &[Operation], from: Size) -> Size {
    operations.iter().fold(from, |size, operation| match operation {
        Operation::Crop(rule) => geometry::crop_size(rule, size),
        Operation::Resize(rule) => geometry::resize(rule, size).result(),
        Operation::Extend(rule) => geometry::extend_size(rule, size),
        Operation::Pad(rule) => geometry::pad(rule, size).0,
        Operation::Rotate(rule) if rule.angle % 180.0 == 0.0 => size,
        Operation::Rotate(rule) if rule.angle % 90.0 == 0.0 => size.turned(),
        Operation::Rotate(_) => {
            let diagonal = size.width.saturating_add(size.height);
            Size::new(diagonal, diagonal)
        }
        _ => size,
    })
}

/// Bytes a pixel that an encoder takes beside the picture.
fn encoder_bytes(encoding: &Encoding) -> u64 {
    match encoding.format {
        FormatRule::Named(Format::Avif | Format::Heic | Format::Jxl) | FormatRule::Smallest => 24,
        FormatRule::Named(Format::Webp) => 10,
        FormatRule::Named(Format::Png | Format::Gif | Format::Tiff) => 5,
        FormatRule::Source | FormatRule::Named(_) => 4,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs::File, sync::Arc};

    use cropmark_rules::{Subsample, operation::Resize, value::Length};

    use super::*;
    use crate::{Class, Key};

    const MIB: u64 = 1 << 20;

    fn order(format: Format, width: u32, height: u32, to: u32) -> RenderOrder {
        let resize = Resize { width: Some(Length::Pixels(f64::from(to))), ..Resize::default() };
        RenderOrder {
            class: Class::Eager,
            batch: None,
            source: Arc::new(File::open("/dev/null").unwrap()),
            header: Header {
                format,
                width,
                height,
                frames: 1,
                bands: 3,
                depth: 8,
                alpha: false,
                space: "srgb".to_owned(),
                profile: None,
                orientation: 1,
                delays: Vec::new(),
                repeats: None,
                metadata: BTreeMap::new(),
            },
            rules: SourceRules::default(),
            proxy: None,
            focal: None,
            files: BTreeMap::new(),
            variants: vec![OrderedVariant {
                key: Key::from("key"),
                operations: vec![Operation::Resize(resize)],
                encoding: Encoding::new(FormatRule::Named(Format::Jpeg)),
                target: None,
            }],
        }
    }

    #[test]
    fn shrinking_on_load_saves_memory() {
        let jpeg = estimate(&order(Format::Jpeg, 6000, 4000, 320));
        let png = estimate(&order(Format::Png, 6000, 4000, 320));
        // 6000 x 4000 x 3 is 69 MiB; at an eighth of the sides it is 1 MiB.
        assert!((25 * MIB..30 * MIB).contains(&jpeg), "{jpeg}");
        assert!((92 * MIB..98 * MIB).contains(&png), "{png}");
        let large = estimate(&order(Format::Jpeg, 6000, 4000, 3000));
        assert!(large > png, "a JPEG that is not shrunk costs its result too: {large}");
    }

    #[test]
    fn frames_depth_and_subsampling_count() {
        let plain = order(Format::Png, 4000, 4000, 400);
        let more = |change: fn(&mut RenderOrder)| {
            let mut order = plain.clone();
            change(&mut order);
            estimate(&order)
        };
        let one = estimate(&plain);
        assert!(more(|order| order.header.depth = 16) > one + 45 * MIB);
        assert!(more(|order| order.header.frames = 10) > one * 5);
        assert!(
            more(|order| {
                order.header.frames = 10;
                order.rules.frames = Frames::Count(1);
            }) == one
        );
        let subsampled = more(|order| {
            order.rules.subsample = Some(Subsample { width: Some(500), ..Subsample::default() });
        });
        assert!(subsampled < 30 * MIB, "{subsampled}");
    }

    #[test]
    fn absurd_sizes_do_not_overflow() {
        let mut order = order(Format::Svg, u32::MAX, u32::MAX, 65_535);
        order.rules.density = 2400.0;
        order.header.frames = u32::MAX;
        order.header.depth = 64;
        assert!(estimate(&order) > 1 << 50);
    }
}
