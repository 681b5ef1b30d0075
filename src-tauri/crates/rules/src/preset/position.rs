//! Converts the TOML reader's byte offsets to lines and columns.

use std::{cell::Cell, ops::Range};

/// A text and the offsets at which its lines begin.
pub(super) struct TextPositions<'a> {
    text: &'a str,
    lines: Vec<usize>,
    /// The last place: a line, a byte of it, and the characters before. On a long line the next
    /// place is counted from there.
    last: Cell<(usize, usize, usize)>,
}

/// A place in a text: line and column from 1, the column in characters.
pub(super) struct TextPosition {
    pub(super) line: u32,
    pub(super) column: u32,
    /// The number of characters, where the range stays on its line and is not empty.
    pub(super) length: Option<u32>,
}

impl<'a> TextPositions<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(offset, _)| offset + 1)).collect();
        Self { text, lines, last: Cell::new((0, 0, 0)) }
    }

    /// Finds the line and column of a range of bytes. An offset beyond the text or within a
    /// character is moved back to the character before.
    pub(super) fn of(&self, range: &Range<usize>) -> TextPosition {
        let start = self.floor(range.start);
        let end = self.floor(range.end.max(range.start));
        let line = self.lines.partition_point(|begin| *begin <= start) - 1;
        // The mark of the encoding that some editors put first is no character of the line.
        let column = match self.last.get() {
            (same, byte, before) if same == line && (1..=start).contains(&byte) => {
                before + self.text[byte..start].chars().count()
            }
            _ => {
                let before = self.text[self.lines[line]..start].trim_start_matches('\u{feff}');
                before.chars().count()
            }
        };
        self.last.set((line, start, column));
        let meant = &self.text[start..end];
        let length = (!meant.is_empty() && !meant.contains('\n')).then(|| meant.chars().count());
        TextPosition { line: count(line + 1), column: count(column + 1), length: length.map(count) }
    }

    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// Converts a count to 32 bits: a preset file is far smaller than four billion characters.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let positions = TextPositions::new("a = 1\nß = \"é\"\r\n\nend");
        let long = TextPositions::new("xß\nßßßß\n");
        let columns = [3..4, 6..8, 8..9, 12..12, 4..5].map(|range| long.of(&range).column);
        assert_eq!(columns, [3, 2, 3, 5, 1], "counted from the last place or the line's start");
        let cases = [
            (0..1, (1, 1, Some(1))),
            (4..5, (1, 5, Some(1))),
            (6..8, (2, 1, Some(1))),
            (11..15, (2, 5, Some(3))),
            (17..17, (3, 1, None)),
            (18..900, (4, 1, Some(3))),
            (900..901, (4, 4, None)),
            (0..9, (1, 1, None)),
        ];
        for (range, expected) in cases {
            let place = positions.of(&range);
            assert_eq!((place.line, place.column, place.length), expected, "{range:?}");
        }
    }
}
