//! Imports a table from another document, with its lines as they are and the comments that belong
//! to it.

use std::ops::Range;

use crate::{
    Step,
    lines::{follows_blank, line_end, patched},
    quote::key,
    statements::{block_of, put_lines, runs},
    syntax::{Kind, Syntax},
};

/// Copies the lines of a table that has headers of its own, with the name at the end of `to`;
/// `None` where it is written in another way: such lines mean nothing in another document.
pub(crate) fn lines(text: &str, path: &[Step], to: &[Step]) -> Option<String> {
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

/// Lists a table's runs of statements, each with its lines and comments; `None` where they are not
/// under headers of their own.
fn blocks(syntax: &Syntax, text: &str, path: &[Step]) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let blocks = runs(&syntax.members(path)).into_iter().map(|run| {
        let is_header = !matches!(syntax.statements[run.start].kind, Kind::Pair(_));
        is_header.then(|| (run.clone(), block_of(text, syntax, run)))
    });
    blocks.collect()
}

/// Puts the lines of a table after the last table of its kind.
pub(crate) fn put(text: &str, path: &[Step], lines: &str) -> String {
    let (syntax, parent) = (Syntax::of(text), &path[..path.len().saturating_sub(1)]);
    let last = syntax.members(parent).last().copied();
    let last = last.or_else(|| syntax.statements.len().checked_sub(1));
    put_lines(text, &syntax, last, lines.to_owned())
}

/// Removes a table with its comments; `None` where it has no headers of its own.
pub(crate) fn remove_with_comments(text: &str, path: &[Step]) -> Option<String> {
    let syntax = Syntax::of(text);
    let blocks = blocks(&syntax, text, path).filter(|blocks| !blocks.is_empty())?;
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
    Some(patched(text, &patches))
}
