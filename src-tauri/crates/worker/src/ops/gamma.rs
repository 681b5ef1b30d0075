//! Gamma: bends the tone curve between black and white.

use cropmark_rules::{Fault, operation::Gamma};

use super::pixels;
use crate::canvas::Canvas;

/// Raises every level, as a share of white, to one through the rule's value.
#[expect(clippy::float_cmp, reason = "exactly 1 changes nothing")]
pub(crate) fn apply(rule: &Gamma, canvas: Canvas) -> Result<Canvas, Fault> {
    if rule.value == 1.0 {
        return Ok(canvas);
    }
    let exponent = 1.0 / rule.value;
    pixels::curve(canvas, |level| (level / 255.0).powf(exponent) * 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, gradient, pixel, plain};
    use cropmark_rules::value::Color;

    fn gamma(value: f64, canvas: Canvas) -> Canvas {
        apply(&Gamma { value }, canvas).unwrap()
    }

    #[test]
    fn the_ends_stay_and_the_middle_is_lifted() {
        let color = Color { red: 0, green: 64, blue: 255, alpha: 9 };
        // The root of 64 / 255 is 0.50098, and that of 255 is 127.75.
        assert_eq!(pixel(&gamma(2.0, plain(2, 2, color)), 0, 1), [0, 128, 255, 9]);
        // (64 / 255)² is 0.06299, and that of 255 is 16.06.
        assert_eq!(pixel(&gamma(0.5, plain(2, 2, color)), 0, 1), [0, 16, 255, 9]);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            assert_sound(&gamma(2.2, animated(5, 4, bands)), 3);
        }
        let canvas = gradient(5, 4, 4);
        assert_eq!(bytes(&gamma(1.0, canvas.clone())), bytes(&canvas));
    }
}
