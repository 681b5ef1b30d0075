//! Inserts and moves elements of arrays of tables, which have headers of their own.

use std::ops::Range;

use serde_json::{Map, Value as Json};

use crate::{
    EditError, Step,
    edit::child,
    format::pairs,
    lines::{attached_start, follows_blank, indentation, line_end, patched, with_lines},
    statements::previous_end,
    syntax::{Kind, Syntax},
};

/// Puts an element into an array of tables.
pub(crate) fn insert(
    text: &str,
    members: &[usize],
    path: &[Step],
    index: usize,
    new: &Map<String, Json>,
) -> Result<String, EditError> {
    let syntax = Syntax::of(text);
    let headers: Vec<usize> = members
        .iter()
        .copied()
        .filter(|&member| {
            let statement = &syntax.statements[member];
            matches!(statement.kind, Kind::Element) && statement.path.len() == path.len() + 1
        })
        .collect();
    let (Some(&first), Some(&last)) = (headers.first(), members.last()) else {
        return Err(EditError::NoList { path: EditError::shown(path) });
    };
    let neighbour = &syntax.statements[headers.get(index).copied().unwrap_or(first)];
    let indent = indentation(text, neighbour.span.start);
    let header = &text[neighbour.span.clone()];
    let lines = format!("{indent}{header}\n{}", pairs(new, indent)?);
    let start = |header: usize| {
        let limit = previous_end(&syntax, header, text);
        attached_start(text, syntax.statements[header].span.start, limit)
    };
    let apart = headers.iter().skip(1).all(|&header| follows_blank(text, start(header)));
    let blank = if apart { "\n" } else { "" };
    let new = if let Some(&header) = headers.get(index) {
        with_lines(text, start(header), &format!("{lines}{blank}"))
    } else {
        let at = line_end(text, syntax.statements[last].span.end);
        with_lines(text, at, &format!("{blank}{lines}"))
    };
    Ok(new)
}

/// Moves an element of an array of tables, with the comments directly above it.
pub(crate) fn move_to(text: &str, path: &[Step], from: u32, to: u32) -> Result<String, EditError> {
    let syntax = Syntax::of(text);
    let (low, high) = (from.min(to), from.max(to));
    let mut slots: Vec<Range<usize>> = Vec::new();
    for index in low..=high {
        let members = syntax.members(&child(path, Step::Index(index)));
        let (Some(&first), Some(&last)) = (members.first(), members.last()) else {
            return Err(EditError::missing(path));
        };
        if last - first + 1 != members.len() {
            return Err(EditError::shape(path));
        }
        let limit = previous_end(&syntax, first, text);
        let start = attached_start(text, syntax.statements[first].span.start, limit);
        slots.push(start..line_end(text, syntax.statements[last].span.end));
    }
    let mut order: Vec<usize> = (0..slots.len()).collect();
    let moved = order.remove((from - low) as usize);
    order.insert((to - low) as usize, moved);
    let content = order.iter().map(|&index| {
        let block = &text[slots[index].clone()];
        // The last line of a text may lack its end.
        if block.ends_with('\n') { block.to_owned() } else { format!("{block}\n") }
    });
    let patches: Vec<_> = slots.iter().cloned().zip(content).collect();
    Ok(patched(text, &patches))
}
