//! WebP, still and animated.

use cropmark_rules::{Chroma, Encoding};

use crate::vips::Call;

/// libwebp's own effort (0–6) where none is asked for.
const EFFORT: u8 = 2;

pub(super) fn saver(encoding: &Encoding, quality: u8) -> Call {
    let effort = encoding.effort.map_or(EFFORT, native_effort);
    Call::new("webpsave_buffer")
        .number("Q", quality)
        .number("effort", effort)
        .flag("lossless", encoding.lossless)
        // WebP has no full chroma; this is the nearest it comes.
        .flag("smart-subsample", encoding.chroma == Some(Chroma::Full))
}

/// From 0–9 to libwebp's 0–6, rounded to the nearest: 6 is its default of 4.
fn native_effort(effort: u8) -> u8 {
    (effort.min(9) * 6 + 4) / 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_native_effort_can_be_asked_for() {
        let all: Vec<u8> = (0..=9).map(native_effort).collect();
        assert_eq!(all, [0, 1, 1, 2, 3, 3, 4, 5, 5, 6]);
    }
}
