//! TIFF: always lossless, whatever quality a preset's defaults name.
//!
//! Measured on eight photographs at 800 pixels: deflate with a predictor 700 kB in 36 ms, without
//! 843 kB in 23 ms, LZW with a predictor 757 kB in 19 ms.

use std::io::{self, Read, Seek, SeekFrom};

use cropmark_rules::{Encoding, Fault, FaultCode, Format, Limits};

use super::{ImageFormat, Load, RawFacts, check::bytes};
use crate::{content::Content, text, vips::Call};

/// Entries of a directory that are looked at, and bytes of a text.
const MOST_ENTRIES: u64 = 500;
const MOST_TEXT: u64 = 4096;

const SUBFILE_TYPE: u16 = 254;
const SUB_DIRECTORIES: u16 = 330;
const DNG_VERSION: u16 = 50_706;
const TEXTS: [(u16, &str); 7] = [
    (270, "ImageDescription"),
    (271, "Make"),
    (272, "Model"),
    (305, "Software"),
    (306, "DateTime"),
    (315, "Artist"),
    (33_432, "Copyright"),
];

pub(super) struct Tiff;

impl ImageFormat for Tiff {
    fn format(&self) -> Format {
        Format::Tiff
    }

    fn loader(&self) -> &'static str {
        "tiffload_source"
    }

    fn check(
        &self,
        content: &Content,
        _limits: &Limits,
        facts: &mut RawFacts,
    ) -> Result<(), Fault> {
        check(&mut content.reader(), facts)
    }

    fn select(&self, call: Call, load: &Load<'_>) -> Call {
        if load.page > 0 { call.number("page", load.page) } else { call }
    }

    fn saver(&self, _encoding: &Encoding, _quality: u8) -> Option<Call> {
        let call = Call::new("tiffsave_buffer");
        Some(call.text("compression", "deflate").text("predictor", "horizontal"))
    }
}

#[derive(Default)]
struct Directory {
    reduced: bool,
    sub_directories: bool,
    dng: bool,
}

/// Refuses cameras' facts files in TIFF's clothes, and reads the texts of the first directory, which
/// libvips does not.
fn check(reader: &mut (impl Read + Seek), facts: &mut RawFacts) -> Result<(), Fault> {
    let mut directory = Directory::default();
    let _ended = read(reader, &mut directory, facts);
    if directory.dng || (directory.reduced && directory.sub_directories) {
        return Err(Fault::new(
            FaultCode::Unsupported,
            "A camera's facts file (DNG, NEF, ARW, …) cannot be read by this build: develop it and \
             save it as JPEG or TIFF.",
        ));
    }
    Ok(())
}

fn read(
    reader: &mut (impl Read + Seek),
    directory: &mut Directory,
    facts: &mut RawFacts,
) -> io::Result<()> {
    let [order, _, a, b] = bytes::<4>(reader)?;
    let numbers = Numbers { little: order == b'I', big: a.max(b) == 43 };
    if numbers.big {
        let _offset_size = bytes::<4>(reader)?;
    }
    let offset = numbers.offset(reader)?;
    reader.seek(SeekFrom::Start(offset))?;
    let count = if numbers.big { numbers.long(reader)? } else { numbers.short(reader)?.into() };
    let entry_size = if numbers.big { 20 } else { 12 };
    let first = offset + if numbers.big { 8 } else { 2 };
    for index in 0..count.min(MOST_ENTRIES) {
        reader.seek(SeekFrom::Start(first + index * entry_size))?;
        let tag = numbers.short(reader)?;
        let kind = numbers.short(reader)?;
        let length = numbers.offset(reader)?;
        match tag {
            // As a short or a long, its lowest bits come in the first or the second byte pair.
            SUBFILE_TYPE => {
                let value = bytes::<4>(reader)?;
                let lowest = match (numbers.little, kind) {
                    (true, _) => value[0],
                    (false, 3) => value[1],
                    (false, _) => value[3],
                };
                directory.reduced = lowest & 1 != 0;
            }
            SUB_DIRECTORIES => directory.sub_directories = true,
            DNG_VERSION => directory.dng = true,
            _ => {
                let Some((_, name)) = TEXTS.iter().find(|(known, _)| *known == tag) else {
                    continue;
                };
                if kind != 2 || length == 0 {
                    continue;
                }
                if length > if numbers.big { 8 } else { 4 } {
                    let place = numbers.offset(reader)?;
                    reader.seek(SeekFrom::Start(place))?;
                }
                let mut text = Vec::new();
                reader.by_ref().take(length.min(MOST_TEXT)).read_to_end(&mut text)?;
                let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
                let text = text::clean(&String::from_utf8_lossy(text));
                if !text.is_empty() {
                    facts.texts.insert(format!("exif.{name}"), text);
                }
            }
        }
    }
    Ok(())
}

/// How numbers are written in this file.
struct Numbers {
    little: bool,
    big: bool,
}

impl Numbers {
    fn short(&self, reader: &mut impl Read) -> io::Result<u16> {
        let bytes = bytes(reader)?;
        Ok(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(&self, reader: &mut impl Read) -> io::Result<u64> {
        let bytes = bytes(reader)?;
        Ok(if self.little { u64::from_le_bytes(bytes) } else { u64::from_be_bytes(bytes) })
    }

    /// An offset or a count: four bytes, eight in `BigTIFF`.
    fn offset(&self, reader: &mut impl Read) -> io::Result<u64> {
        if self.big {
            return self.long(reader);
        }
        let bytes = bytes(reader)?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }.into())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn file(entries: &[(u16, u16, u32, [u8; 4])], after: &[u8]) -> Vec<u8> {
        let mut file = b"II*\0\x08\0\0\0".to_vec();
        file.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        for (tag, kind, count, value) in entries {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(count.to_le_bytes());
            file.extend(value);
        }
        file.extend([0; 4]);
        file.extend(after);
        file
    }

    fn checked(file: &[u8]) -> Result<RawFacts, Fault> {
        let mut facts = RawFacts::default();
        check(&mut Cursor::new(file), &mut facts).map(|()| facts)
    }

    #[test]
    fn texts_are_read_and_raw_files_refused() {
        let place = 8 + 2 + 24 + 4;
        let artist = (315, 2, 9, u32::to_le_bytes(place));
        let facts = checked(&file(&[artist, (271, 2, 3, *b"Me\0\0")], b"Ada\x01 Lo\0")).unwrap();
        assert_eq!(facts.texts["exif.Artist"], "Ada Lo");
        assert_eq!(facts.texts["exif.Make"], "Me");
        let dng = checked(&file(&[(DNG_VERSION, 1, 4, [1, 4, 0, 0])], b"")).unwrap_err();
        assert_eq!(dng.code, FaultCode::Unsupported);
        let thumbnail = [(SUBFILE_TYPE, 4, 1, [1, 0, 0, 0]), (SUB_DIRECTORIES, 4, 1, [0; 4])];
        assert!(checked(&file(&thumbnail, b"")).is_err());
        assert!(checked(&file(&thumbnail[..1], b"")).is_ok());
    }

    #[test]
    fn broken_offsets_end_the_reading() {
        let artist = (315, 2, u32::MAX, u32::MAX.to_le_bytes());
        assert_eq!(checked(&file(&[artist], b"")).unwrap(), RawFacts::default());
        assert_eq!(checked(b"II*\0\xff\xff\xff\xff").unwrap(), RawFacts::default());
        assert_eq!(checked(b"MM\0+").unwrap(), RawFacts::default());
    }
}
