//! Flatten: a colour behind what is transparent, and no alpha any more.

use cropmark_rules::{Fault, operation::Flatten, value::Color};

use super::{paint, pixels};
use crate::{
    canvas::Canvas,
    vips::{Band, Call},
};

/// Puts the colour behind every frame. A colour that is not solid is itself put over white.
pub(crate) fn apply(rule: &Flatten, canvas: Canvas) -> Result<Canvas, Fault> {
    if !canvas.has_alpha() {
        return Ok(canvas);
    }
    let color = over_white(rule.background);
    let canvas = paint::room_for(canvas, color)?;
    let levels = paint::color_levels(color, &canvas)?;
    canvas.map(|frame| {
        // On floats, because libvips cuts what it should round on bytes.
        let floats = Call::new("cast").image("in", frame).text("format", "float").output()?;
        let flat =
            Call::new("flatten").image("in", &floats).numbers("background", &levels).output()?;
        pixels::rounded(&flat, Band::Byte)
    })
}

fn over_white(color: Color) -> Color {
    let share = f64::from(color.alpha) / 255.0;
    let mix = |level: u8| pixels::byte(255.0 + (f64::from(level) - 255.0) * share);
    Color::solid(mix(color.red), mix(color.green), mix(color.blue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, drawn, gradient, pixel};

    fn flatten(background: Color, canvas: Canvas) -> Canvas {
        apply(&Flatten { background }, canvas).unwrap()
    }

    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "256 columns")]
    fn every_alpha_mixes_to_the_nearest_level() {
        let ramp = drawn(256, 1, 4, |x, _| [200, 100, 0, x as u8]);
        let flat = bytes(&flatten(Color::solid(255, 0, 50), ramp));
        for (alpha, pixel) in (0_u8..=255).zip(flat.chunks_exact(3)) {
            let share = f64::from(alpha) / 255.0;
            for (found, (front, behind)) in
                pixel.iter().zip([(200.0, 255.0), (100.0, 0.0), (0.0, 50.0)])
            {
                let expected: f64 = front * share + behind * (1.0 - share);
                assert!((f64::from(*found) - expected).abs() <= 0.501, "{alpha}: {found}");
            }
        }
    }

    #[test]
    fn a_clear_colour_is_white_behind() {
        let clear = || drawn(2, 2, 4, |_, _| [9, 9, 9, 0]);
        assert_eq!(pixel(&flatten(Color::TRANSPARENT, clear()), 0, 0), [255; 3]);
        let half = Color { red: 255, green: 0, blue: 0, alpha: 51 };
        assert_eq!(pixel(&flatten(half, clear()), 0, 0), [255, 204, 204]);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            assert_sound(&flatten(Color::WHITE, animated(5, 4, bands)), 3);
            assert_sound(&flatten(Color::solid(1, 2, 3), animated(5, 4, bands)), 3);
        }
        assert_eq!(flatten(Color::WHITE, gradient(4, 4, 2)).first().bands(), 1);
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&flatten(Color::BLACK, canvas.clone())), bytes(&canvas));
    }
}
