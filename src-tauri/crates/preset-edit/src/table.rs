//! Adds keys to tables that are made by headers and lines of their own.

use serde_json::{Map, Value as Json};

use crate::{
    EditError, Step,
    format::{on_lines, ordered, pairs},
    lines::{attached_start, indentation, line_end, with_lines},
    quote::key,
    statements::{first_start, previous_end, put_lines},
    syntax::{Kind, Statement, Syntax},
};

/// The tables at the root whose own tables have headers.
const SECTIONS: [&str; 3] = ["defaults", "generators", "themes"];

/// Adds a key to a table that is made by these statements.
pub(crate) fn put(
    text: &str,
    syntax: &Syntax,
    members: &[usize],
    table: &[Step],
    name: &str,
    value: &Json,
) -> Result<String, EditError> {
    if let Some(object) = value.as_object()
        && has_sections(syntax, members, table, name)
    {
        return put_section(text, syntax, members, table, name, object);
    }
    let depth = table.len();
    let header = syntax.header(table);
    if header.is_some() || depth == 0 {
        let before = syntax.section(header).last().or(header);
        let Some(before) = before.map(|before| &syntax.statements[before]) else {
            let at = first_start(syntax, text);
            let line = format!("{} = {}\n", key(name), on_lines(value, "")?);
            let blank = if at < text.len() { "\n" } else { "" };
            return Ok(with_lines(text, at, &(line + blank)));
        };
        return put_line(text, before, "", name, value);
    }
    let statements = members.iter().map(|&member| &syntax.statements[member]);
    let dotted = statements.clone().rev().find_map(|statement| {
        let is_pair = matches!(statement.kind, Kind::Pair(_));
        let is_dotted = statement.depths.first().is_some_and(|first| *first < depth);
        let next = statement.key_at(depth).filter(|_| is_pair && is_dotted)?;
        Some((statement, statement.keys[0].span.start..next.span.start))
    });
    if let Some((statement, prefix)) = dotted {
        let prefix = text[prefix].to_owned();
        return put_line(text, statement, &prefix, name, value);
    }
    // Only tables within it have headers: it gets its own, before them.
    let first = statements.clone().next().ok_or_else(|| EditError::shape(table))?;
    let last_key = first.key_at(depth - 1).ok_or_else(|| EditError::shape(table))?;
    let path = &text[first.keys[0].span.start..last_key.span.end];
    let lines = format!("[{path}]\n{} = {}\n\n", key(name), on_lines(value, "")?);
    let at = attached_start(text, first.span.start, previous_end(syntax, members[0], text));
    Ok(with_lines(text, at, &lines))
}

/// Puts a pair on a line after a statement.
fn put_line(
    text: &str,
    before: &Statement,
    prefix: &str,
    name: &str,
    value: &Json,
) -> Result<String, EditError> {
    let indent = indentation(text, before.span.start);
    let line = format!("{indent}{prefix}{} = {}\n", key(name), on_lines(value, indent)?);
    let at = line_end(text, before.span.end);
    Ok(with_lines(text, at, &line))
}

/// Adds a table with a header of its own.
fn put_section(
    text: &str,
    syntax: &Syntax,
    members: &[usize],
    table: &[Step],
    name: &str,
    object: &Map<String, Json>,
) -> Result<String, EditError> {
    let mut lines = String::new();
    if table.is_empty() {
        write_sections(&key(name), object, &mut lines)?;
    } else {
        let first = members.iter().find_map(|&it| syntax.statements[it].key_at(0));
        let top = first.map_or("generators", |top| &text[top.span.clone()]);
        lines = section(&format!("{top}.{}", key(name)), object)?;
    }
    let after = match (table.is_empty(), name) {
        (true, "defaults") => syntax.section(None).last(),
        (true, _) => syntax.statements.len().checked_sub(1),
        (false, _) => members.last().copied(),
    };
    Ok(put_lines(text, syntax, after, lines))
}

/// Tells whether a new table in this one gets a header of its own.
fn has_sections(syntax: &Syntax, members: &[usize], table: &[Step], name: &str) -> bool {
    match table {
        [] => SECTIONS.contains(&name),
        [Step::Key(top)] if top == "generators" || top == "themes" => {
            let statements = || members.iter().map(|&member| &syntax.statements[member]);
            let is_header = |it: &Statement| it.path.len() > 1 && !matches!(it.kind, Kind::Pair(_));
            statements().any(is_header) || !statements().any(|it| it.path.len() > 1)
        }
        _ => false,
    }
}

/// Writes the tables of a table each under its header, and the table itself where it has other
/// keys.
fn write_sections(
    path: &str,
    object: &Map<String, Json>,
    lines: &mut String,
) -> Result<(), EditError> {
    let (tables, rest): (Vec<_>, Vec<_>) = ordered(object).partition(|(_, it)| it.is_object());
    if !rest.is_empty() || tables.is_empty() {
        let rest = rest.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        lines.push_str(&section(path, &rest)?);
    }
    for (name, table) in tables {
        if !lines.is_empty() {
            lines.push('\n');
        }
        let empty = Map::new();
        let table = table.as_object().unwrap_or(&empty);
        lines.push_str(&section(&format!("{path}.{}", key(name)), table)?);
    }
    Ok(())
}

fn section(path: &str, object: &Map<String, Json>) -> Result<String, EditError> {
    Ok(format!("[{path}]\n{}", pairs(object, "")?))
}
