//! Changes of tables that are made by headers and lines of their own.

use std::ops::Range;

use serde_json::{Map, Value as Json};

use super::{
    EditError,
    format::{key, on_lines, ordered, pairs},
    lines::{
        attached_start, follows_blank, indentation, line_end, line_start, patched, with_lines,
    },
    syntax::{Kind, Statement, Syntax},
    text::{Text, child, shape},
};
use crate::model::Step;

/// The tables at the root whose own tables have headers.
const SECTIONS: [&str; 3] = ["defaults", "generators", "themes"];

impl Text {
    /// Writes a new key into a table that is made by these statements.
    pub(super) fn put_statement(
        &mut self,
        members: &[usize],
        table: &[Step],
        name: &str,
        value: &Json,
    ) -> Result<(), EditError> {
        let syntax = self.syntax();
        if let Some(object) = value.as_object()
            && has_sections(&syntax, members, table, name)
        {
            return self.put_section(&syntax, members, table, name, object);
        }
        let text = self.as_str();
        let depth = table.len();
        let header = syntax.header(table);
        if header.is_some() || depth == 0 {
            let before = syntax.section(header).last().or(header);
            let Some(before) = before.map(|before| &syntax.statements[before]) else {
                let at = first_start(&syntax, text);
                let line = format!("{} = {}\n", key(name), on_lines(value, "")?);
                let blank = if at < text.len() { "\n" } else { "" };
                self.replace(with_lines(text, at, &(line + blank)));
                return Ok(());
            };
            return self.put_line(before, "", name, value);
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
            return self.put_line(statement, &prefix, name, value);
        }
        // Only tables within it have headers: it gets its own, before them.
        let first = statements.clone().next().ok_or_else(|| shape(table))?;
        let last_key = first.key_at(depth - 1).ok_or_else(|| shape(table))?;
        let path = &text[first.keys[0].span.start..last_key.span.end];
        let lines = format!("[{path}]\n{} = {}\n\n", key(name), on_lines(value, "")?);
        let at = attached_start(text, first.span.start, previous_end(&syntax, members[0], text));
        self.replace(with_lines(text, at, &lines));
        Ok(())
    }

    /// Puts a pair on a line after a statement.
    fn put_line(
        &mut self,
        before: &Statement,
        prefix: &str,
        name: &str,
        value: &Json,
    ) -> Result<(), EditError> {
        let text = self.as_str();
        let indent = indentation(text, before.span.start);
        let line = format!("{indent}{prefix}{} = {}\n", key(name), on_lines(value, indent)?);
        let at = line_end(text, before.span.end);
        self.replace(with_lines(text, at, &line));
        Ok(())
    }

    /// Writes a new table with a header of its own.
    fn put_section(
        &mut self,
        syntax: &Syntax,
        members: &[usize],
        table: &[Step],
        name: &str,
        object: &Map<String, Json>,
    ) -> Result<(), EditError> {
        let text = self.as_str();
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
        self.put_lines(syntax, after, lines);
        Ok(())
    }

    /// Puts the lines of a table after a statement, or before all of them.
    pub(super) fn put_lines(&mut self, syntax: &Syntax, after: Option<usize>, lines: String) {
        let text = self.as_str();
        let Some(after) = after else {
            let at = first_start(syntax, text);
            let blank = if at < text.len() { "\n" } else { "" };
            self.replace(with_lines(text, at, &(lines + blank)));
            return;
        };
        let at = line_end(text, syntax.statements[after].span.end);
        let is_last = after + 1 == syntax.statements.len();
        let follows = &text[at..];
        let blank = if is_last || follows.trim_start_matches([' ', '\t']).starts_with('\n') {
            ""
        } else {
            "\n"
        };
        self.replace(with_lines(text, at, &format!("\n{lines}{blank}")));
    }

