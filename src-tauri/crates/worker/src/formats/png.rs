//! PNG.
//!
//! Measured on eight photographs at 800 pixels, adaptive filters: compression 1, 3, 6 and 9 give
//! 964, 683, 666 and 658 kB in 20, 27, 48 and 248 ms; without filters 6 gives 841 kB in 23 ms.

use std::io::{self, Read, Seek};

use cropmark_rules::{Encoding, Fault, Format, Limits};

use super::{
    ImageFormat, RawFacts,
    check::{bytes, memory, size, skip},
    png_chunks,
};
use crate::{
    color::{Cicp, PngColors},
    content::Content,
    metadata::Texts,
    vips::Call,
};

/// Chunks before the pixels.
const MOST_CHUNKS: usize = 10_000;

/// Metres of an inch.
const METRES: f64 = 0.0254;

/// Compression where no effort is asked for.
const EFFORT: u8 = 6;

pub(super) struct Png;

impl ImageFormat for Png {
    fn format(&self) -> Format {
        Format::Png
    }

    fn loader(&self) -> &'static str {
        "pngload_source"
    }

    fn is_read_in_order(&self) -> bool {
        true
    }

    fn is_complete_without_rest(&self, content: &Content) -> bool {
        !png_chunks::has_behind(content)
    }

    fn check(&self, content: &Content, limits: &Limits, facts: &mut RawFacts) -> Result<(), Fault> {
        check(&mut content.reader(), limits, facts)
    }

    fn head(&self, content: &Content, facts: &mut RawFacts) -> Option<Content> {
        png_chunks::head(content, facts)
    }

    fn put_texts(&self, file: &mut Vec<u8>, texts: Texts<'_>) {
        png_chunks::insert(file, texts);
    }

    fn saver(&self, encoding: &Encoding, _quality: u8) -> Option<Call> {
        // 0 would be no compression at all, which nobody means by little effort.
        let effort = encoding.effort.unwrap_or(EFFORT).clamp(1, 9);
        let call = Call::new("pngsave_buffer")
            .number("compression", effort)
            .flag("interlace", encoding.progressive.unwrap_or(false));
        Some(if encoding.palette {
            // The quality is what the palette must reach.
            let least = encoding.quality.unwrap_or(100);
            call.flag("palette", true).number("Q", least).number("effort", effort)
        } else {
            call.text("filter", "all").number("bitdepth", encoding.bits(Format::Png, 8))
        })
    }
}

/// Keeps the size to the limits before anything is allocated, and reads the chunks before the
/// pixels.
fn check(
    reader: &mut (impl Read + Seek),
    limits: &Limits,
    facts: &mut RawFacts,
) -> Result<(), Fault> {
    let Ok(header) = bytes::<33>(reader) else { return Ok(()) };
    let number = |at: usize| {
        u64::from(u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]))
    };
    if &header[12..16] != b"IHDR" {
        return Ok(());
    }
    let (width, height, depth) = (number(16), number(20), u64::from(header[24]));
    size(width, height, 1, limits)?;
    if header[28] != 0 {
        // Interlaced rows are only whole at the end.
        let bands = match header[25] {
            2 | 3 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        facts.buffer_bytes = width * height * bands * depth.div_ceil(8);
        memory(facts.buffer_bytes, "An interlaced PNG", limits)?;
    }
    let mut colors = ColorChunks::default();
    let _ended = chunks(reader, facts, &mut colors);
    // The first that is there and known holds (PNG, third edition, 4.3).
    facts.colors = facts.cicp.and_then(Cicp::stated);
    if facts.colors.is_none() && !colors.has_profile {
        facts.colors = colors.numbers.stated(matches!(header[25], 0 | 4));
    }
    Ok(())
}

/// What the chunks about colours say.
#[derive(Default)]
struct ColorChunks {
    /// Whether there is an iCCP or an sRGB chunk, which hold over the numbers.
    has_profile: bool,
    numbers: PngColors,
}

