//! SVG, to read: plain, in UTF-16, or compressed with gzip.

use std::{borrow::Cow, io::Read as _, sync::Arc};

use cropmark_rules::{Fault, FaultCode, Format, Limits, Signature};
use flate2::bufread::GzDecoder;
use quick_xml::{Reader, events::Event};

use super::{ImageFormat, Load, RawFacts, header_fault, load_call};
use crate::{
    canvas::fault,
    content::Content,
    vips::{self, Image},
};

/// Text of an SVG; more is no drawing but a way to keep the parser busy.
const MOST_BYTES: u64 = 32 << 20;

/// Dots an inch of lengths inside of a drawing (CSS Values and Units 3, 5.2): what browsers take.
const INNER_DENSITY: f64 = 96.0;

/// Dots an inch at which lengths in pixels have their own size: the default of `source.density`.
const OWN_DENSITY: f64 = 72.0;

const LOADER: &str = "svgload_source";

pub(super) struct Svg;

impl ImageFormat for Svg {
    fn format(&self) -> Format {
        Format::Svg
    }

    fn loader(&self) -> &'static str {
        LOADER
    }

    fn unpack(&self, content: Content) -> Result<Content, Fault> {
        within(content.length())?;
        let start = content.start(4);
        if start.starts_with(b"\x1f\x8b") {
            let text = unzipped(&content.whole()?)?;
            if Signature::of(&text) != Signature::Known(Format::Svg) {
                return Err(Fault::new(
                    FaultCode::Unsupported,
                    "A gzip-compressed file that holds no SVG cannot be read: unpack it first.",
                ));
            }
            return Ok(Content::Memory(Arc::new(in_utf8(&text).into_owned())));
        }
        match in_utf8(&content.whole()?) {
            Cow::Borrowed(_) => Ok(content),
            Cow::Owned(text) => Ok(Content::Memory(Arc::new(text))),
        }
    }

    fn check(
        &self,
        content: &Content,
        _limits: &Limits,
        _facts: &mut RawFacts,
    ) -> Result<(), Fault> {
        within(content.length())
    }

    fn open(&self, content: &Content, _limits: &Limits) -> Result<Image, Fault> {
        draw(content, 1.0)?.map_err(|error| header_fault(Format::Svg, &error))
    }

    fn load(&self, content: &Content, load: &Load<'_>) -> Result<Image, Fault> {
        draw(content, load.scale)?.map_err(fault)
    }
}

/// The drawing at its own size times a scale.
fn draw(content: &Content, scale: f64) -> Result<vips::Result<Image>, Fault> {
    // libvips multiplies the scale by a 72nd of the density, and librsvg turns lengths into pixels
    // by it: so the density is the one of browsers, and the scale makes up for it.
    let mut scale = scale * OWN_DENSITY / INNER_DENSITY;
    if is_physical(&content.whole()?) {
        scale *= OWN_DENSITY / INNER_DENSITY;
    }
    let source = content.source()?;
    let call = load_call(LOADER, &source).number("dpi", INNER_DENSITY).number("scale", scale);
    Ok(call.output())
}

fn within(bytes: u64) -> Result<(), Fault> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    Err(Fault::new(
        FaultCode::TooLarge,
        format!("The SVG's text is larger than {} MiB.", MOST_BYTES >> 20),
    ))
}

/// Unpacks a gzip-compressed text, and of it no more than may be read.
fn unzipped(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut text = Vec::new();
    GzDecoder::new(bytes).take(MOST_BYTES + 1).read_to_end(&mut text).map_err(|error| {
        Fault::new(
            FaultCode::Unreadable,
            format!("The picture's data is damaged or incomplete ({error})."),
        )
    })?;
    within(text.len() as u64)?;
    Ok(text)
}

/// The text in UTF-8 without a declaration that says otherwise, where it is UTF-16.
fn in_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, b'<', ..] => u16::from_be_bytes,
        _ => return Cow::Borrowed(bytes),
    };
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    let text = String::from_utf16_lossy(&units);
    let text = text.trim_start_matches('\u{feff}');
    let declared = text.starts_with("<?xml").then(|| text.find("?>")).flatten();
    Cow::Owned(declared.map_or(text, |end| &text[end + 2..]).as_bytes().to_vec())
}

/// Whether the drawing's own size is in millimetres or inches, not in pixels.
fn is_physical(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => {
                let length = ["width", "height"].iter().find_map(|name| {
                    let attribute = start.try_get_attribute(name).ok().flatten()?;
                    Some(attribute.value.trim().to_ascii_lowercase())
                });
                let units = ["mm", "cm", "in", "pt", "pc"];
                return length.is_some_and(|text| units.iter().any(|unit| text.ends_with(unit)));
            }
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
        Svg.unpack(Content::Memory(Arc::new(bytes))).map(|content| content.start(1000))
    }

    #[test]
    fn compressed_and_utf16_drawings_become_plain_text() {
        let plain = "<svg id='é'/>";
        let declared = format!("<?xml version='1.0' encoding='UTF-16'?>{plain}");
        let little =
            |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let big = declared.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
        let marked = [b"\xff\xfe".to_vec(), little(&declared)].concat();
        for text in
            [plain.into(), big, little(&declared), zipped(plain.as_bytes()), zipped(&marked)]
        {
            assert_eq!(unpacked(text).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn bombs_broken_and_other_compressed_files_are_refused() {
        let bomb = zipped(&vec![b' '; (32 << 20) + 1]);
        assert_eq!(unpacked(bomb).unwrap_err().code, FaultCode::TooLarge);
        assert_eq!(unpacked(zipped(b"text")).unwrap_err().code, FaultCode::Unsupported);
        let mut short = zipped(b"<svg/>");
        short.truncate(12);
        assert_eq!(unpacked(short).unwrap_err().code, FaultCode::Unreadable);
    }

    #[test]
    fn physical_sizes_are_told_from_pixels() {
        let cases = [
            ("<svg width='10mm' height='5mm'>", true),
            ("<!-- <svg> --><svg height=' 2IN '/>", true),
            ("<svg width='10' height='10mm'>", false),
            ("<svg width='10px'><rect width='1mm'/></svg>", false),
            ("<svg viewBox='0 0 1 1'>", false),
            ("<svg", false),
        ];
        for (text, physical) in cases {
            assert_eq!(is_physical(text.as_bytes()), physical, "{text}");
        }
    }
}
