//! From pixels to a file's bytes.

use cropmark_rules::{Chroma, Encoding, Fault, FaultCode, Format, FormatRule};

use crate::{
    canvas::{Canvas, fault},
    decode::Opened,
    vips::Call,
};

/// A file's content, ready to be written.
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

/// Encodes a canvas in working colours.
pub(crate) fn encode(
    canvas: &Canvas,
    encoding: &Encoding,
    _source: &Opened,
) -> Result<Encoded, Fault> {
    let FormatRule::Named(format) = encoding.format else {
        return Err(Fault::new(FaultCode::Unsupported, "not yet"));
    };
    let quality = encoding.quality.unwrap_or_else(|| Encoding::default_quality(format));
    let saver = match format {
        Format::Jpeg => Call::new("jpegsave_buffer").text(
            "subsample-mode",
            if encoding.chroma == Some(Chroma::Full) { "off" } else { "on" },
        ),
        Format::Webp => Call::new("webpsave_buffer").number("effort", encoding.effort.unwrap_or(4)),
        _ => return Err(Fault::new(FaultCode::Unsupported, "not yet")),
    };
    let bytes = saver
        .image("in", canvas.first())
        .number("Q", quality)
        .text("keep", "none")
        .buffer()
        .map_err(fault)?;
    let size = canvas.size();
    Ok(Encoded {
        bytes,
        format,
        width: size.width,
        height: size.height,
        frames: u32::try_from(canvas.frames.len()).unwrap_or(u32::MAX),
        quality: Some(quality),
        score: None,
        notes: Vec::new(),
    })
}
