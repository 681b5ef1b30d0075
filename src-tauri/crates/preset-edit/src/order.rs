//! Changes the order of a table's keys, such as generators.
//!
//! A key takes its lines along, with the comments directly above it and directly below its last
//! line. Comments that stand apart, such as headings over groups of keys, stay where they are.

use std::ops::Range;

use crate::{
    EditError, Step,
    edit::child,
    lines::{follows_blank, line_end, line_start, patched},
    list::List,
    statements::{block_of, runs},
    syntax::{Inner, Resolved, Syntax},
};

/// Moves a key before another one of the same table, or after all of them.
pub(crate) fn reorder(
    text: &str,
    path: &[Step],
    before: Option<&str>,
) -> Result<String, EditError> {
    let (Some(Step::Key(name)), table) = (path.last(), &path[..path.len().saturating_sub(1)])
    else {
        return Err(EditError::missing(path));
    };
    let syntax = Syntax::of(text);
    let old = names(&syntax, table).ok_or_else(|| EditError::shape(path))?;
    let from = old.iter().position(|it| it == name).ok_or_else(|| EditError::missing(path))?;
    let mut wanted = old.clone();
    let own = wanted.remove(from);
    let to = match before {
        // It keeps its place.
        Some(before) if before == name => from,
        Some(before) => wanted
            .iter()
            .position(|it| it == before)
            .ok_or_else(|| EditError::missing(&child(table, Step::Key(before.to_owned()))))?,
        None => wanted.len(),
    };
    wanted.insert(to, own);
    if wanted == old {
        return Ok(text.to_owned());
    }
    let new = match syntax.resolve(table) {
        Resolved::Value(value, _) => List::of(text, value).move_element(from, to),
        _ => moved(text, &syntax, table, &old, from, to)?,
    };
    // Statements of the same key that stand apart may prevent the order.
    if names(&Syntax::of(&new), table).as_ref() != Some(&wanted) {
        return Err(EditError::shape(path));
    }
    Ok(new)
}

/// Lists a table's keys in the order of their first statements; `None` where the table's shape has
/// no such order.
fn names(syntax: &Syntax, table: &[Step]) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !names.iter().any(|it| it == name) {
            names.push(name.to_owned());
        }
    };
    match syntax.resolve(table) {
        Resolved::Value(value, _) => {
            let Inner::Table(pairs) = &value.inner else { return None };
            for pair in pairs {
                add(&pair.keys.first()?.name);
            }
            // One pair a key: places in the list are places of keys.
            (names.len() == pairs.len()).then_some(names)
        }
        Resolved::Statements(members) => {
            for member in members {
                if let Some(Step::Key(name)) = syntax.statements[member].path.get(table.len()) {
                    add(name);
                }
            }
            Some(names)
        }
        Resolved::DottedPairs(..) | Resolved::Missing => None,
    }
}

/// Moves the lines of one key behind (down) or before (up) those of the key whose place it gets:
/// headings over groups of keys stay with the other keys.
fn moved(
    text: &str,
    syntax: &Syntax,
    table: &[Step],
    names: &[String],
    from: usize,
    to: usize,
) -> Result<String, EditError> {
    let block = |name: &String| {
        let path = child(table, Step::Key(name.clone()));
        block(text, syntax, &path).ok_or_else(|| EditError::shape(&path))
    };
    let (own, other) = (block(&names[from])?, block(&names[to])?);
    let is_blank = |at: usize| at < text.len() && text[at..line_end(text, at)].trim().is_empty();
    let stood_apart = is_blank(own.end) || (own.start > 0 && follows_blank(text, own.start));
    let blank = if stood_apart { "\n" } else { "" };
    let mut lines = text[own.clone()].to_owned();
    // The last line of a text may lack its end.
    if !lines.ends_with('\n') {
        lines.push('\n');
    }
    let cut = if is_blank(own.end) {
        let mut end = own.end;
        while is_blank(end) {
            end = line_end(text, end);
        }
        own.start..end
    } else {
        let mut start = own.start;
        while start > 0 && own.end == text.len() && follows_blank(text, start) {
            start = line_start(text, start - 1);
        }
        start..own.end
    };
    let patches = if to > from {
        let end = if text[..other.end].ends_with('\n') { "" } else { "\n" };
        [(cut, String::new()), (other.end..other.end, format!("{end}{blank}{lines}"))]
    } else {
        [(other.start..other.start, format!("{lines}{blank}")), (cut, String::new())]
    };
    Ok(patched(text, &patches))
}

/// Gives the lines of a key's first run of statements, with their comments.
fn block(text: &str, syntax: &Syntax, path: &[Step]) -> Option<Range<usize>> {
    let run = runs(&syntax.members(path)).into_iter().next()?;
    Some(block_of(text, syntax, run))
}
