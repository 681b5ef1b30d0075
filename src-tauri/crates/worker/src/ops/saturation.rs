//! Saturation: colours further from their grey, or nearer to it.

use cropmark_rules::{Fault, operation::Saturation};

use super::{
    grayscale,
    pixels::{self, IDENTITY},
};
use crate::canvas::Canvas;

/// Scales the distance of every colour from its grey.
pub(crate) fn apply(rule: &Saturation, canvas: Canvas) -> Result<Canvas, Fault> {
    if rule.amount == 0.0 || canvas.first().bands() < 3 {
        return Ok(canvas);
    }
    let chroma = 1.0 + rule.amount / 100.0;
    pixels::recombine(canvas, &pixels::between(&grayscale::GREY, &IDENTITY, chroma), [0.0; 3])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, gradient, pixel, plain};
    use cropmark_rules::value::Color;

    fn saturation(amount: f64, canvas: Canvas) -> Canvas {
        apply(&Saturation { amount }, canvas).unwrap()
    }

    #[test]
    fn the_distance_from_grey_is_scaled() {
        let canvas = || plain(2, 2, Color { red: 150, green: 100, blue: 120, alpha: 33 });
        // The grey of it: 0.2126 x 150 + 0.7152 x 100 + 0.0722 x 120 = 112.07.
        assert_eq!(pixel(&saturation(100.0, canvas()), 0, 0), [188, 88, 128, 33]);
        assert_eq!(pixel(&saturation(-50.0, canvas()), 0, 0), [131, 106, 116, 33]);
        assert_eq!(pixel(&saturation(-100.0, canvas()), 0, 0), [112, 112, 112, 33]);
    }

    #[test]
    fn grey_pixels_and_grey_canvases_stay() {
        let grey = plain(2, 2, Color::solid(77, 77, 77));
        assert_eq!(pixel(&saturation(100.0, grey), 0, 0), [77, 77, 77]);
        let canvas = gradient(5, 4, 2);
        assert_eq!(bytes(&saturation(60.0, canvas.clone())), bytes(&canvas));
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&saturation(0.0, canvas.clone())), bytes(&canvas));
        for bands in 1..=4 {
            assert_sound(&saturation(30.0, animated(5, 4, bands)), 3);
        }
    }
}
