//! Texts that come from files.

/// The most characters of a value that are handed on.
const LONGEST_VALUE: usize = 2000;

/// A text without control characters, and of bearable length.
pub(crate) fn clean(text: &str) -> String {
    let kept = text.chars().filter(|sign| !sign.is_control() || matches!(sign, '\n' | '\t'));
    kept.take(LONGEST_VALUE).collect::<String>().trim().to_owned()
}

/// The text of bytes: UTF-8 where they are that, else Latin-1, because what a file itself says about
/// it is often wrong.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(
        |_| bytes.iter().map(|byte| char::from(*byte)).collect(),
        std::borrow::ToOwned::to_owned,
    )
}

/// The text with a capital letter at its beginning.
pub(crate) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cleaned() {
        assert_eq!(clean(" a\0b\x1b[31m\nc "), "ab[31m\nc");
        assert_eq!(clean(&"x".repeat(5000)).len(), LONGEST_VALUE);
    }
}
