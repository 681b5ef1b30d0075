//! Rotate: quarter turns lose nothing, other angles are interpolated on a larger canvas.

use cropmark_rules::{Fault, geometry, geometry::Size, operation::Rotate, value::Point};

use super::{extend, paint, pixels};
use crate::{
    canvas::{Canvas, fault},
    pipeline::Context,
    vips::{Call, Image, Result},
};

/// Turns every frame clockwise.
pub(crate) fn apply(
    rule: &Rotate,
    canvas: Canvas,
    context: &Context<'_>,
) -> std::result::Result<Canvas, Fault> {
    match rule.quarter_turns() {
        Some(0) => Ok(canvas),
        Some(turns) => quarters(turns, canvas),
        None => slant(rule, canvas, context),
    }
}

fn quarters(turns: u32, canvas: Canvas) -> std::result::Result<Canvas, Fault> {
    let angle = match turns {
        1 => "d90",
        2 => "d180",
        _ => "d270",
    };
    // A row becomes a column: all rows must be there.
    let mut canvas = canvas.materialize()?;
    for frame in &mut canvas.frames {
        let call = Call::new("rot").image("in", frame).text("angle", angle);
        *frame = call.output().map_err(fault)?;
    }
    if turns != 2 {
        canvas.nominal = canvas.nominal.turned();
    }
    canvas.move_along(|point| match turns {
        1 => Point { x: 1.0 - point.y, y: point.x },
        2 => Point { x: 1.0 - point.x, y: 1.0 - point.y },
        _ => Point { x: point.y, y: 1.0 - point.x },
    });
    Ok(canvas)
}

fn slant(
    rule: &Rotate,
    canvas: Canvas,
    context: &Context<'_>,
) -> std::result::Result<Canvas, Fault> {
    let from = canvas.size();
    let bounds = geometry::rotated(rule, from);
    context.check_size(bounds)?;
    let color = rule.background.unwrap_or(extend::default_color(&canvas));
    let canvas = paint::room_for(canvas, color)?.materialize()?;
    let mut levels = paint::levels(color, &canvas)?;
    if canvas.has_alpha() {
        let share = f64::from(color.alpha) / 255.0;
        let last = levels.len() - 1;
        levels[..last].iter_mut().for_each(|level| *level *= share);
    }
    let mut canvas = canvas.map(|frame| {
        pixels::premultiplied(frame, |image| turned(image, rule.angle, bounds, &levels))
    })?;
    let (sine, cosine) = rule.angle.to_radians().sin_cos();
    canvas.move_along(|point| {
        let across = (point.x - 0.5) * f64::from(from.width);
        let down = (point.y - 0.5) * f64::from(from.height);
        Point {
            x: 0.5 + (across * cosine - down * sine) / f64::from(bounds.width),
            y: 0.5 + (across * sine + down * cosine) / f64::from(bounds.height),
        }
    });
    Ok(canvas)
}

/// The image turned around its middle, which comes to the middle of `bounds`.
fn turned(image: &Image, angle: f64, bounds: Size, levels: &[f64]) -> Result<Image> {
    let (sine, cosine) = angle.to_radians().sin_cos();
    // libvips counts from the middle of the first pixel.
    let middle = |length: u32| (f64::from(length) - 1.0) / 2.0;
    Call::new("affine")
        .image("in", image)
        .numbers("matrix", &[cosine, -sine, sine, cosine])
        .interpolator("interpolate", c"bicubic")
        .number("idx", -middle(image.width()))
        .number("idy", -middle(image.height()))
        .number("odx", middle(bounds.width))
        .number("ody", middle(bounds.height))
        .numbers("oarea", &[0.0, 0.0, f64::from(bounds.width), f64::from(bounds.height)])
        .numbers("background", levels)
        .text("extend", "background")
        .flag("premultiplied", true)
        .output()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, context, drawn, focal_pixels, focused, gradient,
        gradient_level, pixel, plain,
    };
    use cropmark_rules::value::Color;

    fn rotate(angle: f64, background: Option<Color>, canvas: Canvas) -> Canvas {
        apply(&Rotate { angle, background }, canvas, &context()).unwrap()
    }

    #[test]
    fn quarter_turns_move_every_pixel_whole() {
        let cases = [
            (90.0, (5, 0), Size::new(6, 10), (3.0, 2.0)),
            (-270.0, (5, 0), Size::new(6, 10), (3.0, 2.0)),
            (180.0, (9, 5), Size::new(10, 6), (8.0, 3.0)),
            (-90.0, (0, 9), Size::new(6, 10), (3.0, 8.0)),
        ];
        for (angle, (x, y), size, focal) in cases {
            let result = rotate(angle, None, focused(gradient(10, 6, 4), 0.2, 0.5));
            assert_eq!(result.size(), size, "{angle}");
            assert_eq!(pixel(&result, x, y), gradient_level(0, 0), "{angle}");
            let found = focal_pixels(&result);
            assert!((found.0 - focal.0).abs() + (found.1 - focal.1).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn a_slanted_image_stands_in_the_middle_of_its_bounding_box() {
        // A dot right of the middle: at 30 degrees clockwise it comes below.
        let canvas = drawn(81, 41, 3, |x, y| {
            if x.abs_diff(70) <= 2 && y.abs_diff(20) <= 2 { [255, 0, 0, 0] } else { [10; 4] }
        });
        let result = rotate(30.0, None, focused(canvas, 70.5 / 81.0, 0.5));
        // 81 cos 30 + 41 sin 30 = 90.65; 81 sin 30 + 41 cos 30 = 76.01.
        assert_eq!(result.size(), Size::new(91, 77));
        let (x, y) = focal_pixels(&result);
        assert!((x - (45.5 + 30.0 * 0.866)).abs() < 0.01 && (y - (38.5 + 15.0)).abs() < 0.01);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the image")]
        let dot = pixel(&result, x as u32, y as u32);
        assert!(dot[0] > 240 && dot[1] < 15, "{dot:?}");
        assert_eq!(pixel(&result, 0, 0), [255; 3]);
        assert_eq!(pixel(&result, 45, 38), [10; 3]);
    }

    #[test]
    fn corners_get_the_background_and_edges_are_clean() {
        let color = Color { red: 100, green: 150, blue: 200, alpha: 255 };
        let result = rotate(17.0, Some(Color::TRANSPARENT), plain(60, 40, color));
        assert_eq!(pixel(&result, 0, 0)[3], 0);
        for found in bytes(&result).chunks_exact(4).filter(|pixel| pixel[3] > 20) {
            assert!(found[0].abs_diff(100) <= 6 && found[2].abs_diff(200) <= 6, "{found:?}");
        }
        let half = Color { red: 40, green: 0, blue: 0, alpha: 128 };
        let result = rotate(17.0, Some(half), plain(60, 40, color));
        assert_eq!(pixel(&result, 0, 0), [40, 0, 0, 128]);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            for angle in [90.0, 33.3] {
                assert_sound(&rotate(angle, None, animated(15, 14, bands)), 3);
            }
        }
        let canvas = gradient(5, 4, 3);
        for angle in [0.0, 360.0, -360.0] {
            assert_eq!(bytes(&rotate(angle, None, canvas.clone())), bytes(&canvas));
        }
    }
}
