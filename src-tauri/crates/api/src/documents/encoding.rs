//! Converts between a file's text and the text that is edited: without the mark of the encoding that some
//! editors put first, and with plain line ends. Both are kept as the file has them.

use std::borrow::Cow;

const MARK: char = '\u{feff}';

/// Returns the text that is edited.
pub(super) fn view(raw: &str) -> Cow<'_, str> {
    let text = raw.strip_prefix(MARK).unwrap_or(raw);
    if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { text.into() }
}

/// Returns the file's text for an edited one: unchanged lines keep their ends, new ones end as
/// most do.
pub(super) fn raw(before: &str, edited: &str) -> String {
    let edited = view(edited);
    let mark = if before.starts_with(MARK) { "\u{feff}" } else { "" };
    if !before.contains("\r\n") {
        return format!("{mark}{edited}");
    }
    let old: Vec<&str> =
        before.strip_prefix(MARK).unwrap_or(before).split_inclusive('\n').collect();
    let new: Vec<&str> = edited.split_inclusive('\n').collect();
    let same = |old: &str, new: &str| view(old) == new;
    let start = old.iter().zip(&new).take_while(|(old, new)| same(old, new)).count();
    let ends = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = ends.take_while(|(old, new)| same(old, new)).count();
    let long = old.iter().filter(|line| line.ends_with("\r\n")).count();
    let is_long = long * 2 >= old.len();
    let mut text = String::from(mark);
    text.extend(old[..start].iter().copied());
    for line in &new[start..new.len() - end] {
        match line.strip_suffix('\n').filter(|_| is_long) {
            Some(line) => text.extend([line, "\r\n"]),
            None => text.push_str(line),
        }
    }
    text.extend(old[old.len() - end..].iter().copied());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_the_mark_stay_as_they_were() {
        let cases = [
            ("a\nb\n", "a\nc\n", "a\nc\n"),
            ("a\r\nb\r\n", "a\nc\nd\n", "a\r\nc\r\nd\r\n"),
            ("\u{feff}a\r\nb", "a\nb", "\u{feff}a\r\nb"),
            ("\u{feff}a\n", "x\n", "\u{feff}x\n"),
            ("a\r\nb\nc\r\n", "a\nb\nx\nc\n", "a\r\nb\nx\r\nc\r\n"),
            ("a\nb\nc\r\nd\n", "a\nb\nc\nx\n", "a\nb\nc\r\nx\n"),
            ("a\r\n", "", ""),
            ("a\n", "b\r\n", "b\n"),
        ];
        for (before, edited, expected) in cases {
            assert_eq!(raw(before, edited), expected, "{before:?} {edited:?}");
            assert_eq!(raw(before, &view(before)), before);
        }
    }
}
