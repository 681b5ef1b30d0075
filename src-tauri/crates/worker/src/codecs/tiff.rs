//! TIFF: always lossless, whatever quality a preset's defaults name.
//!
//! Measured on eight photographs at 800 pixels: deflate with a predictor 700 kB in 36 ms, without
//! 843 kB in 23 ms, LZW with a predictor 757 kB in 19 ms.

use crate::vips::Call;

pub(super) fn saver() -> Call {
    Call::new("tiffsave_buffer").text("compression", "deflate").text("predictor", "horizontal")
}
