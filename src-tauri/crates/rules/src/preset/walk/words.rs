//! Builds the words of messages: lists, quotations, and the name that was probably meant.

/// Finds the candidate that was probably meant: it differs by few letters, or only by capitals and
/// the choice of `-` or `_`.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // No name is near such a long word, and comparing takes the square of its length.
    if word.len() > 64 {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let word = plain(word);
    candidates
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
    let shown = candidates.iter().map(|candidate| format!("\"{candidate}\"")).collect();
    format!("{introduction} {}", join(shown, last))
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
    fn quotations_are_short_and_harmless() {
        assert_eq!(quoted("a\u{1b}[31m"), "\"a\\u{1b}[31m\"");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 43);
    }
}
