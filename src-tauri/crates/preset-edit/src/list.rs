//! Edits the text of an array or an inline table: inserts, removes and moves elements.
//!
//! Elements with lines of their own keep them: a comment at the end of an element's line moves and
//! goes with the element; one directly above it moves along, but is never removed.

use std::ops::Range;

use crate::{
    format::INDENT,
    lines::{attached_start, indentation, line_end, line_start, patched},
    syntax::{Inner, Pair, Value},
};

/// A list in a text: an array's elements, or an inline table's pairs.
pub(crate) struct List<'t> {
    text: &'t str,
    /// The whole, brackets included.
    span: Range<usize>,
    elements: Vec<Range<usize>>,
    is_table: bool,
}

impl<'t> List<'t> {
    /// Takes the list that a value is; without elements where the value is neither.
    pub(crate) fn of(text: &'t str, value: &Value) -> Self {
        let elements = match &value.inner {
            Inner::Scalar => Vec::new(),
            Inner::Array(elements) => elements.iter().map(|it| it.span.clone()).collect(),
            Inner::Table(pairs) => pairs.iter().map(Pair::span).collect(),
        };
        let is_table = matches!(value.inner, Inner::Table(_));
        Self { text, span: value.span.clone(), elements, is_table }
    }

    pub(crate) fn len(&self) -> usize {
        self.elements.len()
    }

    /// Gives the bytes of an element.
    #[cfg(test)]
    pub(crate) fn element(&self, index: usize) -> Range<usize> {
        self.elements[index].clone()
    }

    /// Inserts an element. `on_lines`: whether the first one gets a line of its own.
    pub(crate) fn insert(&self, index: usize, new: &str, on_lines: bool) -> String {
        let Some(last) = self.elements.len().checked_sub(1) else {
            return self.insert_first(new, on_lines);
        };
        if index <= last {
            let element = &self.elements[index];
            if let Some(lines) = self.lines(index) {
                let line = format!("{}{new},\n", indentation(self.text, element.start));
                return patched(self.text, &[(lines.start..lines.start, line)]);
            }
            let broken = (index == 0 && last > 0).then(|| self.line_break(1)).flatten();
            let separator = broken.map_or(", ".to_owned(), |indent| format!(",\n{indent}"));
            let new = format!("{new}{separator}");
            return patched(self.text, &[(element.start..element.start, new)]);
        }
        let end = self.elements[last].end;
        if let Some(lines) = self.lines(last) {
            let has_comma = self.comma(last).is_some();
            let (comma, own) = if has_comma { ("", ",") } else { (",", "") };
            let indent = indentation(self.text, self.elements[last].start);
            let line = format!("{indent}{new}{own}\n");
            let patches = [(end..end, comma.to_owned()), (lines.end..lines.end, line)];
            return patched(self.text, &patches);
        }
        let broken = (last > 0).then(|| self.line_break(last)).flatten();
        let separator = broken.map_or(", ".to_owned(), |indent| format!(",\n{indent}"));
        patched(self.text, &[(end..end, format!("{separator}{new}"))])
    }

    fn insert_first(&self, new: &str, on_lines: bool) -> String {
        let inner = self.span.start + 1..self.span.end - 1;
        let within = &self.text[inner.clone()];
        let content = within.trim_end();
        let has_lines = within.contains('\n');
        let new = if has_lines || on_lines {
            let base = indentation(self.text, if has_lines { inner.end } else { inner.start });
            format!("{content}\n{base}{INDENT}{new},\n{base}")
        } else if self.is_table {
            format!(" {new} ")
        } else {
            new.to_owned()
        };
        patched(self.text, &[(inner, new)])
    }

