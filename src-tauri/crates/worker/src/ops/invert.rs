//! Invert: black for white, and every colour for its opposite.

use cropmark_rules::Fault;

use super::pixels;
use crate::canvas::Canvas;

/// Inverts the colours; alpha stays.
pub(crate) fn apply(canvas: Canvas) -> Result<Canvas, Fault> {
    pixels::curve(canvas, |level| 255.0 - level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, gradient, pixel};

    #[test]
    fn colours_turn_and_alpha_does_not() {
        let canvas = gradient(9, 9, 4);
        let before = pixel(&canvas, 3, 5);
        let inverted = apply(canvas).unwrap();
        let expected = [255 - before[0], 255 - before[1], 255 - before[2], before[3]];
        assert_eq!(pixel(&inverted, 3, 5), expected);
        let grey = apply(gradient(9, 9, 2)).unwrap();
        assert_eq!(pixel(&grey, 3, 5), [255 - before[0], before[1]]);
    }

    #[test]
    fn twice_is_the_image_again() {
        for bands in 1..=4 {
            let canvas = animated(6, 5, bands);
            let twice = apply(apply(canvas.clone()).unwrap()).unwrap();
            assert_sound(&twice, 3);
            assert_eq!(bytes(&twice), bytes(&canvas));
        }
    }
}
