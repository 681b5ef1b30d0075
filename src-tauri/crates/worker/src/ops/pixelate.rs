//! Pixelate: square blocks of their mean colour.

use cropmark_rules::{Fault, operation::Pixelate};

use super::pixels;
use crate::{
    canvas::{Canvas, fault},
    vips::{Band, Call, Image, Result},
};

/// Shows every block of every frame, counted from the top left, in its mean colour. Blocks at
/// the right and the bottom edge may be cut.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
pub(crate) fn apply(rule: &Pixelate, canvas: Canvas) -> std::result::Result<Canvas, Fault> {
    let size = canvas.size();
    let longer = f64::from(size.width.max(size.height));
    let block = rule.size.resolve(f64::from(size.width)).round().clamp(1.0, longer) as u32;
    if block == 1 {
        return Ok(canvas);
    }
    // A block is never larger than the image, on which it would be the only one.
    let block = (block.min(size.width), block.min(size.height));
    let cover = cover(size.width, size.height, block).map_err(fault)?;
    canvas.map(|frame| {
        pixels::premultiplied(frame, |image| {
            let means = means(image, block)?;
            // Blocks that hang over the edge are means of what is there.
            let means =
                Call::new("divide").image("left", &means).image("right", &cover).output()?;
            let means =
                if frame.has_alpha() { means } else { pixels::rounded(&means, Band::Byte)? };
            let blocks = Call::new("zoom")
                .image("input", &means)
                .number("xfac", block.0)
                .number("yfac", block.1)
                .output()?;
            Call::new("extract_area")
                .image("input", &blocks)
                .number("left", 0)
                .number("top", 0)
                .number("width", size.width)
                .number("height", size.height)
                .output()
        })
    })
}

/// One pixel a block: the mean of the image and of the black beyond its edge.
fn means(image: &Image, (across, down): (u32, u32)) -> Result<Image> {
    let floats = Call::new("cast").image("in", image).text("format", "float").output()?;
    let whole = Call::new("embed")
        .image("in", &floats)
        .number("x", 0)
        .number("y", 0)
        .number("width", image.width().div_ceil(across) * across)
        .number("height", image.height().div_ceil(down) * down)
        .text("extend", "black")
        .output()?;
    Call::new("shrink")
        .image("in", &whole)
        .number("hshrink", across)
        .number("vshrink", down)
        .output()
}

/// The share of every block that lies within the image, computed once.
fn cover(width: u32, height: u32, block: (u32, u32)) -> Result<Image> {
    means(&pixels::filled(width, height, &[1.0])?, block)?.materialize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, drawn, gradient, gradient_level, pixel,
    };
    use cropmark_rules::value::Length;

    fn pixelate(size: f64, canvas: Canvas) -> Canvas {
        apply(&Pixelate { size: Length::Pixels(size) }, canvas).unwrap()
    }

    #[test]
    fn every_block_is_the_mean_of_its_pixels() {
        let (width, height, block) = (23_u32, 17_u32, 5_u32);
        let result = pixelate(5.0, gradient(width, height, 3));
        for (x, y) in [(0, 0), (4, 4), (5, 0), (12, 9), (21, 3), (22, 16), (3, 15)] {
            let (left, top) = (x / block * block, y / block * block);
            let (right, bottom) = ((left + block).min(width), (top + block).min(height));
            for band in 0..3 {
                let levels: Vec<f64> = (top..bottom)
                    .flat_map(|y| (left..right).map(move |x| gradient_level(x, y)))
                    .map(|level| f64::from(level[band]))
                    .collect();
                let count = f64::from((right - left) * (bottom - top));
                let mean = levels.iter().sum::<f64>() / count;
                let found = f64::from(pixel(&result, x, y)[band]);
                assert!((found - mean).abs() <= 0.501, "{x}, {y}: {found} instead of {mean}");
            }
        }
    }

    #[test]
    fn clear_pixels_do_not_colour_a_block() {
        let canvas = drawn(4, 4, 4, |x, _| if x < 2 { [200, 10, 0, 255] } else { [0, 250, 9, 0] });
        assert_eq!(pixel(&pixelate(4.0, canvas), 3, 3), [200, 10, 0, 128]);
    }

    #[test]
    fn blocks_may_be_larger_than_the_image() {
        let result = pixelate(1e9, gradient(5, 300, 1));
        assert_eq!(pixel(&result, 0, 0), pixel(&result, 4, 299));
        assert_sound(&result, 1);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            assert_sound(&pixelate(4.0, animated(15, 14, bands)), 3);
        }
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&pixelate(1.0, canvas.clone())), bytes(&canvas));
        let share = Pixelate { size: Length::Percent(50.0) };
        let result = apply(&share, gradient(10, 10, 1)).unwrap();
        assert_eq!(pixel(&result, 0, 0), pixel(&result, 4, 4));
        assert_ne!(pixel(&result, 4, 4), pixel(&result, 5, 4));
    }
}
