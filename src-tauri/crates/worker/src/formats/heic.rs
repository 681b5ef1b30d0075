//! HEIC: read by `heic-decoder` on every machine, so that the same file gives the same pixels;
//! written where libheif was built with HEVC.
//!
//! Turns, mirrors and the clean aperture of the container are applied by the decoder. The
//! orientation in the camera data says the same again, as HEIF demands (ISO/IEC 23008-12, A.2.1),
//! and is not obeyed.

use std::sync::{Arc, OnceLock};

use cropmark_rules::{Encoding, Fault, FaultCode, Format, FormatRule};
use heic_decoder::{HeifError, ImageInfo, Metadata, RgbaImage};

use super::{
    Load,
    decoder::{Decoder, Model, Picture, broken, unsupported},
    heif,
};
use crate::{
    color::Cicp,
    vips::{Call, Image, Levels, Library, Result as VipsResult, Source},
};

pub(super) struct Heic;

impl Decoder for Heic {
    const FORMAT: Format = Format::Heic;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        let info = heic_decoder::probe(bytes).map_err(fault_of)?;
        let metadata = heic_decoder::read_metadata(bytes).map_err(fault_of)?;
        Ok(picture(&info, metadata))
    }

    fn decode(&self, bytes: &[u8], _load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        let info = heic_decoder::probe(bytes).map_err(fault_of)?;
        let levels = on_this_thread(|| levels(bytes, &info)).map_err(fault_of)?;
        let metadata = heic_decoder::read_metadata(bytes).map_err(fault_of)?;
        Ok((picture(&info, metadata), levels))
    }

    fn writes(&self, library: &Library) -> bool {
        handles_hevc(library)
    }

    fn saver(&self, encoding: &Encoding, quality: u8) -> Option<Call> {
        Some(heif::saver(encoding, quality, "hevc"))
    }
}

fn picture(info: &ImageInfo, metadata: Metadata) -> Picture {
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let model = if info.chroma_format_idc == 0 { Model::Grey } else { Model::Rgb };
    let (width, height) = (side(info.width), side(info.height));
    let alpha = info.alpha_bit_depth.is_some();
    let mut picture = Picture::new(width, height, model, alpha, info.bit_depth_luma);
    picture.facts.cicp = metadata.color_info.map(|color| Cicp {
        primaries: color.color_primaries,
        transfer: color.transfer_characteristics,
    });
    picture.profile = metadata.icc_profile;
    picture.exif = metadata.exif;
    picture.xmp = metadata.xmp;
    picture
}

fn levels(bytes: &[u8], info: &ImageInfo) -> Result<Levels, HeifError> {
    let image = heic_decoder::decode(bytes)?;
    let is_grey = info.chroma_format_idc == 0;
    let is_deep = info.bit_depth_luma > 8;
    Ok(match (info.alpha_bit_depth.is_some(), is_deep) {
        (false, false) => Levels::Bytes(plain(image.to_rgb8()?.data, is_grey, 3)),
        (false, true) => Levels::Shorts(plain(image.to_rgb16()?.data, is_grey, 3)),
        (true, false) => {
            let RgbaImage { mut data, premultiplied, .. } = image.to_rgba8()?;
            if premultiplied {
                data.as_chunks_mut().0.iter_mut().for_each(|pixel| straighten(pixel, u8::MAX));
            }
            Levels::Bytes(plain(data, is_grey, 4))
        }
        (true, true) => {
            let RgbaImage { mut data, premultiplied, .. } = image.to_rgba16()?;
            if premultiplied {
                data.as_chunks_mut().0.iter_mut().for_each(|pixel| straighten(pixel, u16::MAX));
            }
            Levels::Shorts(plain(data, is_grey, 4))
        }
    })
}

/// Of a grey picture the decoder makes three equal bands; one of them remains, and alpha.
fn plain<T: Copy>(levels: Vec<T>, is_grey: bool, bands: usize) -> Vec<T> {
    if !is_grey {
        return levels;
    }
    let pixels = levels.chunks_exact(bands);
    pixels.flat_map(|pixel| pixel[..1].iter().chain(&pixel[3..]).copied()).collect()
}

/// Divides colours that were multiplied by alpha.
fn straighten<T: Copy + Into<u32> + TryFrom<u32>>(pixel: &mut [T; 4], most: T) {
    let (alpha, most_wide): (u32, u32) = (pixel[3].into(), most.into());
    if alpha == 0 {
        return;
    }
    for level in &mut pixel[..3] {
        let straight = ((*level).into() * most_wide + alpha / 2) / alpha;
        *level = T::try_from(straight.min(most_wide)).unwrap_or(most);
    }
}

/// Runs the decoder, which would start a thread for every processor, on this thread alone: an engine
/// has as many workers as it wants things done at a time.
fn on_this_thread<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    use rayon::{ThreadPool, ThreadPoolBuilder};
    thread_local! {
        static POOL: Option<ThreadPool> =
            ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok();
    }
    POOL.with(|pool| match pool {
        Some(pool) => pool.install(run),
        None => run(),
    })
}

fn fault_of(error: HeifError) -> Fault {
    match error {
        HeifError::Unsupported(what) => unsupported(Format::Heic, what),
        HeifError::LimitExceeded(_) => Fault::new(
            FaultCode::TooLarge,
            format!(
                "The HEIC picture is larger than {} megapixels, which its decoder does not read.",
                heic_decoder::MAX_IMAGE_PIXELS / 1_000_000
            ),
        ),
        other => broken(Format::Heic, other),
    }
}

/// Whether libheif was built with HEVC. Its operations are the same as AVIF's, so only trying
/// shows; the shipped library was built without.
fn handles_hevc(library: &Library) -> bool {
    static HANDLES: OnceLock<bool> = OnceLock::new();
    library.has(heif::LOADER)
        && library.has(heif::SAVER)
        && *HANDLES.get_or_init(|| written_and_read().is_ok())
}

fn written_and_read() -> VipsResult<Image> {
    let black = Call::new("black").number("width", 64).number("height", 64);
    let image = black.number("bands", 3).output()?;
    let encoding = Encoding::new(FormatRule::Named(Format::Heic));
    let bytes = heif::saver(&encoding, 50, "hevc").image("in", &image).buffer()?;
    let source = Source::from_shared(Arc::new(bytes))?;
    Call::new(heif::LOADER).source("source", &source).output()?.materialize()
}