    /// Puts an element into an array of tables.
    pub(super) fn insert_element(
        &mut self,
        members: &[usize],
        path: &[Step],
        index: usize,
        new: &Map<String, Json>,
    ) -> Result<(), EditError> {
        let syntax = self.syntax();
        let text = self.as_str();
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
        self.replace(new);
        Ok(())
    }

    /// Removes statements with their lines. A generator or theme of which nothing is left stays
    /// as an empty one.
    pub(super) fn remove_statements(
        &mut self,
        members: &[usize],
        path: &[Step],
    ) -> Result<(), EditError> {
        let syntax = self.syntax();
        let text = self.as_str();
        let mut patches: Vec<(Range<usize>, String)> = Vec::new();
        for run in runs(members) {
            let lines = run_lines(&syntax, &run, text);
            let mut end = lines.end;
            let is_section = !matches!(syntax.statements[run.start].kind, Kind::Pair(_));
            if is_section && follows_blank(text, lines.start) {
                while end < text.len() && text[end..line_end(text, end)].trim().is_empty() {
                    end = line_end(text, end);
                }
            }
            patches.push((lines.start..end, String::new()));
        }
        let owner = &path[..path.len().saturating_sub(1)];
        let only = syntax.members(owner) == members && owner.len() == 2;
        if let (true, Some(&first)) = (only, members.first()) {
            let statement = &syntax.statements[first];
            let last = statement.key_at(1).ok_or_else(|| shape(path))?;
            let name = &text[statement.keys[0].span.start..last.span.end];
            let is_pair = matches!(statement.kind, Kind::Pair(_));
            patches[0].1 =
                if is_pair { format!("{name} = {{}}\n") } else { format!("[{name}]\n\n") };
        }
        self.replace(patched(text, &patches));
        Ok(())
    }

    /// Moves an element of an array of tables, with the comments directly above it.
    pub(super) fn move_statements(
        &mut self,
        path: &[Step],
        from: u32,
        to: u32,
    ) -> Result<(), EditError> {
        let syntax = self.syntax();
        let text = self.as_str();
        let (low, high) = (from.min(to), from.max(to));
        let mut slots: Vec<Range<usize>> = Vec::new();
        for index in low..=high {
            let members = syntax.members(&child(path, Step::Index(index)));
            let (Some(&first), Some(&last)) = (members.first(), members.last()) else {
                return Err(EditError::missing(path));
            };
            if last - first + 1 != members.len() {
                return Err(shape(path));
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
        self.replace(patched(text, &patches));
        Ok(())
    }

    /// Copies the statements of a table under another name, each run of them to stand after it.
    pub(super) fn duplicate_statements(
        &mut self,
        syntax: &Syntax,
        path: &[Step],
        to: &str,
    ) -> Result<(), EditError> {
        let text = self.as_str();
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
        self.replace(copied);
        Ok(())
    }
}

/// Whether a new table at this place gets a header of its own.
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

/// Statements that follow each other, as ranges.
pub(super) fn runs(members: &[usize]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for &member in members {
        match runs.last_mut() {
            Some(run) if run.end == member => run.end += 1,
            _ => runs.push(member..member + 1),
        }
    }
    runs
}

/// The lines from the first to the last of some statements.
fn run_lines(syntax: &Syntax, run: &Range<usize>, text: &str) -> Range<usize> {
    let (first, last) = (&syntax.statements[run.start], &syntax.statements[run.end - 1]);
    line_start(text, first.span.start)..line_end(text, last.span.end)
}

/// Where the lines of the statement before this one end.
pub(super) fn previous_end(syntax: &Syntax, index: usize, text: &str) -> usize {
    let previous = index.checked_sub(1).map(|before| syntax.statements[before].span.end);
    previous.map_or(0, |end| line_end(text, end))
}

/// Where the first statement begins, with the comment directly above it; the text's end where
/// there is none.
fn first_start(syntax: &Syntax, text: &str) -> usize {
    syntax.statements.first().map_or(text.len(), |it| attached_start(text, it.span.start, 0))
}
