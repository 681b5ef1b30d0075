//! Colorize: a colour laid over the image.

use cropmark_rules::{Fault, operation::Colorize};

use super::{paint, pixels};
use crate::canvas::Canvas;

/// Moves every pixel towards the colour. A colour that is not solid covers less; what is
/// transparent stays so.
pub(crate) fn apply(rule: &Colorize, canvas: Canvas) -> Result<Canvas, Fault> {
    let share = rule.opacity * f64::from(rule.color.alpha) / 255.0;
    if share == 0.0 {
        return Ok(canvas);
    }
    let solid = cropmark_rules::value::Color { alpha: 255, ..rule.color };
    let canvas = paint::room_for(canvas, solid)?;
    let color = paint::color_levels(solid, &canvas)?;
    pixels::curves(canvas, |band, level| level + (color[band] - level) * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, gradient, pixel, plain};
    use cropmark_rules::value::Color;

    fn colorize(color: Color, opacity: f64, canvas: Canvas) -> Canvas {
        apply(&Colorize { color, opacity }, canvas).unwrap()
    }

    #[test]
    fn pixels_move_towards_the_colour() {
        let canvas = || plain(2, 2, Color { red: 100, green: 0, blue: 255, alpha: 50 });
        let red = Color::solid(200, 50, 55);
        assert_eq!(pixel(&colorize(red, 0.25, canvas()), 0, 0), [125, 13, 205, 50]);
        assert_eq!(pixel(&colorize(red, 1.0, canvas()), 1, 1), [200, 50, 55, 50]);
        let half = Color { alpha: 51, ..red };
        assert_eq!(pixel(&colorize(half, 1.0, canvas()), 1, 1), [120, 10, 215, 50]);
    }

    #[test]
    fn grey_becomes_rgb_only_for_a_colour() {
        assert_eq!(colorize(Color::BLACK, 0.5, gradient(3, 3, 1)).first().bands(), 1);
        assert_eq!(colorize(Color::solid(9, 0, 0), 0.5, gradient(3, 3, 2)).first().bands(), 4);
        for bands in 1..=4 {
            assert_sound(&colorize(Color::solid(1, 2, 3), 0.3, animated(5, 4, bands)), 3);
        }
    }

    #[test]
    fn nothing_laid_over_changes_nothing() {
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&colorize(Color::BLACK, 0.0, canvas.clone())), bytes(&canvas));
        assert_eq!(bytes(&colorize(Color::TRANSPARENT, 1.0, canvas.clone())), bytes(&canvas));
    }
}
