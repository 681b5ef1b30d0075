//! Confines faults of the TOML syntax to the section that has them.
//!
//! A reader that meets an open bracket may swallow all that follows. So where a file has faults,
//! each section (from one `[generators.…]`, `[themes.…]` or `[defaults.…]` line to the next) is
//! read by itself, those with a fault are blanked, and the others are read as one file again,
//! every byte at its old place.

use std::ops::Range;

use toml::de::{DeTable, DeValue, Error};

use crate::preset::{
    finding::{Findings, Part},
    tables,
    walk::{self, words::quoted},
};

/// A text without syntax faults but for those that sections have with each other.
#[derive(Default)]
pub(super) struct Recovered {
    pub(super) text: String,
    pub(super) findings: Findings,
    /// The generators of blanked sections, with the place of their headers.
    pub(super) blanked: Vec<(usize, String)>,
}

/// Blanks the sections of a text that have syntax faults.
pub(super) fn recover(text: &str) -> Recovered {
    let mut recovered = Recovered::default();
    let mut clean = text.as_bytes().to_vec();
    for section in sections(text) {
        let chunk = &text[section.clone()];
        let (root, errors) = tables::parse(chunk);
        if errors.is_empty() {
            continue;
        }
        let part = part_of(chunk);
        let mut findings = faults(chunk, root.get_ref(), &errors, &part, section.start);
        walk_rest(&mut findings, &root, section.start);
        recovered.findings.absorb(findings);
        let kept = match part {
            Part::Generator(name) => {
                recovered.blanked.push((section.start, name));
                None
            }
            // The version decides how everything else is read.
            Part::File => root.get_ref().get_key_value("version").map(|(key, value)| {
                key.span().start + section.start..value.span().end + section.start
            }),
            Part::AllGenerators | Part::Theme(_) => None,
        };
        for (at, byte) in section.clone().zip(&mut clean[section]) {
            let is_kept = kept.as_ref().is_some_and(|kept| kept.contains(&at));
            if !is_kept && *byte != b'\n' && *byte != b'\r' {
                *byte = b' ';
            }
        }
    }
    // Only whole sections, which end at line breaks, were overwritten, and with ASCII.
    recovered.text = String::from_utf8(clean).unwrap_or_default();
    recovered
}

/// Splits a text into ranges, each from a section's header to the next one. The first range may
/// have no header.
fn sections(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if header_keys(line).is_some() && offset > 0 {
            starts.push(offset);
        }
        offset += line.len();
    }
    starts.push(text.len());
    starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// Reads the two keys of a section's header, even where the end of the line is broken.
fn header_keys(line: &str) -> Option<(&str, &str)> {
    let inner = line.strip_prefix("[[").or_else(|| line.strip_prefix('['))?;
    let inner = inner.split([']', '\n', '\r', '#']).next().unwrap_or_default();
    let (top, rest) = inner.split_once('.').unwrap_or((inner, ""));
    let top = top.trim();
    matches!(top, "generators" | "themes" | "defaults").then_some((top, rest.trim()))
}

fn part_of(chunk: &str) -> Part {
    let Some((top, rest)) = header_keys(chunk) else { return Part::File };
    let name = match rest.chars().next() {
        Some(mark @ ('"' | '\'')) => rest[1..].split(mark).next().unwrap_or_default(),
        _ => rest.split(['.', ' ', '=']).next().unwrap_or_default(),
    };
    if name.is_empty() && top != "defaults" { Part::File } else { Part::of_path(&[top, name]) }
}

/// Makes one finding for each statement with faults: those after the first mostly follow from it.
fn faults(
    chunk: &str,
    root: &DeTable<'_>,
    errors: &[Error],
    part: &Part,
    offset: usize,
) -> Findings {
    let statements = Statements::of(root);
    // The end of the statements that have a finding already.
    let mut seen = None;
    let mut findings = Findings::default();
    let mut spans: Vec<(Range<usize>, &str)> =
        errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
    spans.sort_by_key(|(span, _)| span.start);
    for (span, message) in spans {
        if seen.is_some_and(|end| span.start <= end) {
            continue;
        }
        let statement = statements.containing(span.start);
        seen = Some(statement.map_or_else(|| line_end(chunk, span.start), |it| it.end));
        let place = span.start + offset..span.end + offset;
        findings.add(&place, part, || sentence(message, chunk.get(span).unwrap_or_default()));
    }
    findings
}

