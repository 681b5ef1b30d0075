//! Camera data: what parameters can name of it, and what a variant keeps.
//!
//! Numbers are named by what libvips says about them. It has taken the block apart into fields
//! named `exif-ifd<n>-<tag>`, each a text of the form `value (readable value, TYPE, n components, n
//! bytes)`: directory 0 is the image's, 1 the thumbnail's, 2 the camera's, 3 the place's. Texts are
//! read from the block itself, because those fields drop zeros and what is not ASCII.

mod block;
mod insert;

use std::collections::BTreeMap;

pub(crate) use self::block::{Entry, Exif};
pub(super) use self::insert::{Placeholder, insert};
use crate::vips::Image;

/// The most fields that are handed on; a camera writes about a hundred.
const MOST_FIELDS: usize = 500;

pub(super) const ARTIST: u16 = 315;
pub(super) const COPYRIGHT: u16 = 33_432;
const ORIENTATION: u16 = 274;
const MAKER_NOTE: u16 = 0x927c;
const ACROSS: u16 = 282;
const DOWN: u16 = 283;
const UNIT: u16 = 296;
const INCH: u16 = 2;
/// The author as Windows writes it, in UTF-16.
const WINDOWS_AUTHOR: u16 = 0x9c9d;

/// Texts of the image's and the camera's directories, by their tags and names.
const TEXTS: [(u16, &str); 28] = [
    (270, "ImageDescription"),
    (271, "Make"),
    (272, "Model"),
    (305, "Software"),
    (306, "DateTime"),
    (ARTIST, "Artist"),
    (316, "HostComputer"),
    (COPYRIGHT, "Copyright"),
    (0x9003, "DateTimeOriginal"),
    (0x9004, "DateTimeDigitized"),
    (0x9010, "OffsetTime"),
    (0x9011, "OffsetTimeOriginal"),
    (0x9012, "OffsetTimeDigitized"),
    (0x9290, "SubSecTime"),
    (0x9291, "SubSecTimeOriginal"),
    (0x9292, "SubSecTimeDigitized"),
    (0xa004, "RelatedSoundFile"),
    (0xa420, "ImageUniqueID"),
    (0xa430, "CameraOwnerName"),
    (0xa431, "BodySerialNumber"),
    (0xa433, "LensMake"),
    (0xa434, "LensModel"),
    (0xa435, "LensSerialNumber"),
    (0xa436, "ImageTitle"),
    (0xa437, "Photographer"),
    (0xa438, "ImageEditor"),
    (0xa439, "CameraFirmware"),
    (0x8824, "SpectralSensitivity"),
];

/// Values that libexif adds where a block lacks them (EXIF 2.32, 4.6.8: they must be there).
const ADDED: [(u16, &str); 11] = [
    (ACROSS, "XResolution"),
    (DOWN, "YResolution"),
    (UNIT, "ResolutionUnit"),
    (531, "YCbCrPositioning"),
    (0x9000, "ExifVersion"),
    (0x9101, "ComponentsConfiguration"),
    (0xa000, "FlashpixVersion"),
    (0xa000, "FlashPixVersion"),
    (0xa001, "ColorSpace"),
    (0xa002, "PixelXDimension"),
    (0xa003, "PixelYDimension"),
];

/// Tags that say how a file's pixels are stored, up to the thumbnail's place: they are the file's.
const STORAGE: [u16; 22] = [
    254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324,
    325, 513, 514,
];
/// From here on, tags of a TIFF file's own directory are no texts about it, but for the copyright.
const DESCRIPTIVE: [(u16, &str); 8] =
    [TEXTS[0], TEXTS[1], TEXTS[2], TEXTS[3], TEXTS[4], TEXTS[5], TEXTS[6], TEXTS[7]];

/// Fields by the names that parameters use.
pub(super) fn names(image: &Image, exif: Option<&Exif>) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for field in image.fields() {
        let Some((directory, name)) = split(&field) else { continue };
        let is_added = ADDED.iter().any(|(tag, added)| {
            *added == name && !exif.is_some_and(|exif| exif.has_anywhere(*tag))
        });
        if directory == '1' || name == "MakerNote" || is_added || names.len() >= MOST_FIELDS {
            continue;
        }
        if let Some(value) = image.text(&field).map(|text| crate::text::clean(&readable(&text)))
            && !value.is_empty()
        {
            names.insert(format!("exif.{name}"), value);
        }
    }
    // libvips has put those of the file's own format in their place.
    for (tag, name) in [(ACROSS, "XResolution"), (DOWN, "YResolution")] {
        if let Some(dots) = exif.and_then(|exif| exif.fraction(tag)) {
            names.insert(format!("exif.{name}"), dots.to_string());
        }
    }
    for (tag, name) in TEXTS {
        if let Some(text) = exif.and_then(|exif| text(exif, tag)) {
            names.insert(format!("exif.{name}"), text);
        }
    }
    names
}

/// A text of the image's or the camera's directory. A copyright's two parts, the photographer's
/// and the editor's, are divided by a semicolon.
pub(super) fn text(exif: &Exif, tag: u16) -> Option<String> {
    let entries = exif.image.iter().chain(&exif.camera);
    let entry = entries.into_iter().find(|entry| entry.tag == tag && entry.is_text())?;
    let texts: Vec<String> = if tag == COPYRIGHT {
        entry.texts().filter(|text| !text.is_empty()).collect()
    } else {
        entry.texts().take(1).collect()
    };
    Some(texts.join("; ")).filter(|text| !text.is_empty())
}

