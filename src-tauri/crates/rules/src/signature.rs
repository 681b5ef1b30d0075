//! Recognises a file's format by its first bytes, whatever its name. Nothing is decoded.

use std::{borrow::Cow, io, path::Path};

use crate::Format;

/// The number of first bytes that a file's format is recognised by, texts aside.
pub const SIGNATURE_BYTES: usize = 4096;

/// How many of a text's first bytes are read until its first element: licences stand before it.
pub const SIGNATURE_TEXT_BYTES: usize = 1 << 20;

/// The format that a file's first bytes indicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// An image of a format that has a name here.
    Known(Format),
    /// An image that cannot be read; in words, as a sentence's beginning.
    OtherImage(&'static str),
    /// No image, but something that has a name.
    NoImage(&'static str),
    /// Compressed with gzip, as SVGZ is: only the name and the content tell whether it is an image.
    Compressed,
    /// An XML text whose first element is not among these bytes.
    Unfinished,
    /// Nothing that is known.
    Unknown,
}

impl Signature {
    /// Reads it from a file, and of that no more than is needed. `read_start` gives at most this
    /// many of the file's first bytes.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(mut read_start: impl FnMut(usize) -> io::Result<Vec<u8>>) -> io::Result<Self> {
        match Self::of(&read_start(SIGNATURE_BYTES)?) {
            Self::Unfinished => Ok(Self::of(&read_start(SIGNATURE_TEXT_BYTES)?)),
            signature => Ok(signature),
        }
    }

    /// Reads it from a file's first bytes, at most [`SIGNATURE_BYTES`] of them unless it is a text.
    #[must_use]
    pub fn of(start: &[u8]) -> Self {
        if let Some(format) = by_magic(start).or_else(|| by_brand(start)) {
            return Self::Known(format);
        }
        if let Some(signature) = container(start).or_else(|| other(start)) {
            return signature;
        }
        xml(start)
    }

    /// Whether the file is an image, be it one that cannot be read.
    #[must_use]
    pub fn is_image(self) -> bool {
        matches!(self, Self::Known(_) | Self::OtherImage(_))
    }

    /// Whether a file of this name looks like an image to people: by its first bytes, or because
    /// it is called like one and so must not be passed over without a word.
    #[must_use]
    pub fn looks_like_image(self, name: &Path) -> bool {
        self.is_image() || has_image_name(name)
    }
}

/// Extensions of images besides those in the table of formats.
const OTHER_EXTENSIONS: [&str; 13] = [
    "svgz", "icns", "xcf", "jxr", "wdp", "apng", "mng", "djvu", "emf", "wmf", "fits", "flif", "x3f",
];

/// Tells whether a file is called like an image, be it one that cannot be read.
#[must_use]
pub fn has_image_name(name: &Path) -> bool {
    let Some(extension) = name.extension().and_then(|it| it.to_str()) else { return false };
    let extension = extension.to_ascii_lowercase();
    let is_known = |format: Format| format.facts().extensions.contains(&extension.as_str());
    Format::ALL.into_iter().any(is_known) || OTHER_EXTENSIONS.contains(&extension.as_str())
}

