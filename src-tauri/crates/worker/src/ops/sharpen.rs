//! Sharpen: an unsharp mask on the lightness.

use cropmark_rules::{Fault, operation::Sharpen};

use super::pixels;
use crate::{
    canvas::Canvas,
    vips::{Call, Image, Result},
};

/// The smallest mask that libvips computes.
const LEAST_SIGMA: f64 = 0.000_001;
/// How far, in widths of the mask, colours reach into what is transparent.
const REACH: f64 = 3.0;

/// Sharpens every frame; alpha stays.
pub(crate) fn apply(rule: &Sharpen, canvas: Canvas) -> std::result::Result<Canvas, Fault> {
    if rule.sigma < LEAST_SIGMA || (rule.flat == 0.0 && rule.jagged == 0.0) {
        return Ok(canvas);
    }
    if !canvas.has_alpha() {
        return canvas.map(|frame| sharpened(rule, frame));
    }
    canvas.materialize()?.map(|frame| {
        let opaque = continued(frame, rule.sigma.max(0.5) * REACH)?;
        pixels::join(&sharpened(rule, &opaque)?, &pixels::alpha(frame)?)
    })
}

fn sharpened(rule: &Sharpen, image: &Image) -> Result<Image> {
    Call::new("sharpen")
        .image("in", image)
        .number("sigma", rule.sigma)
        .number("m1", rule.flat)
        .number("m2", rule.jagged)
        .output()
}

/// The colours alone, those of the visible pixels going on into what is transparent, so that
/// the edge of an object is not sharpened against a colour that nobody sees.
fn continued(image: &Image, reach: f64) -> Result<Image> {
    let spread = pixels::premultiplied(image, |image| {
        Call::new("gaussblur").image("in", image).number("sigma", reach).output()
    })?;
    let visible = Call::new("relational_const")
        .image("in", &pixels::alpha(image)?)
        .text("relational", "more")
        .numbers("c", &[0.0])
        .output()?;
    Call::new("ifthenelse")
        .image("cond", &visible)
        .image("in1", &pixels::colors(image)?)
        .image("in2", &pixels::colors(&spread)?)
        .output()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, drawn, gradient, pixel};

    fn strong() -> Sharpen {
        Sharpen { sigma: 1.0, flat: 1.0, jagged: 3.0 }
    }

    #[test]
    fn edges_get_steeper_and_flat_parts_stay() {
        let canvas = drawn(40, 8, 3, |x, _| if x < 20 { [90; 4] } else { [150; 4] });
        let result = apply(&strong(), canvas).unwrap();
        assert!(pixel(&result, 19, 4)[0] < 85, "{:?}", pixel(&result, 19, 4));
        assert!(pixel(&result, 20, 4)[0] > 155, "{:?}", pixel(&result, 20, 4));
        assert_eq!(pixel(&result, 5, 4), [90; 3]);
        assert_eq!(pixel(&result, 35, 4), [150; 3]);
    }

    #[test]
    fn the_rim_of_an_object_has_no_halo() {
        for hidden in [0, 255] {
            let canvas = drawn(40, 8, 4, |x, _| {
                if x < 20 { [120, 120, 120, 255] } else { [hidden, hidden, hidden, 0] }
            });
            let result = apply(&strong(), canvas).unwrap();
            let rim = pixel(&result, 19, 4);
            assert!(rim[0].abs_diff(120) <= 1 && rim[3] == 255, "{rim:?}");
            assert_eq!(pixel(&result, 21, 4)[3], 0);
        }
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            let canvas = animated(15, 14, bands);
            let result = apply(&strong(), canvas.clone()).unwrap();
            assert_sound(&result, 3);
            if bands == 4 {
                assert_eq!(pixel(&result, 3, 3)[3], pixel(&canvas, 3, 3)[3]);
            }
        }
        let canvas = gradient(5, 4, 3);
        let nothing = Sharpen { sigma: 0.0, ..strong() };
        assert_eq!(bytes(&apply(&nothing, canvas.clone()).unwrap()), bytes(&canvas));
    }
}
