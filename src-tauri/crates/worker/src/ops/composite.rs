//! Putting a small image on every frame: what texts and overlays have in common.

use cropmark_rules::{Fault, operation::Blend};

use super::pixels;
use crate::{
    canvas::{Canvas, fault},
    vips::{Band, Call, Image, Result},
};

/// Puts a layer's top left corner at a place of every frame; what hangs over is cut. Layers
/// have an alpha channel and the canvas's colours; frame `i` gets layer `i` modulo their count.
pub(super) fn put(
    canvas: Canvas,
    layers: &[Image],
    (left, top): (i64, i64),
    blend: Blend,
) -> std::result::Result<Canvas, Fault> {
    let size = canvas.size();
    let Some(first) = layers.first() else { return Ok(canvas) };
    let columns = overlap(left, first.width(), size.width);
    let rows = overlap(top, first.height(), size.height);
    let (Some(columns), Some(rows)) = (columns, rows) else { return Ok(canvas) };
    // The frame is read for the part below the layer, and for what is around it.
    let mut canvas = canvas.materialize()?;
    for (index, frame) in canvas.frames.iter_mut().enumerate() {
        let layer = &layers[index % layers.len()];
        *frame = composed(frame, layer, &columns, &rows, blend).map_err(fault)?;
    }
    Ok(canvas)
}

/// The part that a layer covers of a side: where it starts on the frame and on the layer.
struct Overlap {
    on_frame: u32,
    on_layer: u32,
    length: u32,
}

fn overlap(start: i64, layer: u32, frame: u32) -> Option<Overlap> {
    let end = start.saturating_add(i64::from(layer)).min(i64::from(frame));
    let from = start.max(0);
    if from >= end {
        return None;
    }
    Some(Overlap {
        on_frame: u32::try_from(from).ok()?,
        on_layer: u32::try_from(from - start).ok()?,
        length: u32::try_from(end - from).ok()?,
    })
}

fn composed(
    frame: &Image,
    layer: &Image,
    columns: &Overlap,
    rows: &Overlap,
    blend: Blend,
) -> Result<Image> {
    let part = |image: &Image, left: u32, top: u32| {
        Call::new("extract_area")
            .image("input", image)
            .number("left", left)
            .number("top", top)
            .number("width", columns.length)
            .number("height", rows.length)
            .output()
    };
    let below = part(frame, columns.on_frame, rows.on_frame)?;
    let above = part(layer, columns.on_layer, rows.on_layer)?;
    let mixed = mix(&below, &above, blend)?;
    if (mixed.width(), mixed.height()) == (frame.width(), frame.height()) {
        return Ok(mixed);
    }
    Call::new("insert")
        .image("main", frame)
        .image("sub", &mixed)
        .number("x", columns.on_frame)
        .number("y", rows.on_frame)
        .output()
}

/// Two images of one size mixed; the result has alpha where the one below has.
pub(super) fn mix(below: &Image, above: &Image, blend: Blend) -> Result<Image> {
    if blend == Blend::Over && !below.has_alpha() {
        // The most common case, exact on whole numbers.
        return Call::new("ifthenelse")
            .image("cond", &pixels::alpha(above)?)
            .image("in1", &pixels::colors(above)?)
            .image("in2", below)
            .flag("blend", true)
            .output();
    }
    // On floats, because libvips cuts what it should round on bytes.
    let floats =
        |image: &Image| Call::new("cast").image("in", image).text("format", "float").output();
    let mixed = Call::new("composite2")
        .image("base", &floats(below)?)
        .image("overlay", &floats(above)?)
        .text("mode", blend_nick(blend))
        .output()?;
    let mixed = pixels::rounded(&mixed, Band::Byte)?;
    if below.has_alpha() { Ok(mixed) } else { pixels::colors(&mixed) }
}

/// The alpha of every pixel multiplied by a share.
pub(super) fn fainter(layer: &Image, opacity: f64) -> Result<Image> {
    if opacity >= 1.0 {
        return Ok(layer.clone());
    }
    let mut table = Vec::with_capacity(256 * layer.bands() as usize);
    for level in 0..=255_u8 {
        table.extend(std::iter::repeat_n(level, layer.bands() as usize - 1));
        table.push(pixels::byte(f64::from(level) * opacity.max(0.0)));
    }
    let table = Image::from_pixels(&table, 256, 1, layer.bands())?;
    Call::new("maplut").image("in", layer).image("lut", &table).output()
}

