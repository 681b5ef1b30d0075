//! BMP, which libvips does not read: through the `image` crate, within the limits.

use cropmark_rules::{Encoding, Fault, FaultCode, Format, Limits};
use image::{
    ColorType, DynamicImage, ExtendedColorType, ImageDecoder as _, ImageError,
    Limits as DecoderLimits,
    codecs::bmp::{BmpDecoder, BmpEncoder},
};

use super::{ImageFormat, Load, check};
use crate::{
    canvas::fault,
    content::Content,
    vips::{Call, Image, Library},
};

pub(super) struct Bmp;

impl ImageFormat for Bmp {
    fn format(&self) -> Format {
        Format::Bmp
    }

    fn loader(&self) -> &'static str {
        ""
    }

    fn reads(&self, _library: &Library) -> bool {
        true
    }

    fn writes(&self, _library: &Library) -> bool {
        true
    }

    /// An image of the right size and bands: its pixels are not the file's.
    fn open(&self, content: &Content, limits: &Limits) -> Result<Image, Fault> {
        let facts = facts(content, limits)?;
        let black = Call::new("black")
            .number("width", facts.width)
            .number("height", facts.height)
            .number("bands", if facts.alpha { 4 } else { 3 });
        black.output().and_then(|image| as_colors(&image)).map_err(fault)
    }

    fn load(&self, content: &Content, load: &Load<'_>) -> Result<Image, Fault> {
        pixels(content, load.limits)
    }

    fn save(
        &self,
        image: &Image,
        _keep: &str,
        _encoding: &Encoding,
        _quality: u8,
    ) -> Result<Vec<u8>, Fault> {
        let kind = if image.bands() >= 3 { ExtendedColorType::Rgb8 } else { ExtendedColorType::L8 };
        let pixels = image.to_bytes().map_err(fault)?;
        let mut bytes = Vec::new();
        let written =
            BmpEncoder::new(&mut bytes).encode(&pixels, image.width(), image.height(), kind);
        written.map_err(|error| {
            Fault::new(FaultCode::Invalid, format!("The BMP could not be made ({error})."))
        })?;
        Ok(bytes)
    }
}

/// What a bitmap's header says.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Facts {
    width: u32,
    height: u32,
    alpha: bool,
}

fn facts(content: &Content, limits: &Limits) -> Result<Facts, Fault> {
    let decoder = BmpDecoder::new(content.reader()).map_err(broken)?;
    let (width, height) = decoder.dimensions();
    check::size(width.into(), height.into(), 1, limits)?;
    Ok(Facts { width, height, alpha: decoder.color_type() == ColorType::Rgba8 })
}

fn pixels(content: &Content, limits: &Limits) -> Result<Image, Fault> {
    facts(content, limits)?;
    let mut decoder = BmpDecoder::new(content.reader()).map_err(broken)?;
    let mut bounds = DecoderLimits::no_limits();
    bounds.max_image_width = Some(limits.side);
    bounds.max_image_height = Some(limits.side);
    bounds.max_alloc = Some(limits.worker_bytes / 2);
    decoder.set_limits(bounds).map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let bands = u32::from(image.color().channel_count());
    let bytes = match &image {
        DynamicImage::ImageRgb8(pixels) => pixels.as_raw(),
        DynamicImage::ImageRgba8(pixels) => pixels.as_raw(),
        DynamicImage::ImageLuma8(pixels) => pixels.as_raw(),
        _ => {
            return Err(Fault::new(FaultCode::Unsupported, "This kind of BMP cannot be read."));
        }
    };
    let plain = Image::from_pixels(bytes, width, height, bands).map_err(fault)?;
    as_colors(&plain).map_err(fault)
}

fn as_colors(image: &Image) -> crate::vips::Result<Image> {
    let interpretation = if image.bands() >= 3 { "srgb" } else { "b-w" };
    Call::new("copy").image("in", image).text("interpretation", interpretation).output()
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn broken(error: ImageError) -> Fault {
    match error {
        ImageError::Unsupported(_) => Fault::new(
            FaultCode::Unsupported,
            format!("This kind of BMP cannot be read ({error})."),
        ),
        ImageError::Limits(_) => Fault::new(
            FaultCode::TooLarge,
            "The BMP takes more memory to decode than a worker may use.",
        ),
        _ => Fault::new(
            FaultCode::Unreadable,
            format!("The picture's data is damaged or incomplete ({error})."),
        ),
    }
}