/// Formats by a fixed beginning.
fn by_magic(start: &[u8]) -> Option<Format> {
    let begins = |magic: &[u8]| start.starts_with(magic);
    if begins(b"\xff\xd8\xff") {
        Some(Format::Jpeg)
    } else if begins(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if begins(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        Some(Format::Webp)
    } else if begins(b"GIF87a") || begins(b"GIF89a") {
        Some(Format::Gif)
    } else if is_raw(start) {
        Some(Format::Raw)
    } else if [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"].into_iter().any(begins) {
        Some(Format::Tiff)
    } else if begins(b"BM") && start.get(14..18).is_some_and(is_bitmap_header) {
        Some(Format::Bmp)
    } else if begins(b"\xff\x0a") || begins(b"\0\0\0\x0cJXL \r\n\x87\n") {
        Some(Format::Jxl)
    } else if begins(b"%PDF-") {
        Some(Format::Pdf)
    } else if begins(b"qoif") {
        Some(Format::Qoi)
    } else if begins(b"DDS ") {
        Some(Format::Dds)
    } else if begins(b"farbfeld") {
        Some(Format::Farbfeld)
    } else if begins(b"v/1\x01") {
        Some(Format::Exr)
    } else if begins(b"#?RADIANCE") || begins(b"#?RGBE") {
        Some(Format::Hdr)
    } else if begins(b"8BPS\0\x01") || begins(b"8BPS\0\x02") {
        Some(Format::Psd)
    } else if begins(b"\0\0\0\x0cjP  \r\n\x87\n") || begins(b"\xff\x4f\xff\x51") {
        Some(Format::Jp2)
    } else if is_netpbm(start) {
        Some(Format::Pnm)
    } else if matches!(start, [0, 0, 1 | 2, 0, low, high, ..] if (*low, *high) != (0, 0)) {
        Some(Format::Ico)
    } else if is_targa(start) {
        Some(Format::Tga)
    } else {
        None
    }
}

/// Whether the start is one of a camera's raw file. Most are TIFF files (TIFF 6.0, 2), known by what
/// their first directory holds.
fn is_raw(start: &[u8]) -> bool {
    let begins = |magic: &[u8]| start.starts_with(magic);
    let own =
        [&b"IIU\0"[..], b"IIRO", b"IIRS", b"MMOR", b"FUJIFILMCCD-RAW"].into_iter().any(begins);
    let is_canon = begins(b"II*\0") && start.get(8..10) == Some(b"CR");
    own || is_canon
        || start.get(4..12) == Some(b"ftypcrx ")
        || has_raw_directory(start) == Some(true)
}

/// Whether a TIFF file's first directory is that of a raw file: of DNG by its version, of others by a
/// reduced picture or a maker's own compression, beside the maker and further directories.
fn has_raw_directory(start: &[u8]) -> Option<bool> {
    const SUBFILE: u16 = 254;
    const COMPRESSION: u16 = 259;
    const MAKER: u16 = 271;
    const SUB_DIRECTORIES: u16 = 330;
    const DNG_VERSION: u16 = 50_706;
    let is_big_endian = match start.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let number = |at: usize, bytes: usize| {
        let bytes = start.get(at..at.checked_add(bytes)?)?.iter();
        let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if is_big_endian { bytes.fold(0, add) } else { bytes.rev().fold(0, add) })
    };
    let directory = number(4, 4)?;
    let entries = (0..number(directory, 2)?).map_while(|index| {
        let entry = directory.checked_add(2 + index * 12)?;
        // Shorts stand first in the four bytes of the value.
        let bytes = if number(entry + 2, 2)? == 3 { 2 } else { 4 };
        Some((u16::try_from(number(entry, 2)?).ok()?, number(entry + 8, bytes)?))
    });
    let entries: Vec<(u16, usize)> = entries.collect();
    let value = |tag: u16| entries.iter().find(|entry| entry.0 == tag).map(|entry| entry.1);
    let is_reduced = value(SUBFILE).is_some_and(|kind| kind & 1 != 0);
    // Old JPEG, and Sony's, Samsung's, Nikon's and Pentax' own compressions.
    let is_own = matches!(value(COMPRESSION), Some(6 | 32_767 | 32_769 | 32_770 | 34_713 | 65_535));
    let has = |tag: u16| value(tag).is_some();
    Some(
        has(DNG_VERSION)
            || (has(MAKER) && has(SUB_DIRECTORIES) && (is_reduced || is_own))
            || (has(MAKER) && value(COMPRESSION) == Some(65_535)),
    )
}

/// Whether the start is a header of Netpbm: a letter and a digit, then numbers or a comment.
fn is_netpbm(start: &[u8]) -> bool {
    match start {
        [b'P', b'1'..=b'6', sign, rest @ ..] if sign.is_ascii_whitespace() => {
            rest.trim_ascii_start().first().is_some_and(|it| it.is_ascii_digit() || *it == b'#')
        }
        _ => start.starts_with(b"P7\n"),
    }
}

