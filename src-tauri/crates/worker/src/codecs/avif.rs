//! AVIF, and HEIC where the library can.

use cropmark_rules::{Chroma, Encoding};

use crate::vips::Call;

const EFFORT: u8 = 2;

pub(super) fn saver(encoding: &Encoding, quality: u8, compression: &str) -> Call {
    let chroma =
        if encoding.chroma == Some(Chroma::Full) || encoding.lossless { "off" } else { "on" };
    let call = Call::new("heifsave_buffer")
        .text("compression", compression)
        .number("effort", encoding.effort.unwrap_or(EFFORT).min(9))
        .number("bitdepth", 8)
        .text("subsample-mode", chroma);
    if encoding.lossless { call.flag("lossless", true) } else { call.number("Q", quality) }
}
