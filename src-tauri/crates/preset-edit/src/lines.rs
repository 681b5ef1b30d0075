//! Finds lines in a text, and replaces ranges of it.

use std::ops::Range;

/// Finds the start of the line that a byte is in.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Finds the start of the next line, or the end of the text.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// Gives the spaces at the start of the line that a byte is in.
pub(crate) fn indentation(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    let end = line.find(|letter| letter != ' ' && letter != '\t').unwrap_or(line.len());
    &line[..end]
}

/// Finds the start of the comment that stands on lines of its own directly above the line that a
/// byte is in; the start of that line where there is none. Looks at nothing before `limit`.
pub(crate) fn attached_start(text: &str, at: usize, limit: usize) -> usize {
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

/// Tells whether the line before is blank, or there is none. `start` is the start of a line.
pub(crate) fn follows_blank(text: &str, start: usize) -> bool {
    start == 0 || text[line_start(text, start - 1)..start].trim().is_empty()
}

/// Replaces ranges of a text, which are in order and do not overlap.
pub(crate) fn patched(text: &str, patches: &[(Range<usize>, String)]) -> String {
    let mut result = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (range, new) in patches {
        result.push_str(&text[at..range.start]);
        result.push_str(new);
        at = range.end;
    }
    result + &text[at..]
}

/// Puts whole lines into a text at the start of a line.
pub(crate) fn with_lines(text: &str, at: usize, lines: &str) -> String {
    let is_start = at == 0 || text[..at].ends_with('\n');
    let lines = if is_start { lines.to_owned() } else { format!("\n{lines}") };
    patched(text, &[(at..at, lines)])
}