/// Whether the start is a TGA's header (Truevision TGA 2.0, 2): it has no mark of its own, so all
/// fields must fit one another. An icon's has the same first bytes, with a count behind them.
fn is_targa(start: &[u8]) -> bool {
    let Some(head) = start.first_chunk::<18>() else { return false };
    let [map, kind, bits, flags] = [head[1], head[2], head[16], head[17]];
    let short = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let [map_first, map_length, width, height] = [short(3), short(5), short(12), short(14)];
    let map_fits = match map {
        0 => map_first == 0 && map_length == 0 && head[7] == 0,
        1 => map_length > 0 && matches!(head[7], 15 | 16 | 24 | 32),
        _ => false,
    };
    let bits_fit = match kind {
        1 | 9 => map == 1 && matches!(bits, 8 | 16),
        2 | 10 => matches!(bits, 15 | 16 | 24 | 32),
        3 | 11 => matches!(bits, 8 | 16),
        _ => false,
    };
    map_fits && bits_fit && width > 0 && height > 0 && flags & 0xc0 == 0
}

/// The sizes of bitmap headers that exist: two letters alone are too weak a sign.
fn is_bitmap_header(size: &[u8]) -> bool {
    matches!(size, [12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
}

/// HEIF's family: the major brand, or where that is a general one, the compatible ones.
fn by_brand(start: &[u8]) -> Option<Format> {
    if start.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let length = u32::from_be_bytes(start.get(..4)?.try_into().ok()?) as usize;
    let major: &[u8] = start.get(8..12)?;
    let brands = start.get(16..length.min(start.len())).unwrap_or_default();
    let mut brands = std::iter::once(major).chain(brands.chunks_exact(4));
    brands.find_map(|brand| match brand {
        b"avif" | b"avis" => Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => {
            Some(Format::Heic)
        }
        _ => None,
    })
}

/// Files in the container of MP4 that are none of the formats.
fn container(start: &[u8]) -> Option<Signature> {
    if start.get(4..8) != Some(b"ftyp") {
        return None;
    }
    Some(match start.get(8..12)? {
        b"mif1" | b"msf1" | b"miaf" => Signature::OtherImage("This kind of HEIF picture"),
        [b'i', b's', b'o', _]
        | [b'm', b'p', b'4', _]
        | [b'3', b'g', _, _]
        | [b'M', b'4', _, _]
        | b"qt  "
        | b"avc1"
        | b"dash" => Signature::NoImage("A video"),
        _ => return None,
    })
}

/// Picture formats that cannot be read, by their first bytes.
fn other(start: &[u8]) -> Option<Signature> {
    use Signature::{NoImage, OtherImage};
    const TABLE: [(&[u8], Signature); 13] = [
        (b"%!PS", NoImage("A PostScript document")),
        (b"\xc5\xd0\xd3\xc6", NoImage("A PostScript document")),
        (b"icns", OtherImage("A macOS icon (ICNS)")),
        (b"FLIF", OtherImage("A FLIF picture")),
        (b"FOVb", OtherImage("A camera's raw file (X3F)")),
        (b"gimp xcf", OtherImage("A GIMP document (XCF)")),
        (b"AT&TFORM", NoImage("A DjVu document")),
        (b"\x1f\x8b", Signature::Compressed),
        (b"PK\x03\x04", NoImage("A ZIP archive")),
        (b"\x1a\x45\xdf\xa3", NoImage("A video")),
        (b"SIMPLE  =", OtherImage("A FITS picture")),
        (b"\xd7\xcd\xc6\x9a", OtherImage("A Windows metafile")),
        (b"\x8aMNG", OtherImage("An MNG animation")),
    ];
    let row = TABLE.iter().find(|(magic, _)| start.starts_with(magic));
    row.map(|(_, signature)| *signature)
}

/// An XML text by its first element: after a byte order mark, the declaration, comments and a
/// document type comes `<svg`, with or without a prefix.
fn xml(start: &[u8]) -> Signature {
    let text = decoded(start);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let is_document_type =
            rest.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("<!doctype"));
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|end| end + 3)
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|end| end + 2)
        } else if is_document_type {
            if rest[9..].trim_start().get(..4).is_some_and(|it| it.eq_ignore_ascii_case("html")) {
                return Signature::NoImage("A web page");
            }
            document_type_end(rest)
        } else {
            break;
        };
        match end {
            Some(end) => rest = rest[end..].trim_start(),
            None => return Signature::Unfinished,
        }
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    let ends = |sign: char| sign.is_whitespace() || matches!(sign, '>' | '/');
    let name = name.split(ends).next().unwrap_or_default();
    match name.rsplit(':').next() {
        Some("svg") => Signature::Known(Format::Svg),
        Some(name) if name.eq_ignore_ascii_case("html") => Signature::NoImage("A web page"),
        _ => Signature::Unknown,
    }
}

