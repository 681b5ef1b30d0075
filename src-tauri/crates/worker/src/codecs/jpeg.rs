//! JPEG.

use cropmark_rules::{Chroma, Encoding};

use crate::vips::Call;

/// Effort where none is asked for.
const EFFORT: u8 = 2;

/// From this effort on, Huffman tables are made for the picture.
const OPTIMISED: u8 = 1;
/// From this effort on, scans go from coarse to fine.
const PROGRESSIVE: u8 = 3;
/// From this effort on, coefficients are chosen by what they cost.
const TRELLIS: u8 = 5;
/// From this effort on, the division into scans is searched.
const SCANS: u8 = 7;

pub(super) fn saver(encoding: &Encoding, quality: u8) -> Call {
    let effort = encoding.effort.unwrap_or(EFFORT);
    let progressive = encoding.progressive.unwrap_or(effort >= PROGRESSIVE);
    let chroma = if encoding.chroma == Some(Chroma::Full) { "off" } else { "on" };
    let trellis = effort >= TRELLIS;
    Call::new("jpegsave_buffer")
        .number("Q", quality)
        .text("subsample-mode", chroma)
        .flag("optimize-coding", effort >= OPTIMISED)
        .flag("interlace", progressive)
        .flag("trellis-quant", trellis)
        .flag("overshoot-deringing", trellis)
        .flag("optimize-scans", progressive && effort >= SCANS)
}
