//! WebP, still and animated.
//!
//! Measured on eight photographs at 1280 pixels, quality 80: libwebp's efforts 0 to 6 give 165,
//! 143, 134, 130, 130, 127 and 124 kB in 30, 37, 46, 100, 101, 114 and 232 ms, with a
//! SSIMULACRA2 score of 71.6 to 72.2. At 2048 pixels effort 2 against 4: 289 kB in 111 ms against
//! 281 kB in 252 ms, the same score (70.7). So 2, which is where the time begins to climb.

use cropmark_rules::{Chroma, Encoding, Fault, Format, Limits};

use super::{ImageFormat, Load, RawFacts, check::memory};
use crate::{content::Content, vips::Call};

/// libwebp's own effort (0–6) where none is asked for.
const EFFORT: u8 = 2;

pub(super) struct Webp;

impl ImageFormat for Webp {
    fn format(&self) -> Format {
        Format::Webp
    }

    fn loader(&self) -> &'static str {
        "webpload_source"
    }

    fn check(
        &self,
        content: &Content,
        limits: &Limits,
        _facts: &mut RawFacts,
    ) -> Result<(), Fault> {
        // libvips maps it whole, and falls over where it cannot.
        memory(content.length(), "A file", limits)
    }

    fn select(&self, call: Call, load: &Load<'_>) -> Call {
        let call = call.number("page", load.page).number("n", load.count);
        // A shrinking decoder scales while it converts colours, which takes 158 to 234 instead of
        // 390 ms for 22 megapixels.
        if load.shrink > 1 { call.number("scale", 1.0 / f64::from(load.shrink)) } else { call }
    }

    fn saver(&self, encoding: &Encoding, quality: u8) -> Option<Call> {
        let effort = encoding.effort.map_or(EFFORT, native_effort);
        let call = Call::new("webpsave_buffer")
            .number("Q", quality)
            .number("effort", effort)
            .flag("lossless", encoding.lossless)
            // WebP has no full chroma; this is the nearest it comes.
            .flag("smart-subsample", encoding.chroma == Some(Chroma::Full));
        Some(call)
    }
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
