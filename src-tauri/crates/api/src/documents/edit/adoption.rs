//! A table that goes from one document to another, with its lines as they are and the comments
//! that belong to it.

use std::ops::Range;

use super::{
    EditError,
    format::key,
    lines::{follows_blank, line_end, patched},
    order::block_of,
    statements::runs,
    syntax::{Kind, Syntax},
    text::Text,
};
use crate::model::Step;

/// The lines that a table has under headers of its own, as they are for the name at the end of
/// `to`. None where it is written in another way: such lines mean nothing elsewhere.
pub(super) fn lines(text: &str, path: &[Step], to: &[Step]) -> Option<String> {
    let (Some(Step::Key(name)), depth) = (to.last(), path.len().checked_sub(1)?) else {
        return None;
    };
    let syntax = Syntax::of(text);
    let mut lines = String::new();
    for (run, block) in blocks(&syntax, text, path)? {
        let names = syntax.statements[run].iter().filter_map(|it| it.key_at(depth));
        let within = |span: &Range<usize>| span.start - block.start..span.end - block.start;
        let patches: Vec<_> = names.map(|it| (within(&it.span), key(name))).collect();
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&patched(&text[block.clone()], &patches));
        if !lines.ends_with('\n') {
            lines.push('\n');
        }
    }
    (!lines.is_empty()).then_some(lines)
}

/// The statements that make a table, run by run, and their lines with comments; none where they
/// are not under headers of their own.
fn blocks(syntax: &Syntax, text: &str, path: &[Step]) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let blocks = runs(&syntax.members(path)).into_iter().map(|run| {
        let is_header = !matches!(syntax.statements[run.start].kind, Kind::Pair(_));
        is_header.then(|| (run.clone(), block_of(text, syntax, run)))
    });
    blocks.collect()
}

impl Text {
    /// The text with a table that another document had, after the last one of its kind.
    pub(super) fn with_table(&self, path: &[Step], lines: &str) -> Self {
        let (syntax, owner) = (self.syntax(), &path[..path.len().saturating_sub(1)]);
        let last = syntax.members(owner).last().copied();
        let last = last.or_else(|| syntax.statements.len().checked_sub(1));
        let mut text = Self::new(self.as_str());
        text.put_lines(&syntax, last, lines.to_owned());
        text
    }

    /// Removes a table that another document has adopted.
    pub(super) fn give(&mut self, path: &[Step]) -> Result<(), EditError> {
        let (syntax, text) = (self.syntax(), self.as_str());
        let Some(blocks) = blocks(&syntax, text, path).filter(|blocks| !blocks.is_empty()) else {
            return self.remove(path);
        };
        let patches = blocks.into_iter().map(|(_, block)| {
            let mut end = block.end;
            if follows_blank(text, block.start) {
                while end < text.len() && text[end..line_end(text, end)].trim().is_empty() {
                    end = line_end(text, end);
                }
            }
            (block.start..end, String::new())
        });
        let patches: Vec<_> = patches.collect();
        self.replace(patched(text, &patches));
        Ok(())
    }
}
