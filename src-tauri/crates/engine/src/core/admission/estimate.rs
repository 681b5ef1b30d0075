//! How much memory a job takes, from the source's header and the chains, before any pixel is
//! read. A little too much rather than too little, so that admission is safe.
//!
//! The parts and their numbers were found by measuring new workers' peaks with the crate's
//! example `load memory`; a table of such measurements is a test.

#[cfg(test)]
mod tests;

use cropmark_rules::{
    Encoding, Format, FormatRule, Frames, Limits, Operation, SourceRules,
    canonical::uses_faces,
    derive::{Derivation, derive},
    format::Memory,
    geometry::{self, Size},
    protocol::Header,
};

use crate::core::order::{OrderedVariant, RenderOrder};

/// A worker with libvips loaded, before any picture.
const WORKER_BYTES: u64 = 18 << 20;
/// Sources up to this many bytes are read into memory as they are.
const WHOLE_FILE_BYTES: u64 = 64 << 20;
/// Rows of a source that are in memory while it is scaled down, each [`ROW_COPIES`] times.
const ROWS: u64 = 400;
const ROW_COPIES: u64 = 3;
/// What a compressed overlay grows to when it is decoded, at a guess.
const OVERLAY_GROWTH: u64 = 8;
/// Fonts and the text that is drawn with them.
const TEXT_BYTES: u64 = 8 << 20;
/// Finding faces, in a picture of at most so many pixels before it is scaled down.
const FACES_BYTES: u64 = 32 << 20;
const FACES_PIXELS: u64 = 1280 * 1280;
/// The largest picture that a vector is drawn as, in pixels, unless it is larger by itself.
const VECTOR_PIXELS: u64 = 64_000_000;

/// Estimates an order whose source and overlays have files of so many bytes; in bytes.
pub(super) fn estimate(order: &RenderOrder, source_bytes: u64, overlay_bytes: u64) -> u64 {
    let RenderOrder { header, rules, focal, variants, .. } = order;
    let size = read_size(header, rules);
    let frames = read_frames(header, rules);
    let pixel_bytes = u64::from(header.bands.max(1)) * u64::from(header.depth.max(8)).div_ceil(8);
    let chains: Vec<&[Operation]> =
        variants.iter().map(|variant| variant.operations.as_slice()).collect();
    let derivation = derive(&chains, size, *focal);

    let source = Source { header, size, frames, pixel_bytes, derivation: &derivation };
    let keeps = order.proxy.is_some() || source.is_read_often();
    let whole = if keeps { source.reduced_pixels().saturating_mul(pixel_bytes) } else { 0 };
    let pixels = whole.saturating_mul(frames).saturating_add(source.rows());

    // Every scale that another one is derived from stays until the job ends; colour work may
    // give a picture an alpha band that the source lacks.
    let wide_bytes = pixel_bytes.max(4).saturating_mul(frames);
    // Of a scale longer than a side may be, only the part that is kept is ever computed.
    let made = |size: &Size| size.width.max(size.height) <= Limits::default().side;
    let sizes = derivation.scales.iter().map(|scale| scale.size).filter(made);
    let scales = sizes.map(Size::pixels);
    let scales = scales.fold(0, u64::saturating_add).saturating_mul(wide_bytes);
    // Variants are finished one after the other, so only the most expensive one counts.
    let finishing = variants.iter().map(|variant| finishing(variant, size, wide_bytes, frames));

    let parts = [
        source_bytes.min(WHOLE_FILE_BYTES),
        source.decoder(),
        pixels,
        scales,
        finishing.max().unwrap_or(0),
        overlay_bytes.saturating_mul(OVERLAY_GROWTH),
        if finds_faces(order) { source.faces() } else { 0 },
    ];
    parts.into_iter().fold(WORKER_BYTES, u64::saturating_add)
}

/// Whether the worker looks for faces.
fn finds_faces(order: &RenderOrder) -> bool {
    order.faces.is_none() && order.variants.iter().any(|variant| uses_faces(&variant.operations))
}

/// Bytes of memory that the largest result takes besides the worker's own, while it is copied to its
/// file.
pub(super) fn result_bytes(order: &RenderOrder) -> u64 {
    let size = read_size(&order.header, &order.rules);
    let frames = read_frames(&order.header, &order.rules);
    let wanted = order.variants.iter().filter(|variant| variant.target.is_some());
    let results = wanted.map(|variant| {
        let pixels = result_size(&variant.operations, size).pixels().saturating_mul(frames);
        let is_lossless = match variant.encoding.format {
            FormatRule::Named(Format::Png | Format::Tiff | Format::Bmp) => true,
            FormatRule::Source => order.header.alpha,
            _ => variant.encoding.lossless,
        };
        let level_bytes = if variant.encoding.depth.is_some() { 2 } else { 1 };
        pixels.saturating_mul(if is_lossless { 4 * level_bytes } else { level_bytes })
    });
    results.max().unwrap_or(0)
}

