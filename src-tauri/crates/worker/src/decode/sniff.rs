//! What kind of file it is, by its first bytes.

use cropmark_rules::{Fault, FaultCode, Format};

/// How many of a file's first bytes are looked at. An SVG may begin with a long comment.
pub(super) const START: usize = 4096;

/// The format that a file's first bytes belong to, or why it cannot be read.
pub(super) fn sniff(start: &[u8]) -> Result<Format, Fault> {
    if start.is_empty() {
        return Err(Fault::new(FaultCode::Unreadable, "The file is empty."));
    }
    if let Some(format) = by_magic(start).or_else(|| by_brand(start)) {
        return Ok(format);
    }
    if is_svg(start) {
        return Ok(Format::Svg);
    }
    if let Some(kind) = known(start) {
        return Err(Fault::new(
            FaultCode::Unsupported,
            format!(
                "{kind} cannot be read by this build: save it as JPEG, PNG, TIFF, WebP or AVIF."
            ),
        ));
    }
    Err(Fault::new(FaultCode::Unreadable, "The file is no picture of a kind that is known here."))
}

fn by_magic(start: &[u8]) -> Option<Format> {
    let begins = |magic: &[u8]| start.starts_with(magic);
    if begins(&[0xff, 0xd8, 0xff]) {
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
    } else if begins(&[0xff, 0x0a]) || begins(b"\0\0\0\x0cJXL \r\n\x87\n") {
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

/// Whether it is an SVG as text: after a byte order mark, the XML declaration, comments and a
/// document type comes `<svg`.
fn is_svg(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start));
    let mut rest = text.trim_start();
    loop {
        rest = if let Some(comment) = rest.strip_prefix("<!--") {
            match comment.find("-->") {
                Some(end) => comment[end + 3..].trim_start(),
                None => return false,
            }
        } else if rest.starts_with("<?") {
            match rest.find("?>") {
                Some(end) => rest[end + 2..].trim_start(),
                None => return false,
            }
        } else if rest.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("<!doctype")) {
            match document_type_end(rest) {
                Some(end) => rest[end..].trim_start(),
                None => return false,
            }
        } else {
            break;
        }
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    let name = name.split(|sign: char| sign.is_whitespace() || sign == '>').next();
    name.is_some_and(|name| name.rsplit(':').next() == Some("svg"))
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

/// Kinds of files that people take for pictures and that cannot be read, by their names.
fn known(start: &[u8]) -> Option<&'static str> {
    if start.get(4..8) == Some(b"ftyp") {
        return match start.get(8..12)? {
            b"crx " => Some("A camera's raw file (CR3)"),
            b"mif1" | b"msf1" | b"miaf" => Some("This kind of HEIF picture"),
            b"jp2 " | b"jpx " => Some("A JPEG 2000 picture"),
            [b'i', b's', b'o', _]
            | [b'm', b'p', b'4', _]
            | [b'3', b'g', _, _]
            | [b'M', b'4', _, _]
            | b"qt  "
            | b"avc1"
            | b"dash" => Some("A video"),
            _ => None,
        };
    }
    let table: [(&[u8], &str); 27] = [
        (b"\0\0\0\x0cjP  ", "A JPEG 2000 picture"),
        (b"\xff\x4f\xff\x51", "A JPEG 2000 picture"),
        (b"%PDF-", "A PDF document"),
        (b"%!PS", "A PostScript document"),
        (b"\xc5\xd0\xd3\xc6", "A PostScript document"),
        (b"8BPS", "A Photoshop document (PSD)"),
        (b"\0\0\x01\0", "A Windows icon (ICO)"),
        (b"\0\0\x02\0", "A Windows cursor"),
        (b"icns", "A macOS icon (ICNS)"),
        (b"qoif", "A QOI picture"),
        (b"v/1\x01", "An OpenEXR picture"),
        (b"#?RADIANCE", "A Radiance HDR picture"),
        (b"DDS ", "A DirectDraw surface (DDS)"),
        (b"FLIF", "A FLIF picture"),
        (b"II*\0", "A camera's raw file (CR2)"),
        (b"IIU\0", "A camera's raw file (RW2)"),
        (b"IIRO", "A camera's raw file (ORF)"),
        (b"FUJIFILMCCD-RAW", "A camera's raw file (RAF)"),
        (b"FOVb", "A camera's raw file (X3F)"),
        (b"gimp xcf", "A GIMP document (XCF)"),
        (b"AT&TFORM", "A DjVu document"),
        (b"\x1f\x8b", "A gzip-compressed file (such as SVGZ)"),
        (b"PK\x03\x04", "A ZIP archive"),
        (b"\x1a\x45\xdf\xa3", "A video"),
        (b"SIMPLE  =", "A FITS picture"),
        (b"\xd7\xcd\xc6\x9a", "A Windows metafile"),
        (b"\x8aMNG", "An MNG animation"),
    ];
    if let Some((_, kind)) = table.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(kind);
    }
    if matches!(start, [b'P', b'1'..=b'7', sign, ..] if sign.is_ascii_whitespace()) {
        return Some("A Netpbm picture");
    }
    let text = String::from_utf8_lossy(&start[..start.len().min(256)]).to_lowercase();
    let text = text.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '\u{feff}');
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        return Some("A web page");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_bytes() {
        let cases: [(&[u8], Format); 14] = [
            (b"\xff\xd8\xff\xe0", Format::Jpeg),
            (b"\x89PNG\r\n\x1a\n", Format::Png),
            (b"RIFF\0\0\0\0WEBPVP8 ", Format::Webp),
            (b"GIF89a", Format::Gif),
            (b"MM\0+\0\x08", Format::Tiff),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", Format::Bmp),
            (b"\0\0\0\x14ftypmif1\0\0\0\0avif", Format::Avif),
            (b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafheic", Format::Heic),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1avif", Format::Heic),
            (b"\xff\x0a", Format::Jxl),
            (b"<svg xmlns='a'>", Format::Svg),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <svg> -->\n<svg>", Format::Svg),
            (b"<!DOCTYPE svg PUBLIC 'a' 'b' [<!ENTITY c 'd>'>]>\n<s:svg>", Format::Svg),
            (b"<?xml version='1.0'?><!DOCTYPE svg><svg", Format::Svg),
        ];
        for (start, format) in cases {
            assert_eq!(sniff(start), Ok(format), "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let cases: [(&[u8], FaultCode, &str); 8] = [
            (b"", FaultCode::Unreadable, "empty"),
            (b"BMW is a car", FaultCode::Unreadable, "no picture"),
            (b"\x1f\x8b\x08", FaultCode::Unsupported, "SVGZ"),
            (b"%PDF-1.7", FaultCode::Unsupported, "PDF"),
            (b"II*\0\x10\0\0\0CR\x02\0", FaultCode::Unsupported, "CR2"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", FaultCode::Unsupported, "video"),
            (b"<!DOCTYPE html><html>", FaultCode::Unsupported, "web page"),
            (b"<?xml version='1.0'?><feed><svg>", FaultCode::Unreadable, "no picture"),
        ];
        for (start, code, words) in cases {
            let fault = sniff(start).unwrap_err();
            assert_eq!(fault.code, code, "{}", fault.message);
            assert!(fault.message.contains(words), "{}", fault.message);
        }
    }
}
