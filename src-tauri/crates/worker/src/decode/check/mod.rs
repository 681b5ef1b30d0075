//! What the raw bytes say before libvips sees them: sizes that would already be costly to read
//! as a header, files that end in the middle, and facts that libvips does not tell.
//!
//! Nothing here trusts a length or an offset: every read may fail, and every loop ends with the
//! file or with a limit.

mod gif;
mod heif;
mod jpeg;
mod png;
mod tiff;

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek},
};

use cropmark_rules::{Fault, FaultCode, Format, Limits};

use super::content::Content;
use crate::color::Cicp;

/// Text of an SVG; more is no drawing but a way to keep the parser busy.
const SVG_BYTES: u64 = 32 << 20;

/// The share of a worker's memory that a decoder may need for buffers of its own, in percent.
const DECODER_PERCENT: u64 = 60;

/// What the raw bytes say.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Raw {
    /// Colours by code points instead of a profile.
    pub(super) cicp: Option<Cicp>,
    /// Metadata that libvips does not read.
    pub(super) texts: BTreeMap<String, String>,
    /// Bytes that the decoder holds besides the pixels before it gives the first of them.
    pub(super) buffer_bytes: u64,
    /// What the person should know.
    pub(super) notes: Vec<String>,
}

/// Looks at the raw bytes of a source.
pub(super) fn check(content: &Content, format: Format, limits: &Limits) -> Result<Raw, Fault> {
    let mut raw = Raw::default();
    // libvips maps these whole, and falls over where it cannot.
    if matches!(format, Format::Jpeg | Format::Webp | Format::Gif) {
        memory(content.length(), "A file", limits)?;
    }
    let reader = &mut content.reader();
    match format {
        Format::Jpeg => raw.buffer_bytes = jpeg::check(reader, limits)?,
        Format::Png => png::check(reader, limits, &mut raw)?,
        Format::Gif => gif::check(reader, limits)?,
        Format::Tiff => tiff::check(reader, &mut raw)?,
        Format::Avif => raw.cicp = heif::cicp(reader),
        Format::Svg if content.length() > SVG_BYTES => {
            return Err(Fault::new(
                FaultCode::TooLarge,
                format!("The SVG's text is larger than {} MiB.", SVG_BYTES >> 20),
            ));
        }
        _ => {}
    }
    Ok(raw)
}

/// Keeps a size to the limits. `frames` counts only what stands in memory together.
pub(super) fn size(width: u64, height: u64, frames: u64, limits: &Limits) -> Result<(), Fault> {
    let too_large = |message: String| Err(Fault::new(FaultCode::TooLarge, message));
    if width == 0 || height == 0 {
        return Err(Fault::new(FaultCode::Unreadable, "The picture's size is given as zero."));
    }
    if frames > u64::from(limits.frames) {
        return too_large(format!(
            "The source has {frames} frames, which is over the limit of {}.",
            limits.frames
        ));
    }
    if width.max(height) > u64::from(limits.side) {
        return too_large(format!(
            "The source is {width} x {height} pixels, which is over the limit of {} a side.",
            limits.side
        ));
    }
    let pixels = width.saturating_mul(height).saturating_mul(frames.max(1));
    if pixels > limits.source_pixels {
        let of = if frames > 1 { format!(" x {frames} frames") } else { String::new() };
        return too_large(format!(
            "The source is {width} x {height}{of} pixels, which is over the limit of {} megapixels.",
            limits.source_pixels / 1_000_000
        ));
    }
    Ok(())
}

/// Refuses what a decoder can only read with more memory than there is.
fn memory(bytes: u64, what: &str, limits: &Limits) -> Result<(), Fault> {
    if bytes > limits.worker_bytes / 100 * DECODER_PERCENT {
        return Err(Fault::new(
            FaultCode::TooLarge,
            format!(
                "{what} of this size takes {} MiB of memory to decode, and a worker has {} MiB.",
                bytes >> 20,
                limits.worker_bytes >> 20
            ),
        ));
    }
    Ok(())
}

fn bytes<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn skip(reader: &mut impl Seek, count: u64) -> io::Result<()> {
    reader.seek_relative(i64::try_from(count).map_err(|_| io::ErrorKind::InvalidInput)?)
}
