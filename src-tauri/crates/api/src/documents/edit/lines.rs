//! Lines of a text, and ranges of it replaced.

use std::ops::Range;

/// Where the line of a byte begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Where the line after that of a byte begins, or the text ends.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// The spaces that the line of a byte begins with.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    let end = line.find(|letter| letter != ' ' && letter != '\t').unwrap_or(line.len());
    &line[..end]
}

/// Where the comment begins that stands on lines of its own directly above the line of a byte;
/// the line's own start where there is none. Nothing before `limit` counts.
pub(super) fn attached_start(text: &str, at: usize, limit: usize) -> usize {
    let mut start = line_start(text, at);
    while start > limit {
        let above = line_start(text, start - 1);
        if above < limit || !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// Whether the line before this start of a line has nothing on it, or there is none.
pub(super) fn follows_blank(text: &str, start: usize) -> bool {
    start == 0 || text[line_start(text, start - 1)..start].trim().is_empty()
}

/// Replaces ranges, which do not overlap and are in order.
pub(super) fn patched(text: &str, patches: &[(Range<usize>, String)]) -> String {
    let mut result = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (range, new) in patches {
        result.push_str(&text[at..range.start]);
        result.push_str(new);
        at = range.end;
    }
    result + &text[at..]
}

/// Puts whole lines in at the start of a line.
pub(super) fn with_lines(text: &str, at: usize, lines: &str) -> String {
    let is_start = at == 0 || text[..at].ends_with('\n');
    let lines = if is_start { lines.to_owned() } else { format!("\n{lines}") };
    patched(text, &[(at..at, lines)])
}
