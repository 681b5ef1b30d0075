//! How close an encoded picture is to the pixels it was made from: SSIMULACRA2, on the first
//! frame. 90 cannot be told apart, 70 is high, 50 medium quality.

use std::sync::Arc;

use cropmark_rules::{Fault, FaultCode, Limits};
use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};

use crate::{
    canvas::fault,
    content::Content,
    formats::{ImageFormat, Load, light::Showing},
    vips::{Band, Call, Image, Result},
};

/// Of pictures with more pixels a side, the middle is measured: a score takes about 110 bytes a
/// pixel, and a third of a second for three megapixels.
const MOST_SIDE: u32 = 2048;

/// The metric's own least.
const LEAST_SIDE: u32 = 8;

/// What is noted where no score can be had.
pub(super) const TOO_SMALL: &str =
    "The picture is too small to be scored (8 x 8 pixels at least): its quality is the one given.";

/// The pixels before encoding, ready to be compared with.
pub(super) struct Reference {
    pixels: Ssimulacra2Reference,
    frame_height: u32,
}

impl Reference {
    /// `None` where the picture is too small to be compared.
    pub(super) fn new(image: &Image) -> std::result::Result<Option<Self>, Fault> {
        let frame_height = image.frame_height();
        if image.width().min(frame_height) < LEAST_SIDE {
            return Ok(None);
        }
        let measured = Measured::of(image, frame_height)?;
        let pixels =
            Ssimulacra2Reference::new(&measured.slice()?).map_err(|error| unscored(&error))?;
        Ok(Some(Self { pixels, frame_height }))
    }

    /// The score of encoded bytes.
    pub(super) fn score(
        &self,
        bytes: &[u8],
        module: &dyn ImageFormat,
    ) -> std::result::Result<f64, Fault> {
        let limits = Limits::default();
        let showing = Showing::default();
        let first = Load { page: 0, count: 1, shrink: 1, scale: 1.0, showing, limits: &limits };
        let decoded = module.load(&Content::Memory(Arc::new(bytes.to_vec())), &first)?;
        let measured = Measured::of(&decoded, self.frame_height)?;
        self.pixels.compare(&measured.slice()?).map_err(|error| unscored(&error))
    }
}

/// The measured part of a first frame, on white: RGB bytes in sRGB.
struct Measured {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
}

impl Measured {
    fn of(image: &Image, frame_height: u32) -> std::result::Result<Self, Fault> {
        let part = part(image, frame_height).map_err(fault)?;
        let bands = part.bands() as usize;
        let stored = part.to_bytes().map_err(fault)?;
        let bytes = match bands {
            3 => stored,
            4.. => stored
                .chunks_exact(bands)
                .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
                .collect(),
            _ => stored.chunks_exact(bands).flat_map(|pixel| [pixel[0]; 3]).collect(),
        };
        Ok(Self { bytes, width: part.width(), height: part.height() })
    }

    fn slice(&self) -> std::result::Result<PixelSlice<'_>, Fault> {
        let row = self.width as usize * 3;
        let descriptor = PixelDescriptor::RGB8_SRGB;
        PixelSlice::new(&self.bytes, self.width, self.height, row, descriptor)
            .map_err(|error| unscored(&error))
    }
}

fn unscored(error: &dyn std::fmt::Display) -> Fault {
    Fault::new(FaultCode::Invalid, format!("The result could not be scored ({error})."))
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
    let part = if part.band() == Band::Short {
        Call::new("colourspace").image("in", &part).text("space", "srgb").output()?
    } else {
        part
    };
    if !part.has_alpha() {
        return Ok(part);
    }
    Call::new("flatten").image("in", &part).numbers("background", &[255.0]).output()
}
