//! BMP, which libvips does not read: through the `image` crate, within the limits.

use cropmark_rules::{Fault, FaultCode, Limits};
use image::{
    ColorType, DynamicImage, ImageDecoder as _, ImageError, Limits as DecoderLimits,
    codecs::bmp::BmpDecoder,
};

use super::{check, content::Content};
use crate::{canvas::fault, vips::Image};

/// What a bitmap's header says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Facts {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) alpha: bool,
}

pub(super) fn facts(content: &Content, limits: &Limits) -> Result<Facts, Fault> {
    let decoder = BmpDecoder::new(content.reader()).map_err(broken)?;
    let (width, height) = decoder.dimensions();
    check::size(width.into(), height.into(), 1, limits)?;
    Ok(Facts { width, height, alpha: decoder.color_type() == ColorType::Rgba8 })
}

pub(super) fn pixels(content: &Content, limits: &Limits) -> Result<Image, Fault> {
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
    let interpretation = if bands >= 3 { "srgb" } else { "b-w" };
    crate::vips::Call::new("copy")
        .image("in", &plain)
        .text("interpretation", interpretation)
        .output()
        .map_err(fault)
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
