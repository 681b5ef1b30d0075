//! Levels that are not of eight or sixteen bits: floating-point numbers and wider integers.

use crate::vips::{Band, Call, Image, Result};

/// Above this, floating-point numbers are levels of an integer scale and not light, in which 1 is
/// white and little is brighter.
const BRIGHTEST_LIGHT: f64 = 100.0;

/// Whether the levels are such that the rest of the program knows what white is.
pub(super) fn are_plain(image: &Image) -> bool {
    let known = matches!(image.band(), Band::Byte | Band::Short);
    // Light has the whole way to a screen's colours before it in libvips.
    let is_light = image.band() == Band::Float && image.interpretation() == "scrgb";
    known || is_light || matches!(image.interpretation().as_str(), "cmyk" | "lab" | "xyz" | "labs")
}

/// The image in sixteen bits. `again`: the same image, whose rows were not read yet.
///
/// Floating-point numbers up to 1 are light. All else is scaled so that the white of the smallest
/// usual scale (8, 16 or all bits) that holds the largest level becomes white, and where a file
/// uses little of its scale, so that the largest level does: it would come out black.
pub(super) fn sixteen_bits(image: &Image, again: &Image) -> Result<Image> {
    let largest = Call::new("max").image("in", image).run()?.number("out")?;
    let is_float = image.is_float();
    if is_float && largest <= BRIGHTEST_LIGHT {
        return lit(again);
    }
    let all_bits = if image.is_signed() { f64::from(i32::MAX) } else { f64::from(u32::MAX) };
    let white = if largest <= 255.0 {
        255.0
    } else if largest <= 65_535.0 {
        65_535.0
    } else if is_float || largest < all_bits / 256.0 {
        largest
    } else {
        all_bits
    };
    deep(&scaled(again, 65_535.0 / white)?)
}

/// Light as levels, as sRGB stores it.
fn lit(image: &Image) -> Result<Image> {
    let has_alpha = image.has_alpha();
    let colors = image.bands() - u32::from(has_alpha);
    if colors != 1 && colors != 3 {
        return deep(&scaled(image, 65_535.0)?);
    }
    let single = |band: u32, count: u32| {
        Call::new("extract_band")
            .image("in", image)
            .number("band", band)
            .number("n", count)
            .output()
    };
    let light = if colors == 1 {
        let grey = single(0, 1)?;
        Call::new("bandjoin").images("in", &[grey.clone(), grey.clone(), grey]).output()?
    } else {
        single(0, 3)?
    };
    let light = Call::new("cast").image("in", &light).text("format", "float").output()?;
    let light = Call::new("copy").image("in", &light).text("interpretation", "scrgb").output()?;
    let stored = Call::new("colourspace").image("in", &light).text("space", "rgb16").output()?;
    let stored = if colors == 1 {
        Call::new("extract_band").image("in", &stored).number("band", 0).output()?
    } else {
        stored
    };
    if !has_alpha {
        return deep(&stored);
    }
    let alpha = scaled(&single(colors, 1)?, 65_535.0)?;
    let alpha = Call::new("cast").image("in", &alpha).text("format", "ushort").output()?;
    deep(&Call::new("bandjoin").images("in", &[stored, alpha]).output()?)
}

fn scaled(image: &Image, factor: f64) -> Result<Image> {
    Call::new("linear").image("in", image).numbers("a", &[factor]).numbers("b", &[0.5]).output()
}

/// Levels from 0 to 65535 as grey or RGB.
fn deep(image: &Image) -> Result<Image> {
    let kind = if image.bands() >= 3 { "rgb16" } else { "grey16" };
    let image = Call::new("cast").image("in", image).text("format", "ushort").output()?;
    Call::new("copy").image("in", &image).text("interpretation", kind).output()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of levels in this number format, read as sixteen bits.
    fn levels(values: &[f64], format: &str) -> Vec<u16> {
        crate::vips::Library::start().unwrap();
        let width = values.len();
        let row = Image::matrix(values, width, 1.0).unwrap();
        let row = Call::new("cast").image("in", &row).text("format", format).output().unwrap();
        let row =
            Call::new("copy").image("in", &row).text("interpretation", "b-w").output().unwrap();
        let read = sixteen_bits(&row, &row).unwrap();
        assert!(are_plain(&read));
        let bytes = read.to_bytes().unwrap();
        bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn light_is_stored_as_srgb_and_brighter_light_is_white() {
        let found = levels(&[0.0, 0.214, 1.0, 40.0], "float");
        assert_eq!((found[0], found[2], found[3]), (0, 65_535, 65_535));
        assert!(found[1].abs_diff(32_768) < 200, "{found:?}");
        assert_eq!(levels(&[0.0, 1.0], "double"), [0, 65_535]);
    }

    #[test]
    fn integers_are_scaled_by_the_scale_that_holds_them() {
        let all = f64::from(u32::MAX);
        assert_eq!(levels(&[0.0, all / 2.0, all], "uint"), [0, 32_768, 65_535]);
        assert_eq!(levels(&[0.0, 255.0], "uint"), [0, 65_535]);
        assert_eq!(levels(&[300.0, 65_535.0], "uint"), [300, 65_535]);
        assert_eq!(levels(&[0.0, 1_000_000.0], "uint"), [0, 65_535]);
        assert_eq!(levels(&[-5.0, f64::from(i32::MAX)], "int"), [0, 65_535]);
        assert_eq!(levels(&[0.0, 255.0], "float"), [0, 65_535]);
    }
}
