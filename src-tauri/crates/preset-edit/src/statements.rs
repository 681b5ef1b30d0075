//! Removes and copies statements with their lines, and finds where the lines begin and end.

use std::ops::Range;

use crate::{
    EditError, Step,
    lines::{attached_start, follows_blank, line_end, line_start, patched, with_lines},
    quote::key,
    syntax::{Kind, Syntax},
};

/// Removes statements with their lines. A generator or theme of which nothing is left stays
/// as an empty one.
pub(crate) fn remove(
    text: &str,
    syntax: &Syntax,
    members: &[usize],
    path: &[Step],
) -> Result<String, EditError> {
    let mut patches: Vec<(Range<usize>, String)> = Vec::new();
    for run in runs(members) {
        let lines = run_lines(syntax, &run, text);
        let mut end = lines.end;
        let is_section = !matches!(syntax.statements[run.start].kind, Kind::Pair(_));
        if is_section && follows_blank(text, lines.start) {
            while end < text.len() && text[end..line_end(text, end)].trim().is_empty() {
                end = line_end(text, end);
            }
        }
        patches.push((lines.start..end, String::new()));
    }
    let parent = &path[..path.len().saturating_sub(1)];
    let only = syntax.members(parent) == members && parent.len() == 2;
    if let (true, Some(&first)) = (only, members.first()) {
        let statement = &syntax.statements[first];
        let last = statement.key_at(1).ok_or_else(|| EditError::shape(path))?;
        let name = &text[statement.keys[0].span.start..last.span.end];
        let is_pair = matches!(statement.kind, Kind::Pair(_));
        patches[0].1 = if is_pair { format!("{name} = {{}}\n") } else { format!("[{name}]\n\n") };
    }
    Ok(patched(text, &patches))
}

/// Copies the statements of a table under another name, each run of them directly after it.
pub(crate) fn duplicate(
    text: &str,
    syntax: &Syntax,
    path: &[Step],
    to: &str,
) -> Result<String, EditError> {
    let depth = path.len().checked_sub(1).ok_or(EditError::Root)?;
    let mut copied = text.to_owned();
    for run in runs(&syntax.members(path)).into_iter().rev() {
        let lines = run_lines(syntax, &run, text);
        let is_section = !matches!(syntax.statements[run.start].kind, Kind::Pair(_));
        let names = syntax.statements[run].iter().filter_map(|it| it.key_at(depth));
        let shifted = |range: &Range<usize>| range.start - lines.start..range.end - lines.start;
        let patches: Vec<_> = names.map(|name| (shifted(&name.span), key(to))).collect();
        let copy = patched(&text[lines.clone()], &patches);
        let copy = if copy.ends_with('\n') { copy } else { copy + "\n" };
        let blank = if is_section { "\n" } else { "" };
        copied = with_lines(&copied, lines.end, &format!("{blank}{copy}"));
    }
    Ok(copied)
}

/// Puts the lines of a table after a statement, or before all of them.
pub(crate) fn put_lines(
    text: &str,
    syntax: &Syntax,
    after: Option<usize>,
    lines: String,
) -> String {
    let Some(after) = after else {
        let at = first_start(syntax, text);
        let blank = if at < text.len() { "\n" } else { "" };
        return with_lines(text, at, &(lines + blank));
    };
    let at = line_end(text, syntax.statements[after].span.end);
    let is_last = after + 1 == syntax.statements.len();
    let follows = &text[at..];
    let blank = if is_last || follows.trim_start_matches([' ', '\t']).starts_with('\n') {
        ""
    } else {
        "\n"
    };
    with_lines(text, at, &format!("\n{lines}{blank}"))
}

/// Gives the lines of a run of statements, with their comments.
pub(crate) fn block_of(text: &str, syntax: &Syntax, run: Range<usize>) -> Range<usize> {
    let limit = previous_end(syntax, run.start, text);
    let start = attached_start(text, syntax.statements[run.start].span.start, limit);
    let last = line_end(text, syntax.statements[run.end - 1].span.end);
    let next = syntax.statements.get(run.end);
    let next = next.map_or(text.len(), |next| attached_start(text, next.span.start, last));
    let mut end = last;
    while end < next && text[end..line_end(text, end)].trim_start().starts_with('#') {
        end = line_end(text, end);
    }
    start..end
}

/// Groups statements that follow each other into ranges.
pub(crate) fn runs(members: &[usize]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for &member in members {
        match runs.last_mut() {
            Some(run) if run.end == member => run.end += 1,
            _ => runs.push(member..member + 1),
        }
    }
    runs
}

/// Gives the lines from the first to the last of some statements.
fn run_lines(syntax: &Syntax, run: &Range<usize>, text: &str) -> Range<usize> {
    let (first, last) = (&syntax.statements[run.start], &syntax.statements[run.end - 1]);
    line_start(text, first.span.start)..line_end(text, last.span.end)
}

/// Finds the end of the lines of the statement before this one.
pub(crate) fn previous_end(syntax: &Syntax, index: usize, text: &str) -> usize {
    let previous = index.checked_sub(1).map(|before| syntax.statements[before].span.end);
    previous.map_or(0, |end| line_end(text, end))
}

/// Finds the start of the first statement, with the comment directly above it; the text's end where
/// there is none.
pub(crate) fn first_start(syntax: &Syntax, text: &str) -> usize {
    syntax.statements.first().map_or(text.len(), |it| attached_start(text, it.span.start, 0))
}
