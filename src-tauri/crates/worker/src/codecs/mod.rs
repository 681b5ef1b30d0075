//! From pixels to a file's bytes.

mod avif;
mod bitmap;
mod gif;
mod jpeg;
pub(crate) mod original;
mod picture;
mod png;
mod score;
mod search;
mod smallest;
#[cfg(test)]
mod tests;
mod tiff;
mod webp;

use std::sync::Arc;

use cropmark_rules::{Encoding, Fault, FaultCode, Format, FormatRule};

use self::picture::Picture;
use crate::{
    canvas::{Canvas, fault},
    decode::{self, Opened},
    formats,
    vips::{Call, Library},
};

/// A file's content, ready to be written.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: Format,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) frames: u32,
    pub(crate) quality: Option<u8>,
    pub(crate) score: Option<f64>,
    pub(crate) notes: Vec<String>,
}

/// Encodes a canvas in the colours of [`crate::color::to_encode`]. `untouched`: nothing would be
/// lost if the original's bytes stood in for the result (see [`original::may_stand`]).
pub(crate) fn encode(
    canvas: &Canvas,
    encoding: &Encoding,
    source: &Opened,
    untouched: bool,
) -> Result<Encoded, Fault> {
    let mut encoded = match encoding.format {
        FormatRule::Named(format) => one(canvas, format, encoding, source)?,
        FormatRule::Source => one(canvas, writable(source.format), encoding, source)?,
        FormatRule::Smallest => smallest::encode(canvas, encoding, source)?,
    };
    if encoding.never_larger && untouched && encoded.bytes.len() as u64 > source.bytes() {
        encoded = original::instead(encoded, source)?;
    }
    encoded.notes.splice(0..0, source.notes().iter().cloned());
    Ok(encoded)
}

/// A source's format, or for one that can only be read the nearest that can be written.
fn writable(format: Format) -> Format {
    match format {
        Format::Heic => Format::Jpeg,
        Format::Svg | Format::Jxl => Format::Png,
        other => other,
    }
}

/// Encodes into one format.
fn one(
    canvas: &Canvas,
    format: Format,
    encoding: &Encoding,
    source: &Opened,
) -> Result<Encoded, Fault> {
    if !Library::start().is_ok_and(|library| formats::writes(library, format)) {
        return Err(not_written(format));
    }
    let mut picture = Picture::new(canvas, format, encoding, source)?;
    let searches = encoding.max_bytes.is_some() || encoding.target_score.is_some();
    if searches && has_quality(format, encoding) {
        picture.image = picture.image.materialize().map_err(fault)?;
    }
    let found = search::find(&picture, format, encoding)?;
    let (bytes, frames) = checked(found.bytes, format, &picture)?;
    picture.notes.extend(found.notes);
    Ok(Encoded {
        bytes,
        format,
        width: picture.size.width,
        height: picture.size.height,
        frames,
        quality: found.quality,
        score: found.score,
        notes: picture.notes,
    })
}

/// Whether a quality changes what is encoded.
fn has_quality(format: Format, encoding: &Encoding) -> bool {
    match format {
        Format::Jpeg | Format::Heic => true,
        Format::Webp | Format::Avif => !encoding.lossless,
        _ => false,
    }
}

/// One encode.
fn save(
    picture: &Picture,
    format: Format,
    encoding: &Encoding,
    quality: u8,
) -> Result<Vec<u8>, Fault> {
    let call = match format {
        Format::Jpeg => jpeg::saver(encoding, quality),
        Format::Png => png::saver(encoding),
        Format::Webp => webp::saver(encoding, quality),
        Format::Avif => avif::saver(encoding, quality, "av1"),
        Format::Heic => avif::saver(encoding, quality, "hevc"),
        Format::Gif => gif::saver(encoding),
        Format::Tiff => tiff::saver(),
        Format::Bmp => return bitmap::save(&picture.image),
        Format::Svg | Format::Jxl => return Err(not_written(format)),
    };
    call.image("in", &picture.image).text("keep", &picture.keep).buffer().map_err(fault)
}

fn not_written(format: Format) -> Fault {
    let writable = Library::start().map(formats::writable).unwrap_or_default();
    Fault::unwritable(format, &writable)
}

/// Reads the header of what was encoded and compares it with what was promised; the frames that
/// are there (an encoder may join equal ones).
fn checked(bytes: Vec<u8>, format: Format, picture: &Picture) -> Result<(Vec<u8>, u32), Fault> {
    if format == Format::Bmp {
        return Ok((bytes, 1));
    }
    let shared = Arc::new(bytes);
    let header = decode::reread(&shared, format)?;
    let size = (header.width(), header.frame_height());
    let frames = decode::count_frames(&header);
    drop(header);
    let right_count =
        if picture.frames > 1 { (1..=picture.frames).contains(&frames) } else { frames == 1 };
    if size != (picture.size.width, picture.size.height) || !right_count {
        return Err(Fault::new(
            FaultCode::Crashed,
            format!(
                "The encoder made {} x {} pixels in {frames} frames where {} x {} in {} were \
                 meant. This is a fault of the program.",
                size.0, size.1, picture.size.width, picture.size.height, picture.frames
            ),
        ));
    }
    let bytes = Arc::try_unwrap(shared).unwrap_or_else(|shared| (*shared).clone());
    Ok((bytes, frames))
}

/// The saver of HEIC, for trying whether there is one.
pub(crate) fn hevc(encoding: &Encoding) -> Call {
    avif::saver(encoding, 50, "hevc")
}