/// Completes the TOML reader's message with the name that it leaves out.
pub(super) fn sentence(message: &str, text: &str) -> String {
    if message == "duplicate key" {
        return format!("duplicate key {}: it is given before", quoted(text));
    }
    if message.starts_with("invalid basic string") {
        return "this text has no closing quotation mark, or a control character".to_owned();
    }
    message.to_owned()
}

/// The ranges from each key to the end of its value, in order, for keys that open no table.
struct Statements {
    ranges: Vec<Range<usize>>,
    /// For each range the largest end up to it: ranges may lie in others.
    ends: Vec<usize>,
}

impl Statements {
    fn of(root: &DeTable<'_>) -> Self {
        let ranges = statements(root);
        let mut most = 0;
        let end = |range: &Range<usize>| {
            most = most.max(range.end);
            most
        };
        let ends = ranges.iter().map(end).collect();
        Self { ranges, ends }
    }

    /// Finds the first range that a byte is in.
    fn containing(&self, at: usize) -> Option<&Range<usize>> {
        // All before it end before the byte.
        let first = self.ends.partition_point(|end| {
            #[cfg(test)]
            crate::preset::counted::step();
            *end < at
        });
        self.ranges.get(first).filter(|range| range.start <= at && at <= range.end)
    }
}

fn statements(root: &DeTable<'_>) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut open = vec![root];
    while let Some(table) = open.pop() {
        for (key, value) in table {
            // A table opened by a header or a dotted key begins before or at its key.
            match value.get_ref() {
                DeValue::Table(table) if value.span().start <= key.span().start => open.push(table),
                _ => ranges.push(key.span().start..value.span().end),
            }
        }
    }
    ranges.sort_by_key(|range| range.start);
    ranges
}

fn line_end(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    let rest = &text.as_bytes()[offset..];
    rest.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| offset + at)
}

/// Adds what is wrong with the section's other statements.
fn walk_rest(findings: &mut Findings, root: &toml::Spanned<DeTable<'_>>, offset: usize) {
    let statements = Statements::of(root.get_ref());
    let starts = findings.starts().map(|start| start - offset);
    let broken: Vec<&Range<usize>> =
        starts.filter_map(|start| statements.containing(start)).collect();
    let mut rest = walk::walk_part(root, crate::preset_schema(), offset);
    rest.retain(|finding| {
        let start = finding.span.start - offset;
        let in_broken = broken.iter().any(|range| range.start <= start && start <= range.end);
        finding.part != Part::File && !in_broken
    });
    findings.absorb(rest);
}

/// Adds the faults that remain when every section by itself is right, such as a second table of
/// the same name; each belongs to the part whose key stands last before it.
pub(super) fn between_sections(
    findings: &mut Findings,
    root: &DeTable<'_>,
    errors: &[Error],
    text: &str,
) {
    if errors.is_empty() {
        return;
    }
    let mut starts: Vec<(usize, Part)> = Vec::new();
    let mut open: Vec<(Vec<&str>, &DeTable<'_>)> = vec![(Vec::new(), root)];
    while let Some((path, table)) = open.pop() {
        for (key, value) in table {
            let mut path = path.clone();
            // A deeper key belongs to the same part as its second key.
            if path.len() < 2 {
                path.push(key.get_ref());
            }
            starts.push((key.span().start, Part::of_path(&path)));
            if let DeValue::Table(table) = value.get_ref() {
                open.push((path, table));
            }
        }
    }
    starts.sort_by_key(|(start, _)| *start);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let before = starts.partition_point(|(start, _)| *start <= span.start);
        let part = before.checked_sub(1).map_or(Part::File, |index| starts[index].1.clone());
        let named = text.get(span.clone()).unwrap_or_default();
        findings.add(&span, &part, || sentence(error.message(), named));
    }
}
