//! What the formats that the `image` crate decodes share.

use cropmark_rules::{Fault, FaultCode, Format};
use image::{ColorType, ImageDecoder, ImageError, ImageResult, Limits};

use super::{
    Load,
    decoder::{Model, Picture, broken, unsupported},
    light,
};
use crate::vips::Levels;

/// Reads a header.
pub(super) fn describe(
    format: Format,
    decoder: ImageResult<impl ImageDecoder>,
) -> Result<Picture, Fault> {
    decoder.map_err(|error| fault_of(format, error)).map(|mut decoder| picture(&mut decoder))
}

/// Decodes the pixels.
pub(super) fn decode(
    format: Format,
    decoder: ImageResult<impl ImageDecoder>,
    load: &Load<'_>,
) -> Result<(Picture, Levels), Fault> {
    let read = decoder.and_then(|mut decoder| {
        let mut bounds = Limits::no_limits();
        bounds.max_image_width = Some(load.limits.side);
        bounds.max_image_height = Some(load.limits.side);
        bounds.max_alloc = Some(load.limits.worker_bytes / 2);
        decoder.set_limits(bounds)?;
        let picture = picture(&mut decoder);
        levels(decoder).map(|levels| (picture, levels))
    });
    read.map_err(|error| fault_of(format, error))
}

/// Decodes light, and gives the levels that it is shown as. `multiplied`: whether it was multiplied by
/// alpha.
pub(super) fn decode_light(
    format: Format,
    decoder: ImageResult<impl ImageDecoder>,
    load: &Load<'_>,
    multiplied: bool,
) -> Result<(Picture, Levels), Fault> {
    let (picture, levels) = decode(format, decoder, load)?;
    Ok(match levels {
        Levels::Floats(light) => {
            let shown = light::shown(&light, picture.bands(), multiplied, load.showing);
            (picture, Levels::Shorts(shown))
        }
        levels => (picture, levels),
    })
}

fn picture(decoder: &mut impl ImageDecoder) -> Picture {
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    let model = if color.has_color() { Model::Rgb } else { Model::Grey };
    let stored = decoder.original_color_type();
    let bits = u32::from(stored.bits_per_pixel()) / u32::from(stored.channel_count().max(1));
    let deep = u32::from(color.bytes_per_pixel()) / u32::from(color.channel_count()) > 1;
    let bits = if deep { bits.max(9) } else { bits.clamp(1, 8) };
    let mut picture = Picture::new(width, height, model, color.has_alpha(), bits);
    picture.profile = decoder.icc_profile().ok().flatten();
    picture
}

fn levels(decoder: impl ImageDecoder) -> ImageResult<Levels> {
    let bytes = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    Ok(match decoder.color_type() {
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            let mut levels = vec![0u16; bytes / 2];
            decoder.read_image(bytemuck::cast_slice_mut(&mut levels))?;
            Levels::Shorts(levels)
        }
        ColorType::Rgb32F | ColorType::Rgba32F => {
            let mut levels = vec![0f32; bytes / 4];
            decoder.read_image(bytemuck::cast_slice_mut(&mut levels))?;
            Levels::Floats(levels)
        }
        _ => {
            let mut levels = vec![0u8; bytes];
            decoder.read_image(&mut levels)?;
            Levels::Bytes(levels)
        }
    })
}

fn fault_of(format: Format, error: ImageError) -> Fault {
    match error {
        ImageError::Unsupported(_) => unsupported(format, error),
        ImageError::Limits(_) => Fault::new(
            FaultCode::TooLarge,
            format!(
                "{} of this size takes more memory to decode than a worker may use.",
                crate::text::capitalized(format.facts().with_article)
            ),
        ),
        _ => broken(format, error),
    }
}