/// The upright size that the source is read at.
fn read_size(header: &Header, rules: &SourceRules) -> Size {
    let (width, height) =
        if rules.auto_orient { header.upright_size() } else { (header.width, header.height) };
    let (width, height) = if header.format.facts().vector {
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

/// How many frames are read.
pub(crate) fn read_frames(header: &Header, rules: &SourceRules) -> u64 {
    if !header.format.has_frames() {
        return 1;
    }
    let there = header.frames.saturating_sub(rules.page).max(1);
    match rules.frames {
        Frames::All => u64::from(there),
        Frames::Count(count) => u64::from(there.min(count.max(1))),
    }
}

/// How a source is read.
struct Source<'a> {
    header: &'a Header,
    /// The upright size that chains count in.
    size: Size,
    frames: u64,
    /// Bytes of one pixel of one frame.
    pixel_bytes: u64,
    derivation: &'a Derivation,
}

impl Source<'_> {
    /// Whether the decoded source stays in memory, because several scales are made from it or one
    /// chain does not read its rows in order.
    fn is_read_often(&self) -> bool {
        let Derivation { scales, scale_of, .. } = self.derivation;
        let readers = scales.iter().filter(|scale| scale.parent.is_none()).count();
        readers > 1 || self.frames > 1 || scale_of.iter().any(Option::is_none)
    }

    /// By how much the decoder divides the sides, as far as that saves it work.
    fn shrink(&self) -> u64 {
        if self.header.format.facts().shrinks_on_load && self.frames == 1 {
            u64::from(self.derivation.shrink.max(1))
        } else {
            1
        }
    }

    /// Pixels of a frame once it is decoded.
    fn reduced_pixels(&self) -> u64 {
        let pixels = self.size.pixels();
        if self.header.format.facts().vector {
            return self.vector_pixels(pixels);
        }
        // Other decoders' rows are averaged as they come.
        let shrink = u64::from(self.derivation.shrink.max(1));
        pixels / (shrink * shrink)
    }

    /// A vector is drawn as large as its largest variant needs.
    fn vector_pixels(&self, own: u64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an estimate; a float too large for the type becomes its largest value"
        )]
        let needed = (own as f64 * self.derivation.density.powi(2)) as u64;
        needed.min(own.max(VECTOR_PIXELS))
    }

    /// Bytes of the rows that are in memory while the source is scaled down. Those of all frames count,
    /// because frames are scaled when the encoder asks for them and all are kept until the last.
    fn rows(&self) -> u64 {
        if self.derivation.scales.is_empty() {
            return 0;
        }
        let shrink = self.shrink();
        let width = u64::from(self.header.width) / shrink;
        let height = (u64::from(self.header.height) / shrink).min(ROWS);
        let frame = width.saturating_mul(height).saturating_mul(self.pixel_bytes * ROW_COPIES);
        frame.saturating_mul(self.frames)
    }

    /// What finding faces takes: it is done on a picture of its own, which is decoded first.
    fn faces(&self) -> u64 {
        // The sides are divided by eight at most.
        let pixels = self.size.pixels().min(FACES_PIXELS.max(self.size.pixels() / 64));
        FACES_BYTES.saturating_add(pixels.saturating_mul(self.pixel_bytes.max(4)))
    }

    /// What the decoder takes for itself.
    fn decoder(&self) -> u64 {
        let facts = self.header.format.facts();
        let full = u64::from(self.header.width).saturating_mul(u64::from(self.header.height));
        let shrink = self.shrink();
        let pixels = if facts.vector {
            self.vector_pixels(self.size.pixels())
        } else {
            full / (shrink * shrink)
        };
        let Memory { fixed, pixel } = facts.decoder;
        let own = if self.frames > 1 {
            pixels.saturating_mul(pixel.animated)
        } else {
            pixels.saturating_mul(pixel.still).saturating_add(fixed)
        };
        own.saturating_add(self.header.buffer_bytes)
    }
}

/// The most pixels of which a score is measured, and bytes that it takes a pixel
/// (`worker/src/encode/score.rs`).
const SCORED_PIXELS: u64 = 2048 * 2048;
const SCORE_BYTES: u64 = 110;

/// The picture after the last operation and the encoder.
fn finishing(variant: &OrderedVariant, from: Size, wide_bytes: u64, frames: u64) -> u64 {
    let pixels = result_size(&variant.operations, from).pixels();
    let encoder = pixels.saturating_mul(encoder_bytes(&variant.encoding, frames));
    let writes = variant.operations.iter().any(|operation| matches!(operation, Operation::Text(_)));
    let text = if writes { TEXT_BYTES } else { 0 };
    let score =
        if variant.encoding.is_scored() { pixels.min(SCORED_PIXELS) * SCORE_BYTES } else { 0 };
    let bytes = pixels.saturating_mul(wide_bytes).saturating_add(encoder);
    // Levels of sixteen bits, of a source that may have eight.
    let bytes = if variant.encoding.depth.is_some() { bytes.saturating_mul(2) } else { bytes };
    bytes.saturating_add(text).saturating_add(score)
}

/// The size after a chain; what needs pixels (trim) is taken as not changing it.
fn result_size(operations: &[Operation], from: Size) -> Size {
    operations.iter().fold(from, |size, operation| match operation {
        Operation::Crop(rule) => geometry::crop_size(rule, size),
        Operation::Resize(rule) => geometry::resize(rule, size).result(),
        Operation::Extend(rule) => geometry::extend_size(rule, size),
        Operation::Pad(rule) => geometry::pad(rule, size).0,
        Operation::Rotate(rule) => turned(size, rule.angle),
        _ => size,
    })
}

/// The box around a picture that was turned by so many degrees.
fn turned(size: Size, degrees: f64) -> Size {
    let (up, along) = degrees.to_radians().sin_cos();
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "never negative; a float too large for the type becomes its largest value"
    )]
    let edge = |one: f64, other: f64| (one * along.abs() + other * up.abs()).ceil() as u32;
    Size::new(edge(width, height), edge(height, width))
}

/// Bytes a pixel of one frame that an encoder takes beside the picture, its output included.
fn encoder_bytes(encoding: &Encoding, frames: u64) -> u64 {
    let format = match encoding.format {
        FormatRule::Named(format) => format,
        // The most expensive one that is tried.
        FormatRule::Smallest => return Format::Avif.facts().encoder.still,
        FormatRule::Source => return Format::Webp.facts().encoder.still,
    };
    let bytes = format.facts().encoder;
    if frames > 1 { bytes.animated } else { bytes.still }
}