    /// Removes an element.
    pub(crate) fn remove(&self, index: usize) -> String {
        let element = self.elements[index].clone();
        let last = self.elements.len() - 1;
        let inner = self.span.start + 1..self.span.end - 1;
        if last == 0
            && !has_comment(&self.text[inner.start..element.start])
            && !has_comment(&self.text[element.end..inner.end])
        {
            return patched(self.text, &[(inner, String::new())]);
        }
        if self.lines(index).is_some() {
            let lines = line_start(self.text, element.start)..line_end(self.text, element.end);
            return patched(self.text, &[(lines, String::new())]);
        }
        let before = index.checked_sub(1).map(|before| self.elements[before].end);
        let is_plain = |range: Range<usize>| !self.text[range].contains(['\n', '#']);
        let no_comment = |range: Range<usize>| !has_comment(&self.text[range]);
        let range = if index < last && is_plain(element.end..self.elements[index + 1].start) {
            element.start..self.elements[index + 1].start
        } else if let Some(before) = before.filter(|before| {
            let gap = *before..element.start;
            if index < last { is_plain(gap) } else { no_comment(gap) }
        }) {
            before..element.end
        } else if index < last && no_comment(element.end..self.elements[index + 1].start) {
            element.start..self.elements[index + 1].start
        } else {
            let comma = self.comma(index).map(|comma| (comma..comma + 1, String::new()));
            let mut patches = vec![(element, String::new())];
            patches.extend(comma);
            return patched(self.text, &patches);
        };
        patched(self.text, &[(range, String::new())])
    }

    /// Moves an element; `to` is its place afterwards.
    pub(crate) fn move_element(&self, from: usize, to: usize) -> String {
        let (low, high) = (from.min(to), from.max(to));
        if high == self.elements.len() - 1
            && self.comma(high).is_none()
            && self.lines(high).is_some()
        {
            // The last element may lack its comma, and others may follow it after the move.
            let end = self.elements[high].end;
            let text = patched(self.text, &[(end..end, ",".to_owned())]);
            let elements = self.elements.clone();
            let span = self.span.start..self.span.end + 1;
            let list = List { text: &text, span, elements, is_table: self.is_table };
            return list.permuted(low..=high, from, to);
        }
        self.permuted(low..=high, from, to)
    }

    fn permuted(&self, range: std::ops::RangeInclusive<usize>, from: usize, to: usize) -> String {
        let blocks: Option<Vec<_>> = range.clone().map(|index| self.lines(index)).collect();
        let slots = blocks.unwrap_or_else(|| self.elements[range.clone()].to_vec());
        let mut order: Vec<usize> = (0..slots.len()).collect();
        let moved = order.remove(from - range.start());
        order.insert(to - range.start(), moved);
        let content = order.iter().map(|&index| self.text[slots[index].clone()].to_owned());
        let patches: Vec<_> = slots.iter().cloned().zip(content).collect();
        patched(self.text, &patches)
    }

    /// Gives the lines of an element, from the comment directly above to the end of its last line;
    /// `None` where it shares them with another one.
    fn lines(&self, index: usize) -> Option<Range<usize>> {
        let element = &self.elements[index];
        let start = line_start(self.text, element.start);
        let end = line_end(self.text, element.end);
        let limit = match index.checked_sub(1) {
            Some(before) => line_end(self.text, self.elements[before].end),
            None => line_end(self.text, self.span.start),
        };
        let after = &self.text[element.end..end];
        let rest = after.trim_start();
        let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        let is_alone = start >= limit
            && self.text[start..element.start].trim().is_empty()
            && end < self.span.end
            && (rest.is_empty() || rest.starts_with('#'));
        let comma_is_near = match self.comma(index) {
            Some(comma) => comma < end,
            None => index + 1 == self.elements.len(),
        };
        let lines = || attached_start(self.text, element.start, limit)..end;
        (is_alone && comma_is_near).then(lines)
    }

    /// Finds the comma after an element.
    fn comma(&self, index: usize) -> Option<usize> {
        let end = self.elements[index].end;
        let limit = self.elements.get(index + 1).map_or(self.span.end - 1, |next| next.start);
        let mut is_comment = false;
        for (at, letter) in self.text[end..limit].char_indices() {
            match letter {
                '#' => is_comment = true,
                '\n' => is_comment = false,
                ',' if !is_comment => return Some(end + at),
                _ => {}
            }
        }
        None
    }

    /// Gives the indentation of an element that begins a line.
    fn line_break(&self, index: usize) -> Option<&'t str> {
        let start = self.elements[index].start;
        let line = line_start(self.text, start);
        let is_first =
            line > self.elements[index - 1].end && self.text[line..start].trim().is_empty();
        is_first.then(|| &self.text[line..start])
    }
}

fn has_comment(gap: &str) -> bool {
    gap.contains('#')
}

#[cfg(test)]
mod tests;
