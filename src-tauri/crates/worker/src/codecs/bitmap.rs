//! BMP, through the `image` crate.

use cropmark_rules::{Fault, FaultCode};
use image::{ExtendedColorType, codecs::bmp::BmpEncoder};

use crate::{canvas::fault, vips::Image};

pub(super) fn save(image: &Image) -> Result<Vec<u8>, Fault> {
    let kind = if image.bands() >= 3 { ExtendedColorType::Rgb8 } else { ExtendedColorType::L8 };
    let pixels = image.to_bytes().map_err(fault)?;
    let mut bytes = Vec::new();
    let written = BmpEncoder::new(&mut bytes).encode(&pixels, image.width(), image.height(), kind);
    written.map_err(|error| {
        Fault::new(FaultCode::Invalid, format!("The BMP could not be made ({error})."))
    })?;
    Ok(bytes)
}
