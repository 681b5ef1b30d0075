//! How close an encoded picture is to the pixels it was made from: SSIMULACRA2, on the first
//! frame. 90 cannot be told apart, 70 is high, 50 medium quality.

use std::sync::Arc;

use cropmark_rules::{Fault, FaultCode, Format};
use ssimulacra2::{LinearRgb, compute_frame_ssimulacra2};

use crate::{
    canvas::fault,
    decode,
    vips::{Call, Image, Result},
};

/// Of pictures with more pixels a side, the middle is measured: a score takes about 200 bytes a
/// pixel.
const MOST_SIDE: u32 = 2048;

/// The metric's own least.
const LEAST_SIDE: u32 = 8;

/// What is noted where no score can be had.
pub(super) const TOO_SMALL: &str =
    "The picture is too small to be scored (8 x 8 pixels at least): its quality is the one given.";

/// The pixels before encoding, ready to be compared with.
pub(super) struct Reference {
    pixels: LinearRgb,
    frame_height: u32,
}

impl Reference {
    /// `None` where the picture is too small to be compared.
    pub(super) fn new(image: &Image) -> std::result::Result<Option<Self>, Fault> {
        let frame_height = image.frame_height();
        if image.width().min(frame_height) < LEAST_SIDE {
            return Ok(None);
        }
        let pixels = linear(image, frame_height)?;
        Ok(Some(Self { pixels, frame_height }))
    }

    /// The score of encoded bytes.
    pub(super) fn score(&self, bytes: &[u8], format: Format) -> std::result::Result<f64, Fault> {
        let decoded = decode::reread(&Arc::new(bytes.to_vec()), format)?;
        let pixels = linear(&decoded, self.frame_height)?;
        compute_frame_ssimulacra2(self.pixels.clone(), pixels).map_err(|error| {
            Fault::new(FaultCode::Invalid, format!("The result could not be scored ({error})."))
        })
    }
}

/// The measured part of the first frame, on white, as light.
fn linear(image: &Image, frame_height: u32) -> std::result::Result<LinearRgb, Fault> {
    let part = part(image, frame_height).map_err(fault)?;
    let bands = part.bands() as usize;
    let bytes = part.to_bytes().map_err(fault)?;
    let light: Vec<f32> = (0..=255u8).map(light).collect();
    let at = |byte: u8| light[usize::from(byte)];
    let pixels = bytes.chunks_exact(bands).map(|pixel| {
        if bands >= 3 { [at(pixel[0]), at(pixel[1]), at(pixel[2])] } else { [at(pixel[0]); 3] }
    });
    LinearRgb::new(pixels.collect(), part.width() as usize, part.height() as usize).map_err(
        |error| {
            Fault::new(FaultCode::Invalid, format!("The pixels could not be scored ({error})."))
        },
    )
}

fn part(image: &Image, frame_height: u32) -> Result<Image> {
    let (width, height) = (image.width().min(MOST_SIDE), frame_height.min(MOST_SIDE));
    let part = Call::new("extract_area")
        .image("input", image)
        .number("left", (image.width() - width) / 2)
        .number("top", (frame_height - height) / 2)
        .number("width", width)
        .number("height", height)
        .output()?;
    let part = if part.interpretation() == "cmyk" {
        Call::new("icc_transform")
            .image("in", &part)
            .text("output-profile", "srgb")
            .text("input-profile", "cmyk")
            .output()?
    } else {
        part
    };
    if !part.has_alpha() {
        return Ok(part);
    }
    Call::new("flatten").image("in", &part).numbers("background", &[255.0]).output()
}

/// sRGB's curve: from the stored value to light (IEC 61966-2-1).
fn light(byte: u8) -> f32 {
    let x = f32::from(byte) / 255.0;
    if x <= 0.040_45 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) }
}
