//! Pad: a border of given widths.

use cropmark_rules::{Fault, geometry, operation::Pad};

use super::extend;
use crate::{canvas::Canvas, pipeline::Context};

/// Adds the border to every frame.
pub(crate) fn apply(rule: &Pad, canvas: Canvas, context: &Context<'_>) -> Result<Canvas, Fault> {
    let from = canvas.size();
    let (size, (left, top)) = geometry::pad(rule, from);
    if size == from {
        return Ok(canvas);
    }
    context.check_size(size)?;
    extend::embed(canvas, size, (i64::from(left), i64::from(top)), rule.background)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, context, focal_pixels, focused, gradient, gradient_level,
        pixel,
    };
    use cropmark_rules::{
        geometry::Size,
        value::{Color, Length},
    };

    fn padded(rule: &Pad, canvas: Canvas) -> Canvas {
        apply(rule, canvas, &context()).unwrap()
    }

    #[test]
    fn every_side_gets_its_border() {
        let rule = Pad {
            all: Length::Pixels(3.0),
            left: Some(Length::Percent(50.0)),
            bottom: Some(Length::ZERO),
            background: Some(Color::solid(200, 10, 10)),
            ..Pad::default()
        };
        let result = padded(&rule, focused(gradient(20, 10, 3), 0.5, 0.5));
        assert_eq!(result.size(), Size::new(33, 13));
        assert_eq!(pixel(&result, 10, 3), gradient_level(0, 0)[..3]);
        assert_eq!(pixel(&result, 29, 12), gradient_level(19, 9)[..3]);
        assert_eq!(pixel(&result, 30, 5), [200, 10, 10]);
        assert_eq!(focal_pixels(&result), (20.0, 8.0));
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            let rule = Pad { all: Length::Pixels(2.0), ..Pad::default() };
            let result = padded(&rule, animated(5, 4, bands));
            assert_sound(&result, 3);
            let empty = if bands % 2 == 0 { 0 } else { 255 };
            assert!(pixel(&result, 0, 0).iter().all(|level| *level == empty));
        }
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&padded(&Pad::default(), canvas.clone())), bytes(&canvas));
        let huge = Pad { all: Length::Pixels(1e7), ..Pad::default() };
        assert!(apply(&huge, canvas, &context()).is_err());
    }
}
