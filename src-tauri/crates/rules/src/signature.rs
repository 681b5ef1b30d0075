//! What a file is by its first bytes, whatever it is called. Nothing is decoded.

use crate::Format;

/// How many of a file's first bytes tell what it is, texts aside.
pub const SIGNATURE_BYTES: usize = 4096;

/// What a file's first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// An image of a format that has a name here.
    Known(Format),
    /// An image that cannot be read; in words, as a sentence's beginning.
    OtherImage(&'static str),
    /// No image, but something that has a name.
    NoImage(&'static str),
    /// An XML text whose first element is not among these bytes.
    Unfinished,
    /// Nothing that is known.
    Unknown,
}

impl Signature {
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
    } else if begins(b"II*\0") && start.get(8..10) == Some(b"CR") {
        None
    } else if [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"].into_iter().any(begins) {
        Some(Format::Tiff)
    } else if begins(b"BM") && start.get(14..18).is_some_and(is_bitmap_header) {
        Some(Format::Bmp)
    } else if begins(b"\xff\x0a") || begins(b"\0\0\0\x0cJXL \r\n\x87\n") {
        Some(Format::Jxl)
    } else {
        None
    }
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
        b"crx " => Signature::OtherImage("A camera's raw file (CR3)"),
        b"mif1" | b"msf1" | b"miaf" => Signature::OtherImage("This kind of HEIF picture"),
        b"jp2 " | b"jpx " => Signature::OtherImage("A JPEG 2000 picture"),
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

/// What people take for pictures and what cannot be read, by a fixed beginning.
fn other(start: &[u8]) -> Option<Signature> {
    use Signature::{NoImage, OtherImage};
    const TABLE: [(&[u8], Signature); 27] = [
        (b"\0\0\0\x0cjP  ", OtherImage("A JPEG 2000 picture")),
        (b"\xff\x4f\xff\x51", OtherImage("A JPEG 2000 picture")),
        (b"8BPS", OtherImage("A Photoshop document (PSD)")),
        (b"qoif", OtherImage("A QOI picture")),
        (b"v/1\x01", OtherImage("An OpenEXR picture")),
        (b"#?RADIANCE", OtherImage("A Radiance HDR picture")),
        (b"II*\0", OtherImage("A camera's raw file (CR2)")),
        (b"%PDF-", NoImage("A PDF document")),
        (b"%!PS", NoImage("A PostScript document")),
        (b"\xc5\xd0\xd3\xc6", NoImage("A PostScript document")),
        (b"\0\0\x01\0", NoImage("A Windows icon (ICO)")),
        (b"\0\0\x02\0", NoImage("A Windows cursor")),
        (b"icns", NoImage("A macOS icon (ICNS)")),
        (b"DDS ", NoImage("A DirectDraw surface (DDS)")),
        (b"FLIF", NoImage("A FLIF picture")),
        (b"IIU\0", NoImage("A camera's raw file (RW2)")),
        (b"IIRO", NoImage("A camera's raw file (ORF)")),
        (b"FUJIFILMCCD-RAW", NoImage("A camera's raw file (RAF)")),
        (b"FOVb", NoImage("A camera's raw file (X3F)")),
        (b"gimp xcf", NoImage("A GIMP document (XCF)")),
        (b"AT&TFORM", NoImage("A DjVu document")),
        (b"\x1f\x8b", NoImage("A gzip-compressed file (such as SVGZ)")),
        (b"PK\x03\x04", NoImage("A ZIP archive")),
        (b"\x1a\x45\xdf\xa3", NoImage("A video")),
        (b"SIMPLE  =", NoImage("A FITS picture")),
        (b"\xd7\xcd\xc6\x9a", NoImage("A Windows metafile")),
        (b"\x8aMNG", NoImage("An MNG animation")),
    ];
    let row = TABLE.iter().find(|(magic, _)| start.starts_with(magic));
    let is_netpbm = || matches!(start, [b'P', b'1'..=b'7', sign, ..] if sign.is_ascii_whitespace());
    row.map(|(_, signature)| *signature)
        .or_else(|| is_netpbm().then_some(NoImage("A Netpbm picture")))
}

/// An XML text by its first element: after a byte order mark, the declaration, comments and a
/// document type comes `<svg`, with or without a prefix.
fn xml(start: &[u8]) -> Signature {
    let text = String::from_utf8_lossy(start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start));
    let mut rest = text.trim_start();
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
        let cases: [(&[u8], Format); 17] = [
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
        ];
        for (start, format) in cases {
            let signature = Signature::of(start);
            assert_eq!(signature, Signature::Known(format), "{}", String::from_utf8_lossy(start));
            assert!(signature.is_image());
        }
    }

    #[test]
    fn other_images_and_other_files_are_told_apart() {
        let cases: [(&[u8], bool); 13] = [
            (b"II*\0\x10\0\0\0CR\x02\0", true),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", true),
            (b"8BPS", true),
            (b"RIFF\0\0\0\0WAVEfmt ", false),
            (b"BMW is the name of a car", false),
            (b"\0\0\0\x18ftypisom\0\0\0\0", false),
            (b"\x1f\x8b\x08", false),
            (b"%PDF-1.7", false),
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
}
