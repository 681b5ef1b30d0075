//! TIFF: always lossless, whatever quality a preset's defaults name.

use crate::vips::Call;

pub(super) fn saver() -> Call {
    Call::new("tiffsave_buffer").text("compression", "deflate").text("predictor", "horizontal")
}
