//! JPEG.
//!
//! Measured on eight photographs at 1280 pixels (libvips 8.18 with mozjpeg), quality 80: bytes,
//! milliseconds of one core, SSIMULACRA2 score.
//!
//! | | kB | ms | score |
//! |---|---|---|---|
//! | plain, the standard's tables | 174.6 | 4.5 | 76.9 |
//! | Huffman tables made for the picture, the standard's tables | 171.4 | 9.8 | 76.9 |
//! | the same, tables tuned for MS-SSIM | 162.1 | 9.5 | 77.1 |
//! | progressive, tables tuned for MS-SSIM | 155 | 19 | 77.1 |
//! | the same with trellis quantisation, at quality 83 for an equal score | 155.3 | 72 | 77.4 |
//!
//! So the tuned tables are taken from the lowest effort but one: about 6 % fewer bytes and a
//! score no lower, at no cost (at 2048 pixels 377 instead of 404 kB, in 9 ms either way). Above
//! quality 85 they cost more than they bring (at 90: 6 % more bytes, the same score). Huffman
//! tables for the picture save another 3 % and double the time; trellis quantisation saves a
//! tenth at the same number for quality, but a lower score goes with it.

use cropmark_rules::{Chroma, Encoding};

use crate::vips::Call;

/// Effort where none is asked for.
const EFFORT: u8 = 1;

/// From this effort on, quantisation tables are those tuned for MS-SSIM.
const TUNED: u8 = 1;
/// From this effort on, Huffman tables are made for the picture.
const OPTIMISED: u8 = 2;
/// From this effort on, scans go from coarse to fine.
const PROGRESSIVE: u8 = 4;
/// From this effort on, coefficients are chosen by what they cost.
const TRELLIS: u8 = 7;
/// From this effort on, the division into scans is searched.
const SCANS: u8 = 9;

/// mozjpeg's number for the tables tuned for MS-SSIM on Kodak's pictures, and the highest
/// quality up to which they pay.
const MS_SSIM: u8 = 2;
const MOST_TUNED_QUALITY: u8 = 85;

pub(super) fn saver(encoding: &Encoding, quality: u8) -> Call {
    let effort = encoding.effort.unwrap_or(EFFORT);
    let progressive = encoding.progressive.unwrap_or(effort >= PROGRESSIVE);
    let chroma = if encoding.chroma == Some(Chroma::Full) { "off" } else { "on" };
    let tuned = effort >= TUNED && quality <= MOST_TUNED_QUALITY;
    Call::new("jpegsave_buffer")
        .number("Q", quality)
        .text("subsample-mode", chroma)
        .number("quant-table", if tuned { MS_SSIM } else { 0 })
        .flag("optimize-coding", effort >= OPTIMISED)
        .flag("interlace", progressive)
        .flag("trellis-quant", effort >= TRELLIS)
        .flag("overshoot-deringing", effort >= TRELLIS)
        .flag("optimize-scans", progressive && effort >= SCANS)
}
