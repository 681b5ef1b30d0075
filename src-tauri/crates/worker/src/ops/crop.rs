//! Crop: keeps a part of the image.

use cropmark_rules::{
    Fault,
    geometry::{self, Rect, Size},
    operation::Crop,
    value::{Gravity, Length},
};

use crate::{
    canvas::{Canvas, fault},
    vips::{Call, Image},
};

/// The longest side of an image that is kept in memory to find the part that draws attention.
pub(crate) const LONGEST_LOOKED_AT: u32 = 65_535;

/// Pixels of the smaller copy on which the part is found else.
const LOOKED_AT: f64 = 4_000_000.0;

/// Keeps the part that the rule asks for.
pub(crate) fn apply(rule: &Crop, canvas: Canvas) -> Result<Canvas, Fault> {
    let size = geometry::crop_size(rule, canvas.nominal);
    keep(canvas, size, rule.gravity, (rule.x, rule.y))
}

/// Keeps a part of `size`, which is counted like the canvas's nominal size.
pub(crate) fn keep(
    canvas: Canvas,
    size: Size,
    gravity: Gravity,
    offset: (Length, Length),
) -> Result<Canvas, Fault> {
    if size == canvas.nominal {
        return Ok(canvas);
    }
    if let Some(window) = geometry::window(size, canvas.nominal, gravity, offset, canvas.focal) {
        return cut(canvas, window);
    }
    if gravity == Gravity::Face
        && let Some(window) = geometry::around_faces(size, canvas.nominal, &canvas.faces)
    {
        let mut canvas = canvas;
        canvas.windows.push(window);
        return cut(canvas, window);
    }
    let whole_size = canvas.size();
    if whole_size.width.max(whole_size.height) > LONGEST_LOOKED_AT {
        let window = interesting_at_a_distance(&canvas, size, gravity)?;
        return cut(canvas, window);
    }
    // Looked at now and cut after: the rows are read twice.
    let mut canvas = canvas.materialize()?;
    let window = interesting(canvas.first(), size, gravity)?;
    canvas.windows.push(window);
    cut(canvas, window)
}

/// The part that draws attention of an image that is too large to be kept in memory: found on a
/// smaller copy.
fn interesting_at_a_distance(canvas: &Canvas, size: Size, gravity: Gravity) -> Result<Rect, Fault> {
    let whole_size = canvas.size();
    let pixels = f64::from(whole_size.width) * f64::from(whole_size.height);
    let shrink = (pixels / LOOKED_AT).sqrt().max(1.0);
    let smaller = |side: u32| whole((f64::from(side) / shrink).max(1.0));
    let reduced = Size::new(smaller(whole_size.width), smaller(whole_size.height));
    let copy = Call::new("resize")
        .image("in", canvas.first())
        .number("scale", f64::from(reduced.width) / f64::from(whole_size.width))
        .number("vscale", f64::from(reduced.height) / f64::from(whole_size.height))
        .text("kernel", "linear")
        .output()
        .and_then(|copy| copy.materialize())
        .map_err(fault)?;
    let reduced = Size::new(copy.width(), copy.height());
    let part =
        Size::new(smaller(size.width).min(reduced.width), smaller(size.height).min(reduced.height));
    let found = interesting(&copy, part, gravity)?;
    let place = |start: u32, small: u32, large: u32, kept: u32| {
        let start = f64::from(start) * f64::from(large) / f64::from(small);
        whole(start).min(large.saturating_sub(kept))
    };
    Ok(Rect {
        x: place(found.x, reduced.width, whole_size.width, size.width),
        y: place(found.y, reduced.height, whole_size.height, size.height),
        size,
    })
}

/// Cuts every frame to a window of the nominal size. On a canvas that was decoded smaller, the
/// window shrinks with it.
pub(crate) fn cut(mut canvas: Canvas, window: Rect) -> Result<Canvas, Fault> {
    let (nominal, actual) = (canvas.nominal, canvas.size());
    let extent = canvas.extent();
    let across = extent.0 / f64::from(nominal.width);
    let down = extent.1 / f64::from(nominal.height);
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
    canvas.faces = geometry::faces_after_crop(&canvas.faces, window, nominal);
    canvas.nominal = window.size;
    Ok(canvas)
}

