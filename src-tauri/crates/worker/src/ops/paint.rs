//! A preset's colour as levels of a canvas. Presets name colours in sRGB; a canvas may be in
//! Display P3 or in the source's own colours.

use cropmark_rules::{ColorSpace, Fault, value::Color};

use super::pixels;
use crate::{
    canvas::{Canvas, Space, fault},
    color::{Model, PROFILE, read_profile},
    vips::{Call, Image, Result},
};

/// Linear sRGB to linear Display P3: both primaries' matrices to XYZ (D65), one inverted.
const SRGB_TO_P3: pixels::Matrix =
    [[0.822_462, 0.177_538, 0.0], [0.033_194, 0.966_806, 0.0], [0.017_083, 0.072_397, 0.910_520]];

/// Gives a canvas the bands that a colour needs: RGB where the colour is not grey, alpha where it is
/// not solid.
pub(super) fn room_for(canvas: Canvas, color: Color) -> std::result::Result<Canvas, Fault> {
    let grey = color.red == color.green && color.green == color.blue;
    let canvas = if grey { canvas } else { canvas.colored()? };
    if color.is_solid() { Ok(canvas) } else { canvas.with_alpha() }
}

/// Returns a colour's levels on a canvas that has the bands for it: one of grey or three of RGB, then
/// alpha where the canvas has one.
pub(super) fn levels(color: Color, canvas: &Canvas) -> std::result::Result<Vec<f64>, Fault> {
    let mut levels = color_levels(color, canvas)?;
    if canvas.has_alpha() {
        levels.push(f64::from(color.alpha));
    }
    Ok(levels)
}

/// Returns the colour's levels without alpha.
pub(super) fn color_levels(color: Color, canvas: &Canvas) -> std::result::Result<Vec<f64>, Fault> {
    let plain = [color.red, color.green, color.blue].map(f64::from);
    if canvas.first().bands() < 3 {
        return Ok(vec![plain[0]]);
    }
    let extreme = [[0.0; 3], [255.0; 3]].contains(&plain);
    let levels = match canvas.space {
        Space::Working(ColorSpace::P3) => to_p3(plain),
        Space::Working(ColorSpace::Keep) if !extreme => {
            to_profile(plain, canvas.first()).map_err(fault)?
        }
        Space::Working(ColorSpace::Srgb | ColorSpace::Keep) | Space::Source => plain,
    };
    Ok(levels.to_vec())
}

/// Display P3 has sRGB's transfer curve and wider primaries.
fn to_p3(levels: [f64; 3]) -> [f64; 3] {
    let linear = levels.map(|level| {
        let share = level / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    SRGB_TO_P3.map(|row| {
        let mixed: f64 = row.iter().zip(linear).map(|(weight, value)| weight * value).sum();
        let share = if mixed <= 0.003_130_8 {
            mixed * 12.92
        } else {
            1.055 * mixed.powf(1.0 / 2.4) - 0.055
        };
        (share * 255.0).round()
    })
}

/// Converts an sRGB image with alpha to the colours of a canvas that keeps its source's.
pub(super) fn like(image: Canvas, canvas: &Canvas) -> std::result::Result<Canvas, Fault> {
    if canvas.space != Space::Working(ColorSpace::Keep) || canvas.first().bands() < 3 {
        return Ok(image);
    }
    let Some(profile) = canvas.first().blob(PROFILE) else { return Ok(image) };
    image.map(|frame| {
        let colors = in_profile(&pixels::colors(frame)?, &profile)?;
        // Read twice: for the colours and for the alpha.
        pixels::join(&colors, &pixels::alpha(frame)?)?.materialize()
    })
}

/// Converts a colour to the image's profile; unchanged where that has none for RGB.
fn to_profile(levels: [f64; 3], image: &Image) -> Result<[f64; 3]> {
    let Some(profile) = image.blob(PROFILE) else { return Ok(levels) };
    let bytes = in_profile(&pixels::filled(1, 1, &levels)?, &profile)?.to_bytes()?;
    Ok(match bytes[..] {
        [red, green, blue] => [red, green, blue].map(f64::from),
        _ => levels,
    })
}

/// Converts an sRGB image to a profile; unchanged where the profile is not one for RGB.
fn in_profile(image: &Image, profile: &[u8]) -> Result<Image> {
    let rgb = read_profile(profile).is_some_and(|profile| profile.model == Model::Rgb);
    if !rgb {
        return Ok(image.clone());
    }
    let lab = Call::new("icc_import")
        .image("in", image)
        .text("input_profile", "srgb")
        .text("pcs", "lab")
        .output()?;
    let lab = lab.edit(|editor| editor.set_blob(PROFILE, profile))?;
    Call::new("icc_export")
        .image("in", &lab)
        .text("pcs", "lab")
        .text("intent", "relative")
        .number("depth", 8)
        .output()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{assert_sound, drawn, gradient, pixel, plain};

    #[test]
    fn a_colour_takes_the_bands_that_it_needs() {
        let bands = |canvas: Canvas, color| {
            let canvas = room_for(canvas, color).unwrap();
            assert_sound(&canvas, 1);
            canvas.first().bands()
        };
        let clear_grey = Color { red: 9, green: 9, blue: 9, alpha: 100 };
        assert_eq!(bands(gradient(4, 4, 1), Color::WHITE), 1);
        assert_eq!(bands(gradient(4, 4, 1), clear_grey), 2);
        assert_eq!(bands(gradient(4, 4, 2), Color::solid(1, 2, 3)), 4);
        assert_eq!(bands(gradient(4, 4, 3), Color::TRANSPARENT), 4);
    }

    #[test]
    fn wide_colours_are_shown_as_they_look_in_srgb() {
        let mut canvas = gradient(4, 4, 3);
        canvas.space = Space::Working(ColorSpace::P3);
        // As CSS has it: color(srgb 1 0 0) is color(display-p3 0.9175 0.2003 0.1386).
        assert_eq!(levels(Color::solid(255, 0, 0), &canvas).unwrap(), [234.0, 51.0, 35.0]);
        assert_eq!(levels(Color::WHITE, &canvas).unwrap(), [255.0; 3]);
        assert_eq!(levels(Color::solid(128, 128, 128), &canvas).unwrap(), [128.0; 3]);
    }

    #[test]
    fn kept_colours_follow_the_profile_of_the_image() {
        let srgb = drawn(1, 1, 3, |_, _| [30, 144, 255, 0]);
        let wide = Call::new("icc_transform")
            .image("in", srgb.first())
            .text("output_profile", "p3")
            .text("input_profile", "srgb")
            .output()
            .unwrap();
        let mut canvas = srgb;
        canvas.space = Space::Working(ColorSpace::Keep);
        let color = Color::solid(30, 144, 255);
        assert_eq!(levels(color, &canvas).unwrap(), [30.0, 144.0, 255.0]);
        let expected: Vec<f64> = wide.to_bytes().unwrap().into_iter().map(f64::from).collect();
        canvas.frames = vec![wide];
        let found = levels(color, &canvas).unwrap();
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() <= 1.0, "{found} instead of {expected}");
        }
        assert!(expected[0] > 50.0, "{expected:?}");
        let logo = like(plain(2, 2, Color { alpha: 90, ..color }), &canvas).unwrap();
        assert_sound(&logo, 1);
        let shown: Vec<f64> = pixel(&logo, 1, 1).into_iter().map(f64::from).collect();
        assert_eq!(shown, [&found[..], &[90.0]].concat());
    }
}
