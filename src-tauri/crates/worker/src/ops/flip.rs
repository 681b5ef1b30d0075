//! Flip: mirrors the image.

use cropmark_rules::{
    Fault,
    operation::{Flip, FlipDirection},
    value::Point,
};

use crate::{
    canvas::{Canvas, fault},
    vips::{Call, Image, Result},
};

/// Mirrors every frame.
pub(crate) fn apply(rule: &Flip, canvas: Canvas) -> std::result::Result<Canvas, Fault> {
    let (across, down) = match rule.direction {
        FlipDirection::Horizontal => (true, false),
        FlipDirection::Vertical => (false, true),
        FlipDirection::Both => (true, true),
    };
    // The last row comes first: all rows must be there.
    let mut canvas = if down { canvas.materialize()? } else { canvas };
    for frame in &mut canvas.frames {
        if across {
            *frame = mirrored(frame, "horizontal").map_err(fault)?;
        }
        if down {
            *frame = mirrored(frame, "vertical").map_err(fault)?;
        }
    }
    canvas.move_along(|point| Point {
        x: if across { 1.0 - point.x } else { point.x },
        y: if down { 1.0 - point.y } else { point.y },
    });
    Ok(canvas)
}

fn mirrored(image: &Image, direction: &str) -> Result<Image> {
    Call::new("flip").image("in", image).text("direction", direction).output()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, focal_pixels, focused, gradient, gradient_level, pixel,
    };

    fn flip(direction: FlipDirection, canvas: Canvas) -> Canvas {
        apply(&Flip { direction }, canvas).unwrap()
    }

    #[test]
    fn pixels_and_focal_point_change_sides() {
        let canvas = || focused(gradient(10, 6, 4), 0.2, 0.5);
        let cases = [
            (FlipDirection::Horizontal, (9, 0), (8.0, 3.0)),
            (FlipDirection::Vertical, (0, 5), (2.0, 3.0)),
            (FlipDirection::Both, (9, 5), (8.0, 3.0)),
        ];
        for (direction, (x, y), focal) in cases {
            let result = flip(direction, canvas());
            assert_eq!(pixel(&result, x, y), gradient_level(0, 0), "{direction:?}");
            assert_eq!(focal_pixels(&result), focal, "{direction:?}");
        }
    }

    #[test]
    fn twice_is_the_image_again() {
        for direction in [FlipDirection::Horizontal, FlipDirection::Vertical, FlipDirection::Both] {
            for bands in 1..=4 {
                let canvas = animated(5, 4, bands);
                let twice = flip(direction, flip(direction, canvas.clone()));
                assert_sound(&twice, 3);
                assert_eq!(bytes(&twice), bytes(&canvas));
            }
        }
    }
}
