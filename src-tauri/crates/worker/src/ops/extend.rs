//! Extend: a larger canvas around the image.

use cropmark_rules::{
    Fault,
    geometry::{self, Size},
    operation::Extend,
    value::{Color, Gravity, Length, Point},
};

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
    let from = canvas.size();
    let canvas = match background {
        Some(color) if !color.is_solid() => canvas.with_alpha()?,
        _ => canvas,
    };
    let canvas = match background {
        Some(color) if !(color.red == color.green && color.green == color.blue) => {
            canvas.colored()?
        }
        _ => canvas,
    };
    let alpha = canvas.has_alpha();
    let fill = background.unwrap_or(if alpha { Color::TRANSPARENT } else { Color::WHITE });
    let mut levels: Vec<f64> = if canvas.first().bands() < 3 {
        vec![f64::from(fill.red)]
    } else {
        vec![f64::from(fill.red), f64::from(fill.green), f64::from(fill.blue)]
    };
    if alpha {
        levels.push(f64::from(fill.alpha));
    }
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
    canvas.focal = canvas.focal.map(|point| Point {
        x: (point.x * f64::from(from.width) + left) / f64::from(size.width),
        y: (point.y * f64::from(from.height) + top) / f64::from(size.height),
    });
    Ok(canvas)
}
