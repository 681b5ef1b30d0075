//! Builds the words of messages: lists, quotations, and the name that was probably meant.

use std::borrow::Cow;

/// The most candidates that a word is compared with: a hostile file has thousands of each.
const MAX_CANDIDATES: usize = 200;

/// The most candidates that a sentence lists.
const MAX_LISTED: usize = 40;

/// Finds the candidate that the user most likely meant: few letters off, or the same but for
/// capitals and the choice of `-` and `_`. Compares the first 200.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // No name is near such a long word, and comparing takes the square of its length.
    if word.len() > 64 {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let word = plain(word);
    candidates
        .take(MAX_CANDIDATES)
        .inspect(|_| {
            #[cfg(test)]
            crate::preset::counted::step();
        })
        .map(|candidate| (strsim::osa_distance(&word, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| {
            let letters = candidate.chars().count();
            *distance <= (letters / 3).clamp(1, 3) && *distance < letters
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Writes `did you mean "b"?`, or lists all candidates where none is near.
pub(crate) fn hint(word: &str, candidates: &[&str], introduction: &str, last: &str) -> String {
    if let Some(candidate) = nearest(word, candidates.iter().copied()) {
        return format!("did you mean \"{candidate}\"?");
    }
    let shown = candidates.iter().map(|candidate| format!("\"{candidate}\""));
    format!("{introduction} {}", join(listed(shown), last))
}

/// The first of some candidates, for a sentence.
pub(crate) fn listed(candidates: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = candidates.len().saturating_sub(MAX_LISTED);
    let more = (more > 0).then(|| format!("{more} more"));
    candidates.take(MAX_LISTED).chain(more).collect()
}

/// A name from the file for a sentence: shortened where it is longer than names are.
pub(crate) fn short(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &name[..end]).into(),
        None => name.into(),
    }
}

/// Joins words as in `a, b or c`.
pub(crate) fn join(mut words: Vec<String>, last: &str) -> String {
    let Some(end) = words.pop() else { return "nothing".to_owned() };
    if words.is_empty() { end } else { format!("{} {last} {end}", words.join(", ")) }
}

/// Quotes a text of the file, shortened and without control characters.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_the_one_meant() {
        let names = ["width", "height", "min_width", "op", "lanczos3"];
        let cases = [
            ("widht", Some("width")),
            ("Width", Some("width")),
            ("min-width", Some("min_width")),
            ("heigth", Some("height")),
            ("lanczos", Some("lanczos3")),
            ("colour", None),
            ("", None),
            ("p", Some("op")),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word, names.into_iter()), expected, "{word}");
        }
        assert_eq!(nearest(&"width".repeat(1000), names.into_iter()), None);
    }

    #[test]
    fn a_word_is_compared_with_so_many_names_and_no_more() {
        let names: Vec<String> = (0..10_000).map(|number| format!("name{number}")).collect();
        let steps = crate::preset::counted::steps(|| {
            let _ = nearest("nmae", names.iter().map(String::as_str));
        });
        assert_eq!(steps, MAX_CANDIDATES);
    }

    #[test]
    fn long_lists_and_names_are_cut() {
        let names: Vec<String> = (0..1000).map(|number| format!("name{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let hint = hint("other", &names, "known are", "and");
        assert!(hint.ends_with("\"name39\" and 960 more"), "{hint}");
        assert_eq!(short(&"x".repeat(1000)).chars().count(), 101);
        assert_eq!(short("width"), "width");
    }

    #[test]
    fn quotations_are_short_and_harmless() {
        assert_eq!(quoted("a\u{1b}[31m"), "\"a\\u{1b}[31m\"");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 43);
    }
}