fn blend_nick(blend: Blend) -> &'static str {
    match blend {
        Blend::Over => "over",
        Blend::Multiply => "multiply",
        Blend::Screen => "screen",
        Blend::Overlay => "overlay",
        Blend::Darken => "darken",
        Blend::Lighten => "lighten",
        Blend::HardLight => "hard-light",
        Blend::SoftLight => "soft-light",
        Blend::Difference => "difference",
        Blend::Add => "add",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, frame, gradient, gradient_level, pixel, pixel_of, plain,
    };
    use cropmark_rules::value::Color;

    fn layer(width: u32, height: u32, levels: [u8; 4]) -> Image {
        frame(width, height, 4, move |_, _| levels)
    }

    #[test]
    fn a_layer_covers_its_place_and_nothing_else() {
        let result =
            put(gradient(20, 10, 3), &[layer(4, 3, [9, 8, 7, 255])], (5, 2), Blend::Over).unwrap();
        assert_eq!(pixel(&result, 5, 2), [9, 8, 7]);
        assert_eq!(pixel(&result, 8, 4), [9, 8, 7]);
        for (x, y) in [(4, 2), (9, 4), (5, 1), (8, 5)] {
            assert_eq!(pixel(&result, x, y), gradient_level(x, y)[..3]);
        }
    }

    #[test]
    fn what_hangs_over_is_cut() {
        let canvas = gradient(20, 10, 3);
        let drawing = || [frame(6, 6, 4, |x, y| [u8::try_from(x * 10 + y).unwrap(), 0, 0, 255])];
        let result = put(canvas.clone(), &drawing(), (-2, 8), Blend::Over).unwrap();
        assert_eq!(pixel(&result, 0, 8)[0], 20);
        assert_eq!(pixel(&result, 3, 9)[0], 51);
        assert_eq!(pixel(&result, 4, 9), gradient_level(4, 9)[..3]);
        for place in [(-6, 0), (20, 0), (0, -6), (0, 10), (i64::MAX, 0), (i64::MIN, 0)] {
            let result = put(canvas.clone(), &drawing(), place, Blend::Over).unwrap();
            assert_eq!(bytes(&result), bytes(&canvas), "{place:?}");
        }
        let large = [layer(90, 90, [1, 2, 3, 255])];
        let result = put(canvas, &large, (-30, -30), Blend::Over).unwrap();
        assert!(bytes(&result).chunks_exact(3).all(|pixel| pixel == [1, 2, 3]));
    }

    #[test]
    fn alphas_are_mixed_as_they_should() {
        let below = || plain(2, 2, Color { red: 0, green: 100, blue: 200, alpha: 128 });
        let result = put(below(), &[layer(2, 2, [200, 0, 0, 51])], (0, 0), Blend::Over).unwrap();
        // 0.2 + 0.8 x 0.50196 = 0.60157 of alpha; (200 x 0.2, 100 x 0.40157, 200 x 0.40157) in it.
        assert_eq!(pixel(&result, 0, 0), [66, 67, 134, 153]);
        let solid = plain(2, 2, Color::solid(0, 100, 200));
        let result = put(solid, &[layer(2, 2, [200, 0, 0, 51])], (0, 0), Blend::Over).unwrap();
        assert_eq!(pixel(&result, 0, 0), [40, 80, 160]);
    }

    #[test]
    fn modes_mix_as_css_has_them() {
        let cases = [
            (Blend::Multiply, 47),
            (Blend::Screen, 173),
            (Blend::Overlay, 94),
            (Blend::Darken, 100),
            (Blend::Lighten, 120),
            (Blend::HardLight, 94),
            (Blend::Difference, 20),
            (Blend::Add, 220),
        ];
        for (blend, expected) in cases {
            for bands in [1, 3, 4] {
                let canvas = crate::ops::testing::drawn(1, 1, bands, |_, _| [100, 100, 100, 255]);
                let above = frame(1, 1, if bands < 3 { 2 } else { 4 }, |_, _| {
                    if bands < 3 { [120, 255, 0, 0] } else { [120, 120, 120, 255] }
                });
                let result = put(canvas, &[above], (0, 0), blend).unwrap();
                assert_eq!(pixel(&result, 0, 0)[0], expected, "{blend:?} on {bands}");
                assert_sound(&result, 1);
            }
        }
        let soft = put(
            plain(1, 1, Color::solid(100, 100, 100)),
            &[layer(1, 1, [255, 255, 255, 255])],
            (0, 0),
            Blend::SoftLight,
        );
        // White lightens to the root: 100 / 255 is 0.392, its root 0.626.
        assert_eq!(pixel(&soft.unwrap(), 0, 0)[0], 160);
    }

    #[test]
    fn frames_get_their_layers_in_turn() {
        let layers = [layer(2, 2, [1, 1, 1, 255]), layer(2, 2, [2, 2, 2, 255])];
        let result = put(animated(5, 4, 4), &layers, (1, 1), Blend::Over).unwrap();
        assert_sound(&result, 3);
        let found: Vec<u8> = result.frames.iter().map(|frame| pixel_of(frame, 1, 1)[0]).collect();
        assert_eq!(found, [1, 2, 1]);
    }

    #[test]
    fn opacity_scales_the_alpha_only() {
        let fainter = fainter(&layer(1, 1, [10, 20, 30, 101]), 0.5).unwrap();
        assert_eq!(pixel_of(&fainter, 0, 0), [10, 20, 30, 51]);
    }
}
