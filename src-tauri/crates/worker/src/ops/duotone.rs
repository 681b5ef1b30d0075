//! Duotone: tones mapped onto the line between two colours.

use cropmark_rules::{Fault, operation::Duotone, value::Color};

use super::{
    paint,
    pixels::{self, IDENTITY, LUMINANCE, Matrix},
};
use crate::canvas::Canvas;

/// Gives every pixel the colour that stands where its tone is between the rule's two colours.
/// A tone is the weighted sum of the gamma-coded channels.
pub(crate) fn apply(rule: &Duotone, canvas: Canvas) -> Result<Canvas, Fault> {
    if rule.amount == 0.0 {
        return Ok(canvas);
    }
    let canvas = canvas.colored()?;
    let solid = |color: Color| paint::color_levels(Color { alpha: 255, ..color }, &canvas);
    let (shadows, highlights) = (solid(rule.shadows)?, solid(rule.highlights)?);
    let line: Matrix = std::array::from_fn(|channel| {
        LUMINANCE.map(|weight| weight * (highlights[channel] - shadows[channel]) / 255.0)
    });
    let share = rule.amount / 100.0;
    let offset = std::array::from_fn(|channel| shadows[channel] * share);
    pixels::recombine(canvas, &pixels::between(&IDENTITY, &line, share), offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, drawn, gradient, pixel, plain};

    fn rule(amount: f64) -> Duotone {
        let (shadows, highlights) = (Color::solid(20, 30, 90), Color::solid(250, 200, 10));
        Duotone { shadows, highlights, amount }
    }

    #[test]
    fn black_and_white_become_the_two_colours() {
        let canvas = drawn(2, 1, 4, |x, _| if x == 0 { [0, 0, 0, 8] } else { [255; 4] });
        let toned = apply(&rule(100.0), canvas).unwrap();
        assert_eq!(pixel(&toned, 0, 0), [20, 30, 90, 8]);
        assert_eq!(pixel(&toned, 1, 0), [250, 200, 10, 255]);
    }

    #[test]
    fn tones_stand_on_the_line() {
        let canvas = || plain(1, 1, Color::solid(200, 100, 50));
        // A tone of 117.65 / 255 = 0.46137.
        assert_eq!(pixel(&apply(&rule(100.0), canvas()).unwrap(), 0, 0), [126, 108, 53]);
        // Half way from (200, 100, 50) to (126.12, 108.43, 53.09).
        assert_eq!(pixel(&apply(&rule(50.0), canvas()).unwrap(), 0, 0), [163, 104, 52]);
        let grey = drawn(1, 1, 1, |_, _| [51; 4]);
        assert_eq!(pixel(&apply(&rule(100.0), grey).unwrap(), 0, 0), [66, 64, 74]);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            assert_sound(&apply(&rule(90.0), animated(5, 4, bands)).unwrap(), 3);
        }
        let canvas = gradient(5, 4, 2);
        assert_eq!(bytes(&apply(&rule(0.0), canvas.clone()).unwrap()), bytes(&canvas));
    }
}
