//! Crop: keeps a part of the image.

use cropmark_rules::{
    Fault,
    geometry::{self, Rect, Size},
    operation::Crop,
    value::{Gravity, Length},
};

use crate::{
    canvas::{Canvas, fault},
    pipeline::Context,
    vips::{Call, Image},
};

/// Keeps the part that the rule asks for.
pub(crate) fn apply(rule: &Crop, canvas: Canvas, context: &Context<'_>) -> Result<Canvas, Fault> {
    let size = geometry::crop_size(rule, canvas.nominal);
    keep(canvas, size, rule.gravity, (rule.x, rule.y), context)
}

/// Keeps a part of `size`, which is counted like the canvas's nominal size.
pub(crate) fn keep(
    canvas: Canvas,
    size: Size,
    gravity: Gravity,
    offset: (Length, Length),
    _context: &Context<'_>,
) -> Result<Canvas, Fault> {
    if size == canvas.nominal {
        return Ok(canvas);
    }
    let window = match geometry::window(size, canvas.nominal, gravity, offset, canvas.focal) {
        Some(window) => window,
        None => interesting(canvas.first(), size, gravity)?,
    };
    cut(canvas, window)
}

/// Cuts every frame to a window of the nominal size. On a canvas that was decoded smaller, the
/// window shrinks with it.
pub(crate) fn cut(mut canvas: Canvas, window: Rect) -> Result<Canvas, Fault> {
    let (nominal, actual) = (canvas.nominal, canvas.size());
    let across = f64::from(actual.width) / f64::from(nominal.width);
    let down = f64::from(actual.height) / f64::from(nominal.height);
    let size = Size::new(
        whole(f64::from(window.size.width) * across).min(actual.width),
        whole(f64::from(window.size.height) * down).min(actual.height),
    );
    let left = whole(f64::from(window.x) * across).min(actual.width - size.width);
    let top = whole(f64::from(window.y) * down).min(actual.height - size.height);
    for frame in &mut canvas.frames {
        *frame = Call::new("extract_area")
            .image("input", frame)
            .number("left", left)
            .number("top", top)
            .number("width", size.width)
            .number("height", size.height)
            .output()
            .map_err(fault)?;
    }
    canvas.focal = canvas.focal.map(|point| geometry::focal_after_crop(point, window, nominal));
    canvas.nominal = window.size;
    Ok(canvas)
}

/// The part of `size` that draws attention or is busiest, of the first frame.
fn interesting(image: &Image, size: Size, gravity: Gravity) -> Result<Rect, Fault> {
    let choice = if gravity == Gravity::Smart { "attention" } else { "entropy" };
    let image = image.materialize().map_err(fault)?;
    let part = Call::new("smartcrop")
        .image("input", &image)
        .number("width", size.width)
        .number("height", size.height)
        .text("interesting", choice)
        .output()
        .map_err(fault)?;
    // The part remembers where it stood.
    let (left, top) = part.offset();
    Ok(Rect { x: left, y: top, size })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
fn whole(value: f64) -> u32 {
    value.round() as u32
}
