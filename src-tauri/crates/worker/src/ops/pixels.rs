//! What several operations do to pixels: curves, matrices, premultiplied alpha, rounding.

use cropmark_rules::Fault;

use crate::{
    canvas::{Canvas, fault},
    vips::{self, Band, Call, Image},
};

/// What red, green and blue add to a tone: Rec. 709's weights, put on the gamma-coded values
/// as CSS filters do.
pub(super) const LUMINANCE: [f64; 3] = [0.2126, 0.7152, 0.0722];

/// Three rows of what red, green and blue of the result take from those of the image.
pub(super) type Matrix = [[f64; 3]; 3];

/// The matrix that changes nothing.
pub(super) const IDENTITY: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

/// Returns the matrix at a share of the way from one to another.
pub(super) fn between(from: &Matrix, to: &Matrix, share: f64) -> Matrix {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            from[row][column] + (to[row][column] - from[row][column]) * share
        })
    })
}

/// Maps every colour level by a curve over 0–255; alpha stays.
pub(super) fn curve(canvas: Canvas, level: impl Fn(f64) -> f64) -> Result<Canvas, Fault> {
    curves(canvas, |_, value| level(value))
}

/// Maps each band by its own curve over 0–255; alpha stays.
pub(super) fn curves(canvas: Canvas, level: impl Fn(usize, f64) -> f64) -> Result<Canvas, Fault> {
    let bands = canvas.first().bands();
    let colors = color_bands(canvas.first());
    let mut table = Vec::with_capacity(256 * bands as usize);
    for value in 0..=255_u8 {
        for band in 0..bands as usize {
            let colored = band < colors as usize;
            table.push(if colored { byte(level(band, f64::from(value))) } else { value });
        }
    }
    let table = Image::from_pixels(&table, 256, 1, bands).map_err(fault)?;
    canvas.map(|frame| Call::new("maplut").image("in", frame).image("lut", &table).output())
}

/// Multiplies every RGB pixel by a matrix and adds an offset; alpha stays. A grey canvas
/// becomes RGB.
pub(super) fn recombine(
    canvas: Canvas,
    matrix: &Matrix,
    offset: [f64; 3],
) -> Result<Canvas, Fault> {
    let canvas = canvas.colored()?;
    let alpha = canvas.has_alpha();
    let mut numbers = Vec::with_capacity(16);
    for row in matrix {
        numbers.extend_from_slice(row);
        numbers.extend(alpha.then_some(0.0));
    }
    let mut offset = offset.to_vec();
    if alpha {
        numbers.extend_from_slice(&[0.0, 0.0, 0.0, 1.0]);
        offset.push(0.0);
    }
    let matrix = Image::matrix(&numbers, offset.len(), 1.0).map_err(fault)?;
    canvas.map(|frame| {
        let mixed = Call::new("recomb").image("in", frame).image("m", &matrix).output()?;
        shifted_bytes(&mixed, &offset)
    })
}

/// Runs a step that mixes neighbouring pixels on premultiplied floats, so that the colour of
/// what cannot be seen does not bleed into what can. Without alpha the step gets the image as
/// it is; the result has the image's number type again.
pub(super) fn premultiplied(
    image: &Image,
    step: impl FnOnce(&Image) -> vips::Result<Image>,
) -> vips::Result<Image> {
    if !image.has_alpha() {
        return step(image);
    }
    let premultiplied = Call::new("premultiply").image("in", image).output()?;
    let changed = step(&premultiplied)?;
    let straight = Call::new("unpremultiply").image("in", &changed).output()?;
    rounded(&straight, image.band())
}

/// Rounds to the nearest whole number of a number type; libvips' own cast cuts.
pub(super) fn rounded(image: &Image, band: Band) -> vips::Result<Image> {
    match band {
        _ if image.band() == band => Ok(image.clone()),
        Band::Byte => shifted_bytes(image, &[0.0]),
        Band::Short => {
            let whole = Call::new("round").image("in", image).text("round", "rint").output()?;
            Call::new("cast").image("in", &whole).text("format", "ushort").output()
        }
        Band::Float | Band::Other => Ok(image.clone()),
    }
}

/// Adds to each band, rounds and clamps to bytes, in one pass.
fn shifted_bytes(image: &Image, offset: &[f64]) -> vips::Result<Image> {
    let offset: Vec<f64> = offset.iter().map(|shift| shift + 0.5).collect();
    Call::new("linear")
        .image("in", image)
        .numbers("a", &[1.0])
        .numbers("b", &offset)
        .flag("uchar", true)
        .output()
}

/// Returns the bands without the alpha.
pub(super) fn colors(image: &Image) -> vips::Result<Image> {
    Call::new("extract_band")
        .image("in", image)
        .number("band", 0)
        .number("n", color_bands(image))
        .output()
}

/// Returns the alpha of an image that has one.
pub(super) fn alpha(image: &Image) -> vips::Result<Image> {
    Call::new("extract_band").image("in", image).number("band", color_bands(image)).output()
}

/// Joins colour bands and an alpha.
pub(super) fn join(colors: &Image, alpha: &Image) -> vips::Result<Image> {
    Call::new("bandjoin").images("in", &[colors.clone(), alpha.clone()]).output()
}

/// Multiplies two one-band images of bytes, where 255 is one.
pub(super) fn multiplied(one: &Image, other: &Image) -> vips::Result<Image> {
    let product = Call::new("multiply").image("left", one).image("right", other).output()?;
    Call::new("linear")
        .image("in", &product)
        .numbers("a", &[1.0 / 255.0])
        .numbers("b", &[0.5])
        .flag("uchar", true)
        .output()
}

/// Returns an image of one colour, given as its levels with alpha.
pub(super) fn filled(width: u32, height: u32, levels: &[f64]) -> vips::Result<Image> {
    let bands = u32::try_from(levels.len()).unwrap_or(u32::MAX);
    let black = Call::new("black")
        .number("width", width)
        .number("height", height)
        .number("bands", bands)
        .output()?;
    let image = shifted_bytes(&black, levels)?;
    let kind = if levels.len() < 3 { "b-w" } else { "srgb" };
    Call::new("copy").image("in", &image).text("interpretation", kind).output()
}

fn color_bands(image: &Image) -> u32 {
    image.bands() - u32::from(image.has_alpha())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
pub(super) fn byte(level: f64) -> u8 {
    level.round().clamp(0.0, 255.0) as u8
}