/// The text of an XML file: UTF-16 with or without its byte order mark, else UTF-8, in which what
/// counts here is written alike in all other encodings.
fn decoded(start: &[u8]) -> Cow<'_, str> {
    let units = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = start.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match start {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] | [0, b'<', ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(start),
    }
}

/// Where a document type ends; it may hold declarations in square brackets.
fn document_type_end(text: &str) -> Option<usize> {
    let close = text.find('>')?;
    match text.find('[') {
        Some(open) if open < close => {
            let inner = open + text[open..].find(']')?;
            Some(inner + text[inner..].find('>')? + 1)
        }
        _ => Some(close + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_bytes() {
        let cases: [(&[u8], Format); 26] = [
            (b"\xff\xd8\xff\xe0", Format::Jpeg),
            (b"\x89PNG\r\n\x1a\n", Format::Png),
            (b"RIFF\0\0\0\0WEBPVP8 ", Format::Webp),
            (b"GIF89a", Format::Gif),
            (b"MM\0+\0\x08", Format::Tiff),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", Format::Bmp),
            (b"\0\0\0\x1cftypavif", Format::Avif),
            (b"\0\0\0\x14ftypmif1\0\0\0\0avif", Format::Avif),
            (b"\0\0\0\x1cftypheic", Format::Heic),
            (b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafheic", Format::Heic),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1avif", Format::Heic),
            (b"\xff\x0a", Format::Jxl),
            (b"<svg xmlns='a'>", Format::Svg),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <svg> > -->\n<svg>", Format::Svg),
            (b"<!DOCTYPE svg PUBLIC 'a' 'b' [<!ENTITY c 'd>'>]>\n<s:svg>", Format::Svg),
            (b"<?xml version='1.0'?><!DOCTYPE svg><svg", Format::Svg),
            (b"<s:svg/>", Format::Svg),
            (b"\xff\xfe<\0s\0v\0g\0>\0", Format::Svg),
            (b"\0<\0?\0x\0m\0l\0?\0>\0<\0s\0v\0g\0>", Format::Svg),
            (b"\0\0\x01\0\x01\0", Format::Ico),
            (b"\0\0\x02\0\x03\0", Format::Ico),
            (b"\0\0\x02\0\0\0\0\0\0\0\0\0\x30\0\x20\0\x18\x20", Format::Tga),
            (b"\x05\x01\x09\0\0\0\x01\x18\0\0\0\0\x30\0\x20\0\x08\0", Format::Tga),
            (b"P6\n48 32\n255\n", Format::Pnm),
            (b"farbfeld\0\0\0\x30", Format::Farbfeld),
            (b"qoif\0\0\0\x30", Format::Qoi),
        ];
        for (start, format) in cases {
            let signature = Signature::of(start);
            assert_eq!(signature, Signature::Known(format), "{}", String::from_utf8_lossy(start));
            assert!(signature.is_image());
        }
    }

    #[test]
    fn raw_files_in_the_form_of_tiff_are_known_by_their_first_directory() {
        let file = |entries: &[(u16, u16, u32)]| {
            let mut file = b"MM\0*\0\0\0\x08".to_vec();
            file.extend(u16::try_from(entries.len()).unwrap().to_be_bytes());
            for (tag, kind, value) in entries {
                file.extend(tag.to_be_bytes());
                file.extend(kind.to_be_bytes());
                file.extend(1u32.to_be_bytes());
                let value = if *kind == 3 { value << 16 } else { *value };
                file.extend(value.to_be_bytes());
            }
            file
        };
        let maker = (271, 2, 0);
        let further = (330, 4, 0);
        let cases = [
            (vec![(254, 4, 1), maker, further], Format::Raw),
            (vec![(254, 4, 1), further], Format::Tiff),
            (vec![(259, 3, 1), maker, further], Format::Tiff),
            (vec![(259, 3, 34_713), maker, further], Format::Raw),
            (vec![(259, 3, 65_535), maker], Format::Raw),
            (vec![(50_706, 1, 0)], Format::Raw),
            (vec![], Format::Tiff),
        ];
        for (entries, format) in cases {
            let file = file(&entries);
            assert_eq!(Signature::of(&file), Signature::Known(format), "{entries:?}");
            // A cut one is of either format.
            for length in 8..file.len() {
                assert!(Signature::of(&file[..length]).is_image());
            }
        }
    }

    #[test]
    fn other_images_and_other_files_are_told_apart() {
        let cases: [(&[u8], bool); 17] = [
            (b"II*\0\x10\0\0\0CR\x02\0", true),
            (b"8BPS\0\x03", false),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", true),
            (b"\0\0\x02\0\0\0\0\0\0\0\0\0\x30\0\x20\0\x07\x20", false),
            (b"gimp xcf", true),
            (b"P6 is a group", false),
            (b"P5 # made by hand\n8 8 255\n", true),
            (b"RIFF\0\0\0\0WAVEfmt ", false),
            (b"BMW is the name of a car", false),
            (b"\0\0\0\x18ftypisom\0\0\0\0", false),
            (b"\x1f\x8b\x08", false),
            (b"%PDF-1.7", true),
            (b"<!DOCTYPE html><html><svg>", false),
            (b"<html><svg></svg></html>", false),
            (b"<?xml version='1.0'?><feed><svg>", false),
            (b"version = 1", false),
            (b"", false),
        ];
        for (start, is_image) in cases {
            let signature = Signature::of(start);
            assert_eq!(signature.is_image(), is_image, "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn a_text_may_need_more_bytes() {
        for start in ["<!-- no end", "<?xml version", "<!DOCTYPE svg [<!ENTITY a 'b'>"] {
            assert_eq!(Signature::of(start.as_bytes()), Signature::Unfinished, "{start}");
        }
    }

    #[test]
    fn a_long_text_is_read_on_until_its_first_element() {
        let read = |text: String| {
            let mut asked = Vec::new();
            let signature = Signature::read(|most| {
                asked.push(most);
                Ok(text.as_bytes()[..most.min(text.len())].to_vec())
            });
            (signature.unwrap(), asked.len())
        };
        let licence = |length: usize| format!("<!--{}--><svg>", " ".repeat(length));
        assert_eq!(read(licence(10)), (Signature::Known(Format::Svg), 1));
        assert_eq!(read(licence(200_000)), (Signature::Known(Format::Svg), 2));
        assert_eq!(read(licence(2_000_000)), (Signature::Unfinished, 2));
    }

    #[test]
    fn what_is_called_like_an_image_is_not_passed_over() {
        let looks = |name: &str| Signature::Unknown.looks_like_image(Path::new(name));
        for name in ["a.jpg", "b/A.JPEG", "a.svgz", "a.heic", "a.b.CR3"] {
            assert!(looks(name), "{name}");
        }
        for name in ["a", "a.txt", ".jpg", "a.jpg.part", "a.md", "a.gz"] {
            assert!(!looks(name), "{name}");
        }
        assert!(Signature::Known(Format::Png).looks_like_image(Path::new("notes.txt")));
    }
}
