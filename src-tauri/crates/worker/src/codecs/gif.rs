//! GIF, still and animated.

use cropmark_rules::Encoding;

use crate::vips::Call;

const EFFORT: u8 = 6;

pub(super) fn saver(encoding: &Encoding) -> Call {
    Call::new("gifsave_buffer")
        .number("effort", encoding.effort.unwrap_or(EFFORT).min(9) + 1)
        .flag("interlace", encoding.progressive.unwrap_or(false))
        // Frames stay as many as there are, so that what is timed by them stays in step.
        .flag("keep-duplicate-frames", true)
}
