//! JPEG XL, read by `jxl` and written by libjxl.
//!
//! The decoder turns pictures upright, so the orientation in the camera data is not obeyed (ISO/IEC
//! 18181-2, 9.3). Levels are those of the profile that is told. Where the file's own profile is a table
//! for pixels that are stored as perceived colours, the decoder gives sRGB.

use cropmark_rules::{Encoding, Fault, FaultCode, Format};
use jxl::{
    api::{
        AlphaMode, Event, ExtraChannel, JxlAuxBoxType, JxlBasicInfo, JxlBitDepth, JxlColorEncoding,
        JxlColorProfile, JxlColorType, JxlDataFormat, JxlDecoder, JxlDecoderOptions,
        JxlOutputBuffer, JxlPixelFormat, JxlPrimaries, JxlTransferFunction, JxlWhitePoint,
        ProfileLevel,
    },
    error::Error,
};

use super::{
    Load,
    decoder::{Decoder, Model, Picture, broken},
    jxl_encoder,
};
use crate::{
    color::Cicp,
    metadata::Texts,
    vips::{Band, Image, Levels, Library},
};

/// Bytes of a metadata block that are kept.
const LONGEST_BLOCK: usize = 4 << 20;

pub(super) struct Jxl;

impl Decoder for Jxl {
    const FORMAT: Format = Format::Jxl;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        describe(bytes).map_err(fault_of)
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        let picture = describe(bytes).map_err(fault_of)?;
        let count = load.count.max(1) as usize;
        let levels = picture.width as usize * picture.height as usize * picture.bands() as usize;
        let levels =
            levels.checked_mul(count).ok_or_else(|| fault_of(Error::ImageSizeTooLarge(0, 0)))?;
        let levels = if picture.band == Band::Short {
            let mut levels = vec![0u16; levels];
            frames(bytes, &picture, load, bytemuck::cast_slice_mut(&mut levels))
                .map(|()| Levels::Shorts(levels))
        } else {
            let mut levels = vec![0u8; levels];
            frames(bytes, &picture, load, &mut levels).map(|()| Levels::Bytes(levels))
        };
        let mut levels = levels.map_err(fault_of)?;
        if let (Model::Cmyk, Levels::Bytes(levels)) = (picture.model, &mut levels) {
            // Here 0 is all ink, and in libvips none.
            for level in levels.iter_mut() {
                *level = u8::MAX - *level;
            }
        }
        Ok((picture, levels))
    }

    fn writes(&self, _library: &Library) -> bool {
        true
    }

    fn encode(
        &self,
        image: &Image,
        encoding: &Encoding,
        quality: u8,
    ) -> Option<Result<Vec<u8>, Fault>> {
        Some(jxl_encoder::encoded(image, encoding, quality))
    }

    fn put_texts(&self, file: &mut Vec<u8>, texts: Texts<'_>) {
        jxl_encoder::put_texts(file, texts);
    }
}

fn options() -> JxlDecoderOptions {
    let mut options = JxlDecoderOptions::default();
    options.alpha_mode = AlphaMode::Unpremultiplied;
    options.max_profile_level = ProfileLevel::Main10;
    options
}

/// Reads the headers of the file and of all frames, and the boxes with metadata.
fn describe(bytes: &[u8]) -> Result<Picture, Error> {
    let mut options = options();
    options.scan_frames_only = true;
    options.request_aux_boxes = vec![JxlAuxBoxType::EXIF, JxlAuxBoxType::XMP];
    let mut decoder = JxlDecoder::new(options);
    let mut rest = bytes;
    let mut picture = None;
    loop {
        match decoder.process(&mut rest, None, None)? {
            Event::BasicInfo => picture = begun(&mut decoder)?,
            Event::NeedMoreInput { .. } if rest.is_empty() => {
                // A block that reaches to the end of the file is whole once nothing follows.
                decoder.close_input();
                let _ended = decoder.process(&mut rest, None, None);
                break;
            }
            Event::Complete => break,
            _ => {}
        }
    }
    let mut picture = picture.ok_or(Error::OutOfBounds(1))?;
    let frames = decoder.scanned_frames();
    if frames.len() > 1 {
        picture.frames = u32::try_from(frames.len()).unwrap_or(u32::MAX);
        #[expect(clippy::cast_possible_truncation, reason = "clamped by the conversion")]
        let delays = frames.iter().map(|frame| frame.duration_ms.round() as i32);
        picture.delays = delays.collect();
    } else {
        picture.repeats = None;
    }
    let block = |kind| {
        let block = decoder.aux_boxes(kind).first()?.data(&[]).ok()?;
        (block.len() <= LONGEST_BLOCK).then(|| block.into_owned())
    };
    // The block begins with the place of the TIFF header in it.
    picture.exif = block(JxlAuxBoxType::EXIF).and_then(|block| {
        let (offset, rest) = block.split_first_chunk()?;
        let offset = usize::try_from(u32::from_be_bytes(*offset)).ok()?;
        rest.get(offset..).map(<[u8]>::to_vec)
    });
    picture.xmp = block(JxlAuxBoxType::XMP);
    Ok(picture)
}

/// What the file's header says, and in which colours the pixels will come.
fn begun(decoder: &mut JxlDecoder) -> Result<Option<Picture>, Error> {
    let (Some(info), Some(profile)) = (decoder.basic_info(), decoder.embedded_color_profile())
    else {
        return Ok(None);
    };
    let mut picture = basics(info, profile);
    let others = info.extra_channels.len();
    decoder.set_pixel_format(pixel_format(&picture, others))?;
    if let Some(profile) = decoder.output_color_profile() {
        match code_points(profile) {
            Some(Cicp { primaries: 1, transfer: 13 }) => {}
            Some(points) => picture.facts.cicp = Some(points),
            None => picture.profile = profile.try_as_icc().map(std::borrow::Cow::into_owned),
        }
    }
    Ok(Some(picture))
}

