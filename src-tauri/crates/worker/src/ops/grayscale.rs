//! Grayscale: removes colour, wholly or in part.

use cropmark_rules::{ColorSpace, Fault, operation::Grayscale};

use super::pixels::{self, IDENTITY, LUMINANCE, Matrix};
use crate::{
    canvas::{Canvas, Space, fault},
    vips::{Call, Image},
};

/// Every channel becomes the grey of all three.
pub(super) const GREY: Matrix = [LUMINANCE, LUMINANCE, LUMINANCE];

/// Moves every colour towards its grey. Wholly grey, an sRGB canvas keeps one band of it; in
/// other spaces it stays RGB, so that the profile that goes with the file still fits.
pub(crate) fn apply(rule: &Grayscale, canvas: Canvas) -> Result<Canvas, Fault> {
    if rule.amount == 0.0 || canvas.first().bands() < 3 {
        return Ok(canvas);
    }
    if rule.amount < 100.0 {
        let share = rule.amount / 100.0;
        return pixels::recombine(canvas, &pixels::between(&IDENTITY, &GREY, share), [0.0; 3]);
    }
    if canvas.space == Space::Working(ColorSpace::Srgb) {
        single_band(canvas)
    } else {
        pixels::recombine(canvas, &GREY, [0.0; 3])
    }
}

/// One band of grey, and the alpha.
fn single_band(canvas: Canvas) -> Result<Canvas, Fault> {
    let mut numbers = LUMINANCE.to_vec();
    if canvas.has_alpha() {
        numbers.extend_from_slice(&[0.0, 0.0, 0.0, 0.0, 1.0]);
    }
    let width = canvas.first().bands() as usize;
    let matrix = Image::matrix(&numbers, width, 1.0).map_err(fault)?;
    canvas.map(|frame| {
        let grey = Call::new("recomb").image("in", frame).image("m", &matrix).output()?;
        let grey = pixels::rounded(&grey, frame.band())?;
        Call::new("copy").image("in", &grey).text("interpretation", "b-w").output()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, gradient, pixel, plain};
    use cropmark_rules::value::Color;

    fn grayscale(amount: f64, canvas: Canvas) -> Canvas {
        apply(&Grayscale { amount }, canvas).unwrap()
    }

    #[test]
    fn the_grey_is_the_weighted_sum() {
        let color = Color { red: 200, green: 100, blue: 50, alpha: 255 };
        // 0.2126 x 200 + 0.7152 x 100 + 0.0722 x 50 = 117.65.
        assert_eq!(pixel(&grayscale(100.0, plain(2, 2, color)), 1, 1), [118]);
        assert_eq!(pixel(&grayscale(50.0, plain(2, 2, color)), 1, 1), [159, 109, 84]);
        let clear = Color { alpha: 20, ..color };
        assert_eq!(pixel(&grayscale(100.0, plain(2, 2, clear)), 1, 1), [118, 20]);
        assert_eq!(pixel(&grayscale(100.0, plain(2, 2, Color::WHITE)), 0, 0), [255]);
    }

    #[test]
    fn a_wide_space_keeps_three_bands() {
        let mut canvas = gradient(4, 4, 4);
        canvas.space = Space::Working(ColorSpace::P3);
        let grey = grayscale(100.0, canvas);
        assert_eq!(grey.first().bands(), 4);
        let found = pixel(&grey, 2, 3);
        assert!(found[0] == found[1] && found[1] == found[2]);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            assert_sound(&grayscale(100.0, animated(5, 4, bands)), 3);
            assert_sound(&grayscale(40.0, animated(5, 4, bands)), 3);
        }
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&grayscale(0.0, canvas.clone())), bytes(&canvas));
    }
}
