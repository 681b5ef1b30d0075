//! Contrast: a steeper or flatter line through the middle grey.

use cropmark_rules::{Fault, operation::Contrast};

use super::pixels;
use crate::canvas::Canvas;

/// Half of full white, which stays where it is.
const MIDDLE: f64 = 127.5;

/// Moves every level away from the middle, or towards it.
pub(crate) fn apply(rule: &Contrast, canvas: Canvas) -> Result<Canvas, Fault> {
    if rule.amount == 0.0 {
        return Ok(canvas);
    }
    let slope = 1.0 + rule.amount / 100.0;
    pixels::curve(canvas, |level| (level - MIDDLE) * slope + MIDDLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, drawn, gradient, pixel};

    fn contrast(amount: f64, canvas: Canvas) -> Canvas {
        apply(&Contrast { amount }, canvas).unwrap()
    }

    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "256 columns")]
    fn every_level_is_on_the_line() {
        let ramp = drawn(256, 1, 2, |x, _| [x as u8, 200, 0, 0]);
        for amount in [-100.0, -40.0, 35.0, 100.0] {
            let result = bytes(&contrast(amount, ramp.clone()));
            for (level, pair) in result.chunks_exact(2).enumerate() {
                let level = f64::from(u8::try_from(level).unwrap());
                let expected = 127.5 + (level - 127.5) * (100.0 + amount) / 100.0;
                let distance = (f64::from(pair[0]) - expected.clamp(0.0, 255.0)).abs();
                assert!(distance <= 0.5 + 1e-9, "{amount} at {level}: {}", pair[0]);
                assert_eq!(pair[1], 200);
            }
        }
    }

    #[test]
    fn the_least_is_flat_grey() {
        let flat = contrast(-100.0, gradient(9, 9, 3));
        assert_eq!(pixel(&flat, 0, 0), [128, 128, 128]);
        assert_eq!(pixel(&flat, 8, 5), [128, 128, 128]);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            assert_sound(&contrast(30.0, animated(5, 4, bands)), 3);
        }
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&contrast(0.0, canvas.clone())), bytes(&canvas));
    }
}
