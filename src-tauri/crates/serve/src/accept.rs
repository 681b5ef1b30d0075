//! Which of several formats a request would rather have.

use cropmark_rules::Format;

/// Chooses among formats that a generator writes, in its order: the first that `Accept` names
/// itself. A wildcard names none, because old browsers send one: then the one that most browsers
/// show is taken.
pub(crate) fn choose(accept: Option<&str>, formats: &[Format]) -> Option<Format> {
    let named = |format: &&Format| {
        let media_type = format.facts().media_type;
        accept.is_some_and(|accept| accept.split(',').any(|range| is(range, media_type)))
    };
    let widest = formats.iter().max_by_key(|format| format.facts().browser_support);
    formats.iter().find(named).or(widest).copied()
}

/// Whether a media range is this type, with a weight above 0.
fn is(range: &str, media_type: &str) -> bool {
    let (name, weight) = read(range);
    name.eq_ignore_ascii_case(media_type) && weight > 0.0
}

/// Reads the name and the weight of a media range; a weight that is none counts as 0.
fn read(range: &str) -> (&str, f32) {
    let mut parts = range.split(';');
    let name = parts.next().unwrap_or_default().trim();
    let weight = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().unwrap_or(0.0))
    });
    (name, weight.unwrap_or(1.0))
}

/// What a request would rather have of all formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preferred {
    Format(Format),
    /// Any image.
    Any,
    /// No image that is written.
    Nothing,
}

/// Reads what `Accept` would rather have of the formats that are written: the heaviest range, the
/// first of several.
pub(crate) fn preferred(accept: Option<&str>) -> Preferred {
    let Some(accept) = accept else { return Preferred::Any };
    let mut ranges: Vec<(&str, f32)> = accept.split(',').map(read).collect();
    ranges.retain(|(_, weight)| *weight > 0.0);
    ranges.sort_by(|one, other| other.1.total_cmp(&one.1));
    let of = |(name, _): &(&str, f32)| {
        if matches!(*name, "*/*" | "image/*") {
            return Some(Preferred::Any);
        }
        let is_it = |format: &Format| {
            format.facts().is_output && format.facts().media_type.eq_ignore_ascii_case(name)
        };
        Format::ALL.into_iter().find(is_it).map(Preferred::Format)
    };
    ranges.iter().find_map(of).unwrap_or(Preferred::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_format_that_is_named_is_taken_else_the_one_that_all_browsers_show() {
        let formats = [Format::Avif, Format::Webp, Format::Jpeg];
        let table = [
            (None, Format::Jpeg),
            (Some("*/*"), Format::Jpeg),
            (Some("image/*,*/*;q=0.8"), Format::Jpeg),
            (Some("image/avif,image/webp,*/*;q=0.8"), Format::Avif),
            (Some("image/webp , image/avif"), Format::Avif),
            (Some("image/avif;q=0, IMAGE/WEBP;q=0.1"), Format::Webp),
            (Some("image/avif;q=x,image/png"), Format::Jpeg),
            (Some("text/html;level=1;q=0.5,image/webp;v=1;q=0.9"), Format::Webp),
        ];
        for (accept, expected) in table {
            assert_eq!(choose(accept, &formats), Some(expected), "{accept:?}");
        }
        assert_eq!(choose(None, &[]), None);
    }

    #[test]
    fn the_heaviest_range_that_is_written_is_preferred() {
        let table = [
            (None, Preferred::Any),
            (Some("*/*"), Preferred::Any),
            (Some("image/avif,image/webp,image/*,*/*;q=0.8"), Preferred::Format(Format::Avif)),
            (Some("image/*;q=0.5, image/webp;q=0.6"), Preferred::Format(Format::Webp)),
            (Some("image/svg+xml, image/*"), Preferred::Any),
            (Some("IMAGE/PNG;q=0.1"), Preferred::Format(Format::Png)),
            (Some("image/png;q=0, text/html"), Preferred::Nothing),
            (Some("image/png;q=x"), Preferred::Nothing),
            (Some(""), Preferred::Nothing),
        ];
        for (accept, expected) in table {
            assert_eq!(preferred(accept), expected, "{accept:?}");
        }
    }
}
