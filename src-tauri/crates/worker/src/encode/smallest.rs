//! The smallest of several formats, from one set of pixels.

use cropmark_rules::{Encoding, Fault, Format};

use super::Encoded;
use crate::{canvas::Canvas, decode::Opened};

/// Tries WebP, AVIF, and JPEG (PNG where there is transparency); of an animation WebP and GIF.
pub(super) fn encode(
    canvas: &Canvas,
    encoding: &Encoding,
    source: &Opened,
) -> Result<Encoded, Fault> {
    let canvas = canvas.clone().materialize()?;
    let animated = canvas.frames.len() > 1;
    let third = if canvas.has_alpha() || encoding.lossless { Format::Png } else { Format::Jpeg };
    let formats: &[Format] =
        if animated { &[Format::Webp, Format::Gif] } else { &[Format::Webp, Format::Avif, third] };
    let mut best: Option<Encoded> = None;
    let mut last_fault = None;
    for &format in formats {
        match super::one(&canvas, format, &encoding.trial(format), source) {
            Ok(encoded) => {
                if best.as_ref().is_none_or(|best| encoded.bytes.len() < best.bytes.len()) {
                    best = Some(encoded);
                }
            }
            Err(fault) => last_fault = Some(fault),
        }
    }
    // One format that cannot hold the picture is no harm as long as another can.
    best.ok_or_else(|| last_fault.unwrap_or_else(no_format))
}

fn no_format() -> Fault {
    Fault::new(cropmark_rules::FaultCode::Unsupported, "No format could hold the picture.")
}
