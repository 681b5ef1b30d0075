//! Overlay: another image on top.

use cropmark_rules::{
    ColorSpace, Fault,
    geometry::{self, Size},
    operation::{Kernel, Overlay},
};

use super::{composite, paint, resize};
use crate::{
    canvas::{Canvas, Space, fault},
    pipeline::Context,
    vips::{Call, Image, Result},
};

/// Puts the rule's image on every frame. Of an animated one, frames are taken in turn.
pub(crate) fn apply(
    rule: &Overlay,
    canvas: Canvas,
    context: &Context<'_>,
) -> std::result::Result<Canvas, Fault> {
    if rule.opacity <= 0.0 {
        return Ok(canvas);
    }
    let Space::Working(space) = canvas.space else { return Ok(canvas) };
    // Where the source's colours are kept, the overlay takes them on once it has its size.
    let space = if space == ColorSpace::Keep { ColorSpace::Srgb } else { space };
    let over = context.overlay(&rule.image, space)?;
    put(rule, canvas, over, context)
}

fn put(
    rule: &Overlay,
    canvas: Canvas,
    over: Canvas,
    context: &Context<'_>,
) -> std::result::Result<Canvas, Fault> {
    let size = canvas.size();
    let over = scaled(rule, over, size, context)?;
    // Both in grey or both in colour, the upper one with alpha.
    let (canvas, over) = if canvas.first().bands().max(over.first().bands()) < 3 {
        (canvas, over)
    } else {
        (canvas.colored()?, over.colored()?)
    };
    let over = paint::like(over.with_alpha()?, &canvas)?;
    let (left, top) =
        geometry::place(over.size(), size, rule.gravity, (rule.x, rule.y), canvas.focal);
    let used = over.frames.len().min(canvas.frames.len());
    let mut layers = Vec::with_capacity(used);
    for frame in &over.frames[..used] {
        let faint = composite::fainter(frame, rule.opacity).map_err(fault)?;
        layers.push(if rule.tile {
            tiled(&faint, size, (left, top)).map_err(fault)?
        } else {
            faint
        });
    }
    let place = if rule.tile { (0, 0) } else { (left, top) };
    composite::put(canvas, &layers, place, rule.blend)
}

/// The overlay at its share of the image's width, or as it is.
fn scaled(
    rule: &Overlay,
    over: Canvas,
    size: Size,
    context: &Context<'_>,
) -> std::result::Result<Canvas, Fault> {
    let Some(scale) = rule.scale else { return Ok(over) };
    let own = over.size();
    let factor = f64::from(size.width) * scale / f64::from(own.width);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let scaled = |pixels: u32| (f64::from(pixels) * factor).round() as u32;
    let target = Size::new(scaled(own.width), scaled(own.height));
    context.check_size(target)?;
    // Computed once, however many frames it is put on.
    over.map(|frame| resize::scale(frame, target, Kernel::Lanczos3))?.materialize()
}

