//! What AVIF and HEIC share: the container, its colours, and the encoder's options.

use std::io::{self, Read, Seek};

use cropmark_rules::{Chroma, Encoding};

use super::{
    Load,
    check::{bytes, skip},
};
use crate::{color::Cicp, vips::Call};

pub(super) const LOADER: &str = "heifload_source";
pub(super) const SAVER: &str = "heifsave_buffer";

/// Effort where none is asked for (measured for AVIF, see there).
const EFFORT: u8 = 2;

/// Boxes that are looked at.
const MOST_BOXES: usize = 2000;

/// The page that is asked for; none is named where it is the first.
pub(super) fn select(call: Call, load: &Load<'_>) -> Call {
    if load.page > 0 { call.number("page", load.page) } else { call }
}

pub(super) fn saver(encoding: &Encoding, quality: u8, compression: &str) -> Call {
    let chroma =
        if encoding.chroma == Some(Chroma::Full) || encoding.lossless { "off" } else { "on" };
    let call = Call::new(SAVER)
        .text("compression", compression)
        .number("effort", encoding.effort.unwrap_or(EFFORT).min(9))
        .number("bitdepth", 8)
        .text("subsample-mode", chroma);
    if encoding.lossless { call.flag("lossless", true) } else { call.number("Q", quality) }
}

/// The first `colr` box of kind `nclx`, in `meta`/`iprp`/`ipco`.
pub(super) fn cicp(reader: &mut (impl Read + Seek)) -> Option<Cicp> {
    find(reader).ok().flatten()
}

fn find(reader: &mut (impl Read + Seek)) -> io::Result<Option<Cicp>> {
    for _ in 0..MOST_BOXES {
        let length = u64::from(u32::from_be_bytes(bytes(reader)?));
        let kind = bytes::<4>(reader)?;
        let (length, head) = match length {
            0 => return Ok(None),
            1 => (u64::from_be_bytes(bytes(reader)?), 16),
            _ => (length, 8),
        };
        let inside = length.checked_sub(head).ok_or(io::ErrorKind::InvalidData)?;
        match &kind {
            // What follows are the boxes inside.
            b"meta" => skip(reader, 4)?,
            b"iprp" | b"ipco" => {}
            b"colr" if inside >= 8 => {
                let [a, b, c, d, p1, p0, t1, t0] = bytes::<8>(reader)?;
                if &[a, b, c, d] == b"nclx" {
                    return Ok(Some(Cicp {
                        primaries: u16::from_be_bytes([p1, p0]),
                        transfer: u16::from_be_bytes([t1, t0]),
                    }));
                }
                skip(reader, inside - 8)?;
            }
            _ => skip(reader, inside)?,
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: [u8; 4], inside: &[u8]) -> Vec<u8> {
        let length = u32::try_from(8 + inside.len()).unwrap();
        [&length.to_be_bytes()[..], &kind, inside].concat()
    }

    #[test]
    fn code_points_are_found_and_broken_boxes_end_the_search() {
        let color = boxed(*b"colr", b"nclx\0\x0c\0\x0d\0\x06\x80");
        let properties =
            boxed(*b"iprp", &boxed(*b"ipco", &[boxed(*b"ispe", &[0; 12]), color].concat()));
        let meta =
            boxed(*b"meta", &[&[0; 4][..], &boxed(*b"hdlr", &[0; 20]), &properties].concat());
        let file = [boxed(*b"ftyp", b"avif\0\0\0\0"), meta].concat();
        let found = cicp(&mut Cursor::new(&file));
        assert_eq!(found, Some(Cicp { primaries: 12, transfer: 13 }));
        for length in 0..file.len() - 20 {
            let _ends = cicp(&mut Cursor::new(&file[..length]));
        }
        assert_eq!(cicp(&mut Cursor::new(b"\0\0\0\x02meta\0\0\0\0")), None);
    }
}
