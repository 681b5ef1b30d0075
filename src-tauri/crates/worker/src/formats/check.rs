//! What the checks of the formats share: limits, and reading raw bytes.

use std::io::{self, Read, Seek};

use cropmark_rules::{Fault, FaultCode, Limits};

/// The share of a worker's memory that a decoder may need for buffers of its own, in percent.
const DECODER_PERCENT: u64 = 60;

/// Keeps a size to the limits. `frames` counts only what stands in memory together.
pub(crate) fn size(width: u64, height: u64, frames: u64, limits: &Limits) -> Result<(), Fault> {
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
pub(super) fn memory(bytes: u64, what: &str, limits: &Limits) -> Result<(), Fault> {
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

pub(super) fn bytes<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn skip(reader: &mut impl Seek, count: u64) -> io::Result<()> {
    reader.seek_relative(i64::try_from(count).map_err(|_| io::ErrorKind::InvalidInput)?)
}
