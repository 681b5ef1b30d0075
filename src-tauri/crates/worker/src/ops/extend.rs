//! Extend: a larger canvas around the image.

use cropmark_rules::{
    Fault,
    geometry::{self, Size},
    operation::{Extend, Flatten},
    value::{Color, Gravity, Length, Point},
};

use super::{flatten, paint};
use crate::{canvas::Canvas, pipeline::Context, vips::Call};

/// Enlarges the canvas to the rule's size or ratio.
pub(crate) fn apply(rule: &Extend, canvas: Canvas, context: &Context<'_>) -> Result<Canvas, Fault> {
    let size = geometry::extend_size(rule, canvas.size());
    onto(canvas, size, rule.gravity, (rule.x, rule.y), rule.background, context)
}

/// Puts every frame on a canvas of `size`. Left out, the background is transparent where there
/// is alpha, else white; a background that is not solid adds alpha.
pub(crate) fn onto(
    canvas: Canvas,
    size: Size,
    gravity: Gravity,
    offset: (Length, Length),
    background: Option<Color>,
    context: &Context<'_>,
) -> Result<Canvas, Fault> {
    let canvas = behind(canvas, background)?;
    let from = canvas.size();
    if size == from {
        return Ok(canvas);
    }
    context.check_size(size)?;
    let (left, top) = geometry::place(from, size, gravity, offset, canvas.focal);
    let left = left.clamp(0, i64::from(size.width - from.width));
    let top = top.clamp(0, i64::from(size.height - from.height));
    embed(canvas, size, (left, top), background)
}

/// Puts every frame at a place of a canvas.
pub(crate) fn embed(
    canvas: Canvas,
    size: Size,
    (left, top): (i64, i64),
    background: Option<Color>,
) -> Result<Canvas, Fault> {
    let canvas = behind(canvas, background)?;
    let from = canvas.size();
    let canvas = match background {
        Some(color) => paint::room_for(canvas, color)?,
        None => canvas,
    };
    let levels = paint::levels(background.unwrap_or(default_color(&canvas)), &canvas)?;
    #[expect(clippy::cast_precision_loss, reason = "pixels")]
    let (left, top) = (left as f64, top as f64);
    let mut canvas = canvas.map(|frame| {
        Call::new("embed")
            .image("in", frame)
            .number("x", left)
            .number("y", top)
            .number("width", size.width)
            .number("height", size.height)
            .text("extend", "background")
            .numbers("background", &levels)
            .output()
    })?;
    canvas.move_along(|point| Point {
        x: (point.x * f64::from(from.width) + left) / f64::from(size.width),
        y: (point.y * f64::from(from.height) + top) / f64::from(size.height),
    });
    Ok(canvas)
}

/// A solid background is a canvas that the image lies on: it is seen through what is
/// transparent, too.
fn behind(canvas: Canvas, background: Option<Color>) -> Result<Canvas, Fault> {
    match background {
        Some(color) if color.is_solid() => flatten::apply(&Flatten { background: color }, canvas),
        _ => Ok(canvas),
    }
}

/// What fills a new part of a canvas where the rule names no colour: nothing where there is
/// alpha, else white.
pub(super) fn default_color(canvas: &Canvas) -> Color {
    if canvas.has_alpha() { Color::TRANSPARENT } else { Color::WHITE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, context, focal_pixels, focused, gradient, gradient_level,
        pixel,
    };

    fn extended(rule: &Extend, canvas: Canvas) -> Canvas {
        apply(rule, canvas, &context()).unwrap()
    }

    fn wide(gravity: Gravity, background: Option<Color>) -> Extend {
        Extend { aspect: Some("2:1".parse().unwrap()), gravity, background, ..Extend::default() }
    }

    #[test]
    fn the_canvas_grows_around_the_image() {
        let result = extended(&wide(Gravity::East, None), focused(gradient(20, 20, 3), 0.5, 0.5));
        assert_eq!(result.size(), Size::new(40, 20));
        assert_eq!(pixel(&result, 19, 10), [255; 3]);
        assert_eq!(pixel(&result, 20, 10), gradient_level(0, 10)[..3]);
        assert_eq!(focal_pixels(&result), (30.0, 10.0));
    }

    #[test]
    fn a_solid_background_lies_behind_the_image() {
        let clear = animated(6, 6, 4).map(|frame| {
            Call::new("linear")
                .image("in", frame)
                .numbers("a", &[0.0; 4])
                .numbers("b", &[9.0, 9.0, 9.0, 0.0])
                .flag("uchar", true)
                .output()
        });
        let green = Some(Color::solid(1, 200, 3));
        let result = extended(&wide(Gravity::West, green), clear.unwrap());
        assert_eq!(pixel(&result, 1, 1), [1, 200, 3]);
        assert_eq!(pixel(&result, 9, 1), [1, 200, 3]);
    }

    #[test]
    fn the_background_brings_what_it_needs() {
        let half = Color { red: 1, green: 2, blue: 3, alpha: 128 };
        for bands in 1..=4 {
            let result = extended(&wide(Gravity::West, Some(half)), animated(6, 6, bands));
            assert_eq!(pixel(&result, 9, 1), [1, 2, 3, 128]);
            assert_sound(&result, 3);
        }
        let clear = extended(&wide(Gravity::West, None), gradient(6, 6, 2));
        assert_eq!(pixel(&clear, 9, 1), [0, 0]);
    }

    #[test]
    fn nothing_to_add_changes_nothing_and_too_much_is_refused() {
        let canvas = gradient(5, 4, 3);
        let same = Extend { width: Some(Length::Pixels(3.0)), ..Extend::default() };
        assert_eq!(bytes(&extended(&same, canvas.clone())), bytes(&canvas));
        let huge = Extend { width: Some(Length::Pixels(1e6)), ..Extend::default() };
        assert!(apply(&huge, canvas, &context()).is_err());
    }
}