fn basics(info: &JxlBasicInfo, profile: &JxlColorProfile) -> Picture {
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width, height) = (side(info.size.0), side(info.size.1));
    let has = |kind| info.extra_channels.iter().any(|channel| channel.ec_type == kind);
    let model = match profile.channels() {
        1 => Model::Grey,
        4 if has(ExtraChannel::Black) => Model::Cmyk,
        _ => Model::Rgb,
    };
    let bits = match info.bit_depth {
        JxlBitDepth::Int { bits_per_sample } => bits_per_sample,
        // Such numbers are of more than eight bits in any case.
        JxlBitDepth::Float { bits_per_sample, .. } => bits_per_sample.max(9),
    };
    // The decoder gives ink without transparency, in eight bits at most here.
    let alpha = has(ExtraChannel::Alpha) && model != Model::Cmyk;
    let bits = if model == Model::Cmyk { bits.min(8) } else { bits };
    let mut picture = Picture::new(width, height, model, alpha, bits);
    picture.repeats =
        info.animation.as_ref().map(|it| i32::try_from(it.num_loops).unwrap_or(i32::MAX));
    picture
}

/// The colours as code points (ITU-T H.273), where they are common ones.
fn code_points(profile: &JxlColorProfile) -> Option<Cicp> {
    let (white, primaries, curve) = match profile {
        JxlColorProfile::Simple(JxlColorEncoding::RgbColorSpace {
            white_point,
            primaries,
            transfer_function,
            ..
        }) => (white_point, primaries, transfer_function),
        JxlColorProfile::Simple(JxlColorEncoding::GrayscaleColorSpace {
            white_point,
            transfer_function,
            ..
        }) if *transfer_function == JxlTransferFunction::SRGB => {
            (white_point, &JxlPrimaries::SRGB, transfer_function)
        }
        _ => return None,
    };
    if *white != JxlWhitePoint::D65 {
        return None;
    }
    let primaries = match primaries {
        JxlPrimaries::SRGB => 1,
        JxlPrimaries::BT2100 => 9,
        JxlPrimaries::P3 => 12,
        JxlPrimaries::Chromaticities { .. } => return None,
    };
    let transfer = match curve {
        JxlTransferFunction::BT709 => 1,
        JxlTransferFunction::Linear => 8,
        JxlTransferFunction::SRGB => 13,
        JxlTransferFunction::PQ => 16,
        JxlTransferFunction::HLG => 18,
        JxlTransferFunction::DCI | JxlTransferFunction::Gamma(_) => return None,
    };
    Some(Cicp { primaries, transfer })
}

/// Decodes the wanted frames into `target`, one below the other.
fn frames(
    bytes: &[u8],
    picture: &Picture,
    load: &Load<'_>,
    target: &mut [u8],
) -> Result<(), Error> {
    let mut decoder = JxlDecoder::new(options());
    let mut rest = bytes;
    let mut left = load.page;
    let frame_bytes = target.len() / load.count.max(1) as usize;
    let row_bytes = frame_bytes / picture.height as usize;
    let mut wanted = target.chunks_exact_mut(frame_bytes);
    let mut current = None;
    loop {
        let mut buffer = current.as_deref_mut().map(|frame: &mut [u8]| {
            JxlOutputBuffer::new(frame, picture.height as usize, row_bytes)
        });
        let buffers = buffer.as_mut().map(std::slice::from_mut);
        match decoder.process(&mut rest, buffers, None)? {
            Event::BasicInfo => {
                let others = decoder.basic_info().map_or(0, |info| info.extra_channels.len());
                decoder.set_pixel_format(pixel_format(picture, others))?;
            }
            Event::FrameHeader => {
                current = if left == 0 { wanted.next() } else { None };
                if left == 0 && current.is_none() {
                    return Ok(());
                }
                left = left.saturating_sub(1);
            }
            Event::FrameComplete { has_more_frames } => {
                current = None;
                if !has_more_frames {
                    return Ok(());
                }
            }
            Event::Complete => return Ok(()),
            Event::NeedMoreInput { size_hint } => {
                if rest.is_empty() {
                    return Err(Error::OutOfBounds(size_hint));
                }
            }
        }
    }
}

fn pixel_format(picture: &Picture, others: usize) -> JxlPixelFormat {
    let endianness = jxl::api::Endianness::native();
    JxlPixelFormat {
        color_type: match (picture.model, picture.alpha) {
            (Model::Grey, false) => JxlColorType::Grayscale,
            (Model::Grey, true) => JxlColorType::GrayscaleAlpha,
            (Model::Cmyk, _) => JxlColorType::Cmyk,
            (_, false) => JxlColorType::Rgb,
            (_, true) => JxlColorType::Rgba,
        },
        color_data_format: Some(if picture.band == Band::Short {
            JxlDataFormat::U16 { endianness, bit_depth: 16 }
        } else {
            JxlDataFormat::U8 { bit_depth: 8 }
        }),
        extra_channel_format: vec![None; others],
    }
}

fn fault_of(error: Error) -> Fault {
    match error {
        Error::OutOfBounds(_) => broken(Format::Jxl, "it ends too early"),
        Error::ImageSizeTooLarge(..) | Error::OutOfMemory(..) => Fault::new(
            FaultCode::TooLarge,
            "The JPEG XL picture takes more memory to decode than a worker may use.",
        ),
        other => broken(Format::Jxl, other),
    }
}