/// The author as Windows' own fields have it.
pub(super) fn windows_author(exif: &Exif) -> Option<String> {
    let entry = exif.image.iter().find(|entry| entry.tag == WINDOWS_AUTHOR)?;
    let units = entry.value.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|it| it.unwrap_or('\u{fffd}')).collect();
    Some(crate::text::clean(&text)).filter(|text| !text.is_empty())
}

/// `exif-ifd2-FNumber` as `('2', "FNumber")`.
fn split(field: &str) -> Option<(char, &str)> {
    let (directory, name) = field.strip_prefix("exif-ifd")?.split_once('-')?;
    Some((directory.chars().next()?, name))
}

/// The readable part of a field's text; for texts, which come twice, the text.
fn readable(text: &str) -> String {
    let mut parts = text.rsplitn(4, ", ");
    let (Some(_bytes), Some(_components), Some(kind), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return text.to_owned();
    };
    if kind == "ASCII" {
        return ascii(rest).to_owned();
    }
    // libexif may be built without the words for numbers that stand for something.
    let (value, readable) = rest.split_once(" (").unwrap_or((rest, rest));
    if readable.starts_with("Internal error") { value } else { readable }.to_owned()
}

/// Of `text (text` the text, whatever it holds itself.
fn ascii(rest: &str) -> &str {
    let half = rest.len().saturating_sub(2) / 2;
    match (rest.get(..half), rest.get(half..half + 2), rest.get(half + 2..)) {
        (Some(first), Some(" ("), Some(second)) if first == second => first,
        _ => rest.split_once(" (").map_or(rest, |(first, _)| first),
    }
}

/// Of a TIFF file's directories what is about the picture and not about how it is stored.
pub(crate) fn about_picture(exif: Exif) -> Exif {
    let is_about = |entry: &Entry| {
        DESCRIPTIVE.iter().any(|(tag, _)| *tag == entry.tag)
            || (0x9c9b..=0x9c9f).contains(&entry.tag)
    };
    Exif { image: exif.image.into_iter().filter(is_about).collect(), ..exif }
}

/// Artist and copyright, as they stand.
pub(super) fn copyright(exif: &Exif) -> Exif {
    let is_right = |entry: &&Entry| [ARTIST, COPYRIGHT].contains(&entry.tag) && entry.is_text();
    let image = exif.image.iter().filter(is_right).cloned().collect();
    Exif { image, camera: Vec::new(), place: Vec::new(), ..exif.clone() }
}

/// All but what is the file's own, the thumbnail's, and the place and the maker's own notes (which
/// may hold it), unless they are asked for.
pub(super) fn kept(exif: &Exif, place: bool, notes: bool) -> Exif {
    let mut kept = exif.clone();
    kept.image.retain(|entry| {
        !STORAGE.contains(&entry.tag)
            && entry.tag != ORIENTATION
            && (notes || entry.tag != MAKER_NOTE)
    });
    kept.camera.retain(|entry| notes || entry.tag != MAKER_NOTE);
    if !place {
        kept.place.clear();
    }
    if !kept.is_empty() {
        kept.set_short(ORIENTATION, 1);
    }
    kept
}

/// Says the dots an inch across and down.
pub(super) fn set_density(exif: &mut Exif, density: (f64, f64)) {
    for (tag, dots) in [(ACROSS, density.0), (DOWN, density.1)] {
        let whole = (dots - dots.round()).abs() < 1e-3;
        let below = if whole { 1 } else { 1000 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let above = (dots * f64::from(below)).round().clamp(1.0, 4e9) as u32;
        exif.set_fraction(tag, above, below);
    }
    exif.set_short(UNIT, INCH);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_out_of_the_fields_texts() {
        let cases = [
            ("Ada (Ada, ASCII, 4 components, 4 bytes)", "Ada"),
            ("A, b (c) (A, b (c), ASCII, 9 components, 9 bytes)", "A, b (c)"),
            ("1/125 (1/125 sec., Rational, 1 components, 8 bytes)", "1/125 sec."),
            ("1 (Internal error (unknown value 1), Short, 1 components, 2 bytes)", "1"),
            ("plain", "plain"),
            ("", ""),
        ];
        for (text, value) in cases {
            assert_eq!(readable(text), value);
        }
    }

    #[test]
    fn texts_are_read_in_parts_and_in_any_letters() {
        let mut exif = Exif::default();
        exif.set_text(COPYRIGHT, b"Jane Doe (x)\0Example Agency");
        exif.set_text(ARTIST, "Zoë 写真".as_bytes());
        assert_eq!(text(&exif, COPYRIGHT).unwrap(), "Jane Doe (x); Example Agency");
        assert_eq!(text(&exif, ARTIST).unwrap(), "Zoë 写真");
        exif.set_text(ARTIST, b"Zo\xeb");
        assert_eq!(text(&exif, ARTIST).unwrap(), "Zoë");
        exif.set_text(COPYRIGHT, b" \0Agency");
        assert_eq!(text(&exif, COPYRIGHT).unwrap(), "Agency");
        assert_eq!(text(&exif, 270), None);
    }

    #[test]
    fn the_files_own_tags_and_the_place_do_not_stay() {
        let mut exif = Exif::default();
        exif.set_short(256, 10);
        exif.set_short(ORIENTATION, 6);
        exif.set_text(271, b"Make");
        exif.place = exif.image.clone();
        let kept_tags = |exif: &Exif| exif.image.iter().map(|it| it.tag).collect::<Vec<_>>();
        let kept_here = kept(&exif, false, true);
        assert_eq!(kept_tags(&kept_here), [271, ORIENTATION]);
        assert_eq!(kept_here.number(ORIENTATION), Some(1));
        assert!(kept_here.place.is_empty() && !kept(&exif, true, true).place.is_empty());
        assert_eq!(kept_tags(&about_picture(exif)), [271]);
    }
}