/// The layer repeated over all of `size`, one of the copies standing at `place`.
fn tiled(layer: &Image, size: Size, place: (i64, i64)) -> Result<Image> {
    let (width, height) = (layer.width(), layer.height());
    let lead = |place: i64, period: u32| {
        let period = i64::from(period);
        u32::try_from((period - place.rem_euclid(period)) % period).unwrap_or(0)
    };
    let (left, top) = (lead(place.0, width), lead(place.1, height));
    let copies = |lead: u32, whole: u32, period: u32| (lead + whole).div_ceil(period);
    let repeated = Call::new("replicate")
        .image("in", &layer.materialize()?)
        .number("across", copies(left, size.width, width))
        .number("down", copies(top, size.height, height))
        .output()?;
    Call::new("extract_area")
        .image("input", &repeated)
        .number("left", left)
        .number("top", top)
        .number("width", size.width)
        .number("height", size.height)
        .output()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, context, drawn, focused, gradient, gradient_level, pixel,
        pixel_of, plain,
    };
    use cropmark_rules::value::{Color, Gravity, Length};

    fn put(rule: &Overlay, canvas: Canvas, over: Canvas) -> Canvas {
        super::put(rule, canvas, over, &context()).unwrap()
    }

    fn at(gravity: Gravity, x: f64, y: f64) -> Overlay {
        let (x, y) = (Length::Pixels(x), Length::Pixels(y));
        Overlay { gravity, x, y, ..Overlay::default() }
    }

    const RED: Color = Color::solid(200, 0, 0);

    #[test]
    fn it_stands_at_its_gravity_and_may_hang_over() {
        let cases = [
            (at(Gravity::NorthEast, 2.0, 1.0), (34, 1)),
            (at(Gravity::SouthWest, 3.0, -2.0), (3, 28)),
            (at(Gravity::Focal, 0.0, 0.0), (8, 13)),
        ];
        for (rule, (left, top)) in cases {
            let canvas = focused(plain(40, 30, Color::WHITE), 0.25, 0.5);
            let result = put(&rule, canvas, plain(4, 4, RED));
            assert_eq!(pixel(&result, left, top), [200, 0, 0], "{rule:?}");
            if left > 0 {
                assert_eq!(pixel(&result, left - 1, top), [255; 3], "{rule:?}");
            }
            assert_eq!(pixel(&result, left, top - 1), [255; 3], "{rule:?}");
        }
    }

    #[test]
    fn its_width_is_a_share_of_the_images() {
        let rule = Overlay { scale: Some(0.25), ..at(Gravity::NorthWest, 0.0, 0.0) };
        let result = put(&rule, plain(40, 30, Color::WHITE), plain(20, 8, RED));
        assert_eq!(pixel(&result, 9, 3), [200, 0, 0]);
        assert_eq!(pixel(&result, 10, 3), [255; 3]);
        assert_eq!(pixel(&result, 9, 4), [255; 3]);
        let huge = Overlay { scale: Some(10.0), ..rule };
        let wide = super::put(&huge, gradient(7000, 1, 1), plain(4, 4, RED), &context());
        assert_eq!(wide.unwrap_err().code, cropmark_rules::FaultCode::TooLarge);
    }

    #[test]
    fn tiles_cover_everything_from_their_place() {
        let rule = Overlay { tile: true, ..at(Gravity::NorthWest, 5.0, 1.0) };
        let dot = drawn(4, 3, 4, |x, y| if (x, y) == (0, 0) { [9, 9, 9, 255] } else { [0; 4] });
        let result = put(&rule, plain(21, 11, Color::WHITE), dot);
        for y in 0..11 {
            for x in 0..21 {
                let dotted = (x + 4 - 1) % 4 == 0 && (y + 3 - 1) % 3 == 0;
                assert_eq!(pixel(&result, x, y)[0] == 9, dotted, "{x}, {y}");
            }
        }
    }

    #[test]
    fn opacity_and_colour_are_mixed_in() {
        let rule = Overlay { opacity: 0.5, ..at(Gravity::Center, 0.0, 0.0) };
        let grey = drawn(4, 4, 1, |_, _| [100; 4]);
        assert_eq!(pixel(&put(&rule, grey.clone(), plain(4, 4, RED)), 1, 1), [150, 50, 50]);
        let dark = drawn(4, 4, 1, |_, _| [0; 4]);
        assert_eq!(pixel(&put(&rule, grey, dark), 1, 1), [50]);
        let nothing = Overlay { opacity: 0.0, ..rule };
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&apply(&nothing, canvas.clone(), &context()).unwrap()), bytes(&canvas));
    }

    #[test]
    fn all_kinds_of_canvases_meet() {
        for bands in 1..=4 {
            for over in 1..=4 {
                let rule = at(Gravity::NorthWest, 2.0, 2.0);
                let result = put(&rule, animated(9, 8, bands), animated(3, 3, over));
                assert_sound(&result, 3);
                assert_eq!(result.has_alpha(), bands % 2 == 0);
                assert_eq!(pixel(&result, 8, 7)[0], gradient_level(8, 7)[0]);
                if over % 2 == 1 {
                    // Frame by frame: the last is 20 lighter.
                    let last = pixel_of(&result.frames[2], 2, 2)[0];
                    assert_eq!(last, gradient_level(0, 0)[0] + 20);
                }
            }
        }
    }

    #[test]
    fn an_image_that_was_not_given_is_named() {
        let rule = Overlay { image: "brand/logo.png".to_owned(), ..Overlay::default() };
        let fault = apply(&rule, gradient(5, 4, 3), &context()).unwrap_err();
        assert!(fault.message.contains("brand/logo.png"), "{fault}");
    }
}
