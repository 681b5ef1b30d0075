//! Brightness: adds the same to every channel.

use cropmark_rules::{Fault, operation::Brightness};

use super::pixels;
use crate::canvas::Canvas;

/// Adds the rule's share of full white to every channel.
pub(crate) fn apply(rule: &Brightness, canvas: Canvas) -> Result<Canvas, Fault> {
    if rule.amount == 0.0 {
        return Ok(canvas);
    }
    let shift = rule.amount / 100.0 * 255.0;
    pixels::curve(canvas, |level| level + shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, gradient, pixel, plain};
    use cropmark_rules::value::Color;

    fn brightness(amount: f64, canvas: Canvas) -> Canvas {
        apply(&Brightness { amount }, canvas).unwrap()
    }

    #[test]
    fn every_channel_moves_by_the_same_and_stops_at_the_ends() {
        let color = Color { red: 0, green: 100, blue: 240, alpha: 77 };
        // A fifth of 255 is 51.
        assert_eq!(pixel(&brightness(20.0, plain(2, 2, color)), 1, 1), [51, 151, 255, 77]);
        assert_eq!(pixel(&brightness(-20.0, plain(2, 2, color)), 1, 1), [0, 49, 189, 77]);
        assert_eq!(pixel(&brightness(-100.0, plain(2, 2, color)), 1, 1), [0, 0, 0, 77]);
        // A hundredth is 2.55, which rounds to 3.
        assert_eq!(pixel(&brightness(1.0, plain(2, 2, color)), 0, 0), [3, 103, 243, 77]);
    }

    #[test]
    fn grey_and_frames_are_kept() {
        for bands in 1..=4 {
            assert_sound(&brightness(10.0, animated(5, 4, bands)), 3);
        }
        let canvas = gradient(5, 4, 2);
        assert_eq!(bytes(&brightness(0.0, canvas.clone())), bytes(&canvas));
    }
}
