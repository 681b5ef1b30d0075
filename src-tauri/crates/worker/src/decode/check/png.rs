//! PNG: the size before anything is allocated, and the chunks before the pixels.

use std::io::{self, Read, Seek};

use cropmark_rules::{Fault, Limits};

use super::{Raw, bytes, memory, size, skip};
use crate::color::Cicp;

/// Chunks before the pixels.
const MOST_CHUNKS: usize = 10_000;

pub(super) fn check(
    reader: &mut (impl Read + Seek),
    limits: &Limits,
    raw: &mut Raw,
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
        raw.buffer_bytes = width * height * bands * depth.div_ceil(8);
        memory(raw.buffer_bytes, "An interlaced PNG", limits)?;
    }
    let _ended = chunks(reader, raw);
    Ok(())
}

fn chunks(reader: &mut (impl Read + Seek), raw: &mut Raw) -> io::Result<()> {
    for _ in 0..MOST_CHUNKS {
        let length = u64::from(u32::from_be_bytes(bytes(reader)?));
        match &bytes::<4>(reader)? {
            b"IDAT" => break,
            b"cICP" if length == 4 => {
                let [primaries, transfer, _, _] = bytes::<4>(reader)?;
                raw.cicp = Some(Cicp { primaries: primaries.into(), transfer: transfer.into() });
                skip(reader, 4)?;
            }
            kind => {
                if kind == b"acTL" {
                    raw.notes.push(
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

    fn checked(file: Vec<u8>) -> Result<Raw, Fault> {
        let mut raw = Raw::default();
        check(&mut Cursor::new(file), &Limits::default(), &mut raw).map(|()| raw)
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
        let raw = checked(file.clone()).unwrap();
        assert_eq!(raw.cicp, Some(Cicp { primaries: 12, transfer: 13 }));
        assert!(raw.notes[0].contains("animated PNG"));
        file.extend(b"\xff\xff\xff\xffabcd");
        assert!(checked(file).is_ok());
    }
}
