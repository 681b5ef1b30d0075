//! Camera data. libvips has taken it apart into fields named `exif-ifd<n>-<tag>`, each a text of
//! the form `value (readable value, TYPE, n components, n bytes)`: directory 0 is the image's,
//! 1 the thumbnail's, 2 the camera's, 3 the place's.

use std::collections::BTreeMap;

use crate::vips::Image;

/// The most fields that are handed on; a camera writes about a hundred.
const MOST_FIELDS: usize = 500;

/// Fields by the names that parameters use.
pub(super) fn names(image: &Image) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for field in image.fields() {
        let Some((directory, name)) = split(&field) else { continue };
        if directory == '1' || name == "MakerNote" || names.len() >= MOST_FIELDS {
            continue;
        }
        if let Some(value) = image.text(&field).map(|text| crate::text::clean(&readable(&text)))
            && !value.is_empty()
        {
            names.insert(format!("exif.{name}"), value);
        }
    }
    names
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

/// Artist and copyright, as the fields that libvips writes.
pub(super) fn copyright(image: &Image) -> Vec<(String, String)> {
    let names = names(image);
    ["Artist", "Copyright"]
        .into_iter()
        .filter_map(|name| {
            let value = names.get(&format!("exif.{name}"))?;
            Some((format!("exif-ifd0-{name}"), written(value)))
        })
        .collect()
}

/// The fields that stay: all but the thumbnail's, and the place and the maker's own notes (which
/// may hold it) only where they are asked for.
pub(super) fn fields(image: &Image, place: bool, notes: bool) -> Vec<(String, String)> {
    let stays = |field: &String| {
        split(field).is_some_and(|(directory, name)| {
            directory != '1'
                && (place || directory != '3')
                && (notes || name != "MakerNote")
                && name != "Orientation"
        })
    };
    let text = |field: String| {
        let text = image.text(&field)?;
        let is_text = text.contains(", ASCII, ");
        Some((field, if is_text { written(&readable(&text)) } else { text }))
    };
    image.fields().into_iter().filter(stays).filter_map(text).collect()
}

/// A text as libvips takes it back: it drops all from the last bracket on, so there must be one
/// that is not the text's own.
fn written(text: &str) -> String {
    format!("{text} ()")
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
}
