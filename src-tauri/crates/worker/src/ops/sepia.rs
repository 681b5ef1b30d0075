//! Sepia: the brown of old prints, by the matrix of the Filter Effects specification of CSS.

use cropmark_rules::{Fault, operation::Sepia};

use super::pixels::{self, IDENTITY, Matrix};
use crate::canvas::Canvas;

const BROWN: Matrix = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];

/// Moves every colour towards its brown.
pub(crate) fn apply(rule: &Sepia, canvas: Canvas) -> Result<Canvas, Fault> {
    if rule.amount == 0.0 {
        return Ok(canvas);
    }
    let share = rule.amount / 100.0;
    pixels::recombine(canvas, &pixels::between(&IDENTITY, &BROWN, share), [0.0; 3])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, gradient, pixel, plain};
    use cropmark_rules::value::Color;

    fn sepia(amount: f64, canvas: Canvas) -> Canvas {
        apply(&Sepia { amount }, canvas).unwrap()
    }

    #[test]
    fn colours_become_brown() {
        let canvas = || plain(2, 2, Color { red: 100, green: 50, blue: 20, alpha: 7 });
        // 39.3 + 38.45 + 3.78 = 81.53; 34.9 + 34.3 + 3.36 = 72.56; 27.2 + 26.7 + 2.62 = 56.52.
        assert_eq!(pixel(&sepia(100.0, canvas()), 0, 1), [82, 73, 57, 7]);
        // Half way from (100, 50, 20).
        assert_eq!(pixel(&sepia(50.0, canvas()), 0, 1), [91, 61, 38, 7]);
        // White overflows red and green and stops there.
        let white = plain(1, 1, Color::WHITE);
        assert_eq!(pixel(&sepia(100.0, white), 0, 0), [255, 255, 239]);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            assert_sound(&sepia(80.0, animated(5, 4, bands)), 3);
        }
        let canvas = gradient(5, 4, 1);
        assert_eq!(bytes(&sepia(0.0, canvas.clone())), bytes(&canvas));
    }
}
