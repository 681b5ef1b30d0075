//! From pixels to a file's bytes.

pub(crate) mod original;
mod picture;
mod score;
mod search;
mod smallest;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cropmark_rules::{Depth, Encoding, Fault, FaultCode, Format, FormatRule, plan::resolve_format};

use self::picture::Picture;
use crate::{
    canvas::{Canvas, fault},
    decode::Opened,
    formats::{self, ImageFormat},
};

/// The most pixels of a result that one thread computes as a whole, where the source is small too.
const SMALL_RESULT: u64 = 1 << 16;

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
    let keeps_jpeg = untouched && original::becomes_jxl(encoding, source);
    let transcoded = if keeps_jpeg { original::transcoded(encoding, source)? } else { None };
    let mut encoded = match (transcoded, resolved(encoding.format, source)) {
        // Its decoded pixels would take several times the bytes.
        (Some(transcoded), _) if encoding.lossless => transcoded,
        (transcoded, FormatRule::Named(format)) => {
            let encoded = one(canvas, format, encoding, source)?;
            transcoded.filter(|it| it.bytes.len() < encoded.bytes.len()).unwrap_or(encoded)
        }
        (_, FormatRule::Source | FormatRule::Smallest) => {
            smallest::encode(canvas, encoding, source)?
        }
    };
    let may_be_original = encoding.never_larger && untouched && !keeps_jpeg;
    if may_be_original && encoded.bytes.len() as u64 > source.bytes() {
        encoded = original::instead(encoded, source)?;
    }
    encoded.notes.splice(0..0, source.notes().iter().chain(&canvas.notes).cloned());
    Ok(encoded)
}

/// The format rule with the source's own format put in.
fn resolved(rule: FormatRule, source: &Opened) -> FormatRule {
    resolve_format(rule, &source.header, formats::writable())
}

/// Encodes into one format.
fn one(
    canvas: &Canvas,
    format: Format,
    encoding: &Encoding,
    source: &Opened,
) -> Result<Encoded, Fault> {
    let module = formats::writer(format)?;
    let bits = encoding.bits(format, source.header.depth);
    let encoding =
        &Encoding { depth: Some(Depth::Bits(bits)).filter(|_| bits > 8), ..encoding.clone() };
    let mut picture = Picture::new(canvas, format, encoding, source)?;
    let searches = encoding.max_bytes.is_some() || encoding.target_score.is_some();
    if searches && encoding.has_quality(format) || encoding.scored {
        picture.image = picture.image.materialize().map_err(fault)?;
    } else if source.is_small() && is_small(&picture) && !canvas.first().is_in_memory() {
        picture.image = picture.image.materialize_here().map_err(fault)?;
    }
    let found = search::find(&picture, module, encoding)?;
    let (bytes, frames) = checked(found.bytes, module, &picture)?;
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

/// Whether so few pixels are written that one thread is quickest: 160 x 120 pixels to 64 took 75 calls
/// that wake or wait for a thread.
fn is_small(picture: &Picture) -> bool {
    picture.size.pixels() * u64::from(picture.frames) <= SMALL_RESULT
}

/// Reads the header of what was encoded and compares it with what was promised; the frames that
/// are there (an encoder may join equal ones).
fn checked(
    bytes: Vec<u8>,
    module: &dyn ImageFormat,
    picture: &Picture,
) -> Result<(Vec<u8>, u32), Fault> {
    let shared = Arc::new(bytes);
    let (size, frames) = module.measured(&shared)?;
    let right_count =
        if picture.frames > 1 { (1..=picture.frames).contains(&frames) } else { frames == 1 };
    if size != picture.size || !right_count {
        return Err(Fault::new(
            FaultCode::Crashed,
            format!(
                "The encoder made {} x {} pixels in {frames} frames where {} x {} in {} were \
                 meant. This is a fault of the program.",
                size.width, size.height, picture.size.width, picture.size.height, picture.frames
            ),
        ));
    }
    let bytes = Arc::try_unwrap(shared).unwrap_or_else(|shared| (*shared).clone());
    Ok((bytes, frames))
}