fn chunks(
    reader: &mut (impl Read + Seek),
    facts: &mut RawFacts,
    colors: &mut ColorChunks,
) -> io::Result<()> {
    let fraction = |bytes: [u8; 4]| f64::from(u32::from_be_bytes(bytes)) / 100_000.0;
    for _ in 0..MOST_CHUNKS {
        let length = u64::from(u32::from_be_bytes(bytes(reader)?));
        match &bytes::<4>(reader)? {
            b"IDAT" => break,
            b"cICP" if length == 4 => {
                let [primaries, transfer, _, _] = bytes::<4>(reader)?;
                facts.cicp = Some(Cicp { primaries: primaries.into(), transfer: transfer.into() });
                skip(reader, 4)?;
            }
            b"pHYs" if length == 9 => {
                let [across, down] = [bytes::<4>(reader)?, bytes::<4>(reader)?];
                let dots = |a_metre: [u8; 4]| f64::from(u32::from_be_bytes(a_metre)) * METRES;
                // The unit: 1 is the metre, 0 says no more than a pixel's proportion.
                if bytes::<1>(reader)? == [1] {
                    facts.density = Some((dots(across), dots(down)));
                }
                skip(reader, 4)?;
            }
            b"gAMA" if length == 4 => {
                colors.numbers.gamma = Some(fraction(bytes(reader)?));
                skip(reader, 4)?;
            }
            b"cHRM" if length == 32 => {
                let mut points = [[0.0; 2]; 4];
                // The white point stands first.
                for index in [3, 0, 1, 2] {
                    points[index] = [fraction(bytes(reader)?), fraction(bytes(reader)?)];
                }
                colors.numbers.primaries = Some(points);
                skip(reader, 4)?;
            }
            kind => {
                colors.has_profile |= matches!(kind, b"iCCP" | b"sRGB");
                if kind == b"acTL" {
                    facts.notes.push(
                        "The source is an animated PNG: only its first frame is read.".to_owned(),
                    );
                }
                skip(reader, length + 4)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use cropmark_rules::FaultCode;

    use super::*;

    fn header(width: u32, height: u32, depth: u8, kind: u8, interlaced: u8) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        file.extend(width.to_be_bytes());
        file.extend(height.to_be_bytes());
        file.extend([depth, kind, 0, 0, interlaced, 0, 0, 0, 0]);
        file
    }

    fn checked(file: Vec<u8>) -> Result<RawFacts, Fault> {
        let mut facts = RawFacts::default();
        check(&mut Cursor::new(file), &Limits::default(), &mut facts).map(|()| facts)
    }

    #[test]
    fn bombs_are_refused_by_their_header() {
        let too_large = |file: Vec<u8>| checked(file).unwrap_err().code;
        assert_eq!(too_large(header(60_000, 60_000, 8, 2, 0)), FaultCode::TooLarge);
        assert_eq!(too_large(header(1, 67_108_865, 8, 0, 0)), FaultCode::TooLarge);
        assert_eq!(too_large(header(30_000, 30_000, 16, 6, 1)), FaultCode::TooLarge);
        assert!(checked(header(30_000, 30_000, 16, 6, 0)).is_ok());
        assert_eq!(checked(header(200, 100, 8, 6, 1)).unwrap().buffer_bytes, 80_000);
        assert_eq!(checked(header(200, 100, 8, 6, 0)).unwrap().buffer_bytes, 0);
        assert_eq!(checked(header(0, 10, 8, 2, 0)).unwrap_err().code, FaultCode::Unreadable);
    }

    #[test]
    fn chunks_before_the_pixels_are_read_and_broken_ones_end_it() {
        let mut file = header(10, 10, 8, 2, 0);
        file.extend(b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0....\0\0\0\x04cICP\x0c\x0d\0\x01....");
        let facts = checked(file.clone()).unwrap();
        assert_eq!(facts.cicp, Some(Cicp { primaries: 12, transfer: 13 }));
        assert!(facts.notes[0].contains("animated PNG"));
        file.extend(b"\xff\xff\xff\xffabcd");
        assert!(checked(file).is_ok());
    }
}