/// The part of `size` that draws attention or is busiest, of the first frame.
fn interesting(image: &Image, size: Size, gravity: Gravity) -> Result<Rect, Fault> {
    let choice = if gravity == Gravity::Entropy { "entropy" } else { "attention" };
    let part = Call::new("smartcrop")
        .image("input", image)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, drawn, focal_pixels, focused, gradient, gradient_level,
        pixel,
    };
    use cropmark_rules::value::Point;

    fn sized(width: f64, height: f64, gravity: Gravity) -> Crop {
        let (width, height) = (Some(Length::Pixels(width)), Some(Length::Pixels(height)));
        Crop { width, height, gravity, ..Crop::default() }
    }

    #[test]
    fn the_part_at_the_gravity_is_kept() {
        let cases = [
            (Gravity::NorthWest, (0, 0)),
            (Gravity::SouthEast, (20, 15)),
            (Gravity::Center, (10, 7)),
            (Gravity::Point(Point { x: 0.75, y: 0.0 }), (17, 0)),
        ];
        for (gravity, (left, top)) in cases {
            let result = apply(&sized(10.0, 5.0, gravity), gradient(30, 20, 4)).unwrap();
            assert_eq!(result.size(), Size::new(10, 5));
            assert_eq!(pixel(&result, 3, 2), gradient_level(left + 3, top + 2), "{gravity:?}");
        }
    }

    #[test]
    fn the_focal_point_is_kept_and_moves_along() {
        let canvas = focused(gradient(100, 50, 3), 0.7, 0.5);
        let result = apply(&sized(20.0, 20.0, Gravity::Focal), canvas).unwrap();
        assert_eq!(pixel(&result, 0, 0), gradient_level(60, 15)[..3]);
        let (x, y) = focal_pixels(&result);
        assert!((x - 10.0).abs() < 1e-9 && (y - 10.0).abs() < 1e-9);
    }

    #[test]
    fn content_is_looked_at_on_the_first_frame() {
        let spot = |left: u32| {
            crate::ops::testing::frame(200, 60, 3, move |x, y| {
                let inside = (left..left + 30).contains(&x) && (15..45).contains(&y);
                if inside && (x / 3 + y / 3) % 2 == 0 { [230, 60, 40, 0] } else { [120; 4] }
            })
        };
        for gravity in [Gravity::Smart, Gravity::Entropy] {
            let canvas = crate::ops::testing::canvas(vec![spot(150), spot(10)]);
            let result = apply(&sized(60.0, 60.0, gravity), canvas).unwrap();
            assert_sound(&result, 2);
            let red = |frame: &Image| {
                let pixels = frame.to_bytes().unwrap();
                pixels.chunks_exact(3).filter(|pixel| pixel[0] == 230).count()
            };
            assert!(red(&result.frames[0]) > 400, "{gravity:?}: {}", red(&result.frames[0]));
            let [window] = result.windows[..] else { panic!("{gravity:?}: one window") };
            assert_eq!((window.y, window.size), (0, Size::new(60, 60)));
            assert!((120..=140).contains(&window.x), "{gravity:?}: {}", window.x);
            assert_eq!(red(&result.frames[1]), 0);
        }
    }

    #[test]
    fn a_window_shrinks_with_a_source_that_was_decoded_smaller() {
        let mut canvas = drawn(40, 20, 1, |x, _| [u8::try_from(x).unwrap(); 4]);
        canvas.nominal = Size::new(160, 80);
        let result = apply(&sized(80.0, 80.0, Gravity::East), canvas).unwrap();
        assert_eq!((result.size(), result.nominal), (Size::new(20, 20), Size::new(80, 80)));
        assert_eq!(pixel(&result, 0, 0), [20]);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            for gravity in [Gravity::South, Gravity::Smart] {
                let result = apply(&sized(6.0, 5.0, gravity), animated(15, 14, bands)).unwrap();
                assert_sound(&result, 3);
            }
        }
        let canvas = gradient(5, 4, 3);
        let whole = apply(&Crop::default(), canvas.clone()).unwrap();
        assert_eq!(bytes(&whole), bytes(&canvas));
    }
}
