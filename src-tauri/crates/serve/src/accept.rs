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
    let mut parts = range.split(';');
    let name = parts.next().unwrap_or_default().trim();
    let weight = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>())
    });
    name.eq_ignore_ascii_case(media_type) && weight.is_none_or(|it| it.is_ok_and(|it| it > 0.0))
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
}
