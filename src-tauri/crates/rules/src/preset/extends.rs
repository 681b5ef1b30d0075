//! Reads the preset files that `extends` names, and builds a file's tables on theirs.
//!
//! Tables are merged key by key: a key of the file replaces the same key of the files that it
//! extends, and of those a later one replaces an earlier one. Lists and single values are replaced
//! as a whole. Every byte of every file has an offset of its own, so that a fault is found wherever
//! it is: the first file's text begins at 0, each further text behind the one before it.

use std::{collections::BTreeMap, ops::Range};

use serde::{Deserialize, Serialize};
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

use crate::{
    plan::check_inner_path,
    preset::{
        finding::{Finding, Findings, Part},
        limits::{MAX_BYTES, newer_version},
        model::VERSION,
        position::TextPositions,
        syntax, tables,
        walk::words::quoted,
    },
};

/// The most files that one file may extend, those that they extend counted too.
const MAX_FILES: usize = 32;

/// The most files in a row of which each extends the next.
const MAX_DEPTH: usize = 8;

/// Reads the text of a file by its path below the folder of the first one, or says why it cannot
/// be read.
pub type ReadBase<'r> = dyn FnMut(&str) -> Result<String, String> + 'r;

/// A file that another one extends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseFile {
    /// Its path below the folder of the first file, which may not be there.
    pub path: String,
    /// Its text, empty where it cannot be read.
    pub text: String,
}

/// A file that was read, with what its syntax lacks.
struct Base {
    file: BaseFile,
    /// The text without the sections that have syntax faults.
    clean: String,
    /// Where its text begins.
    offset: usize,
    /// The place in the first file from which it was reached.
    entry: Range<usize>,
    blanked: Vec<(usize, String)>,
}

/// All files that a file extends, in the order in which they are merged.
pub(super) struct Bases {
    files: Vec<Base>,
    /// Where the first file's text ends.
    end: usize,
    pub(super) findings: Findings,
}

impl Bases {
    /// Reads the files that a document extends; `end` is the length of its text.
    pub(super) fn load(root: &DeTable<'_>, end: usize, read: &mut ReadBase<'_>) -> Self {
        let bases = Self { files: Vec::new(), end, findings: Findings::default() };
        let mut loader = Loader { bases, read, open: Vec::new(), seen: Vec::new(), bytes: 0 };
        for entry in entries(root) {
            loader.entry(&entry.get_ref().clone(), &entry.span());
        }
        loader.bases
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The generators of sections that could not be read at all, with the bytes at which they stand.
    pub(super) fn blanked(&self) -> impl Iterator<Item = (usize, String)> {
        self.files
            .iter()
            .flat_map(|base| base.blanked.iter().map(|(at, name)| (at + base.offset, name.clone())))
    }

    /// The tables of all files, one on the other.
    pub(super) fn merged(&self) -> DeTable<'_> {
        let mut merged = DeTable::new();
        for base in &self.files {
            let (mut root, _) = tables::parse(&base.clean);
            shift_table(root.get_mut(), base.offset);
            let folder = base.file.path.rfind('/').map_or("", |end| &base.file.path[..=end]);
            set_folder(root.get_mut(), folder);
            merge(&mut merged, root.into_inner());
        }
        merged
    }

    /// The place in the first file where a range of any file is reported.
    pub(super) fn place(&self, span: Range<usize>) -> Range<usize> {
        self.base_at(span.start).map_or(span, |base| base.entry.clone())
    }

    /// The generators of which the first file says nothing, each with the file that says most
    /// lately what it is.
    pub(super) fn origins(&self, merged: &DeTable<'_>) -> BTreeMap<String, String> {
        let generators = merged.get("generators").and_then(|value| value.get_ref().as_table());
        let origin = |(key, _): (&Spanned<_>, _)| {
            let name: &std::borrow::Cow<'_, str> = key.get_ref();
            let base = self.base_at(key.span().start)?;
            Some((name.to_string(), base.file.path.clone()))
        };
        generators.into_iter().flatten().filter_map(origin).collect()
    }

    /// Whether a range is in the first file.
    pub(super) fn is_own(&self, span: &Range<usize>) -> bool {
        span.start <= self.end
    }

    fn base_at(&self, at: usize) -> Option<&Base> {
        let after = self.files.partition_point(|base| base.offset <= at);
        self.files[..after].last().filter(|_| at > self.end)
    }

    /// Reports the faults of further files where the first one names them: the first fault of each
    /// part, and how many more there are.
    pub(super) fn relocate(&self, findings: &mut Findings) {
        let mut reported: Vec<(usize, Part, Finding, usize)> = Vec::new();
        let mut further = findings.take_where(|finding| !self.is_own(&finding.span));
        further.sort_by_key(|finding| finding.span.start);
        for finding in further {
            let Some(base) = self.base_at(finding.span.start) else { continue };
            let same = |it: &&mut (usize, Part, Finding, usize)| {
                it.0 == base.offset && it.1 == finding.part
            };
            match reported.iter_mut().find(same) {
                Some((_, _, _, more)) => *more += 1,
                None => reported.push((base.offset, finding.part.clone(), finding, 0)),
            }
        }
        for (_, part, finding, more) in reported {
            let Some(base) = self.base_at(finding.span.start) else { continue };
            let span = finding.span.start - base.offset..finding.span.end - base.offset;
            let place = TextPositions::new(&base.file.text).of(&span);
            let (path, more) = (&base.file.path, Self::more(more));
            findings.add(&base.entry, &part, || {
                let (line, column) = (place.line, place.column);
                format!("in {path}, line {line}, column {column}: {}{more}", finding.message)
            });
        }
    }

    fn more(more: usize) -> String {
        match more {
            0 => String::new(),
            1 => " (and 1 more problem)".to_owned(),
            _ => format!(" (and {more} more problems)"),
        }
    }

    /// The files, those that cannot be read too.
    pub(super) fn into_files(self) -> Vec<BaseFile> {
        self.files.into_iter().map(|base| base.file).collect()
    }
}

struct Loader<'r, 'f> {
    bases: Bases,
    read: &'r mut ReadBase<'f>,
    /// The files that are being read, each of which extends the next.
    open: Vec<String>,
    seen: Vec<String>,
    bytes: usize,
}

impl Loader<'_, '_> {
    /// Reads what an entry of the first file names.
    fn entry(&mut self, value: &DeValue<'_>, entry: &Range<usize>) {
        // What is no text is reported with the rest of the file.
        let Some(path) = value.as_str() else { return };
        if let Err(message) = self.file(path, entry) {
            self.bases.findings.add(entry, &Part::AllGenerators, || message);
        }
    }

    fn file(&mut self, named: &str, entry: &Range<usize>) -> Result<(), String> {
        let by = self.open.last().map_or("", String::as_str);
        let whose = if by.is_empty() { String::new() } else { format!("{by}: ") };
        let fault = |message: String| Err(format!("{whose}extends {}: {message}", quoted(named)));
        if let Err(message) = check_inner_path(named) {
            return fault(message);
        }
        let folder = by.rfind('/').map_or("", |end| &by[..=end]);
        let path = format!("{folder}{named}");
        if self.open.contains(&path) {
            return fault("the file extends itself; remove one of the entries".to_owned());
        }
        if self.seen.contains(&path) {
            return Ok(());
        }
        if self.open.len() >= MAX_DEPTH || self.seen.len() >= MAX_FILES {
            return fault(format!(
                "at most {MAX_FILES} files may be extended, {MAX_DEPTH} in a row"
            ));
        }
        self.seen.push(path.clone());
        let read = (self.read)(&path).and_then(|text| {
            self.bytes += text.len();
            let is_small = self.bytes <= MAX_BYTES;
            let message = || format!("the files have more than {MAX_BYTES} bytes together");
            is_small.then_some(text).ok_or_else(message)
        });
        let text = match read {
            Ok(text) => text,
            Err(message) => {
                let result = fault(message);
                self.push(path, String::new(), syntax::Recovered::default(), entry);
                return result;
            }
        };
        let (root, errors) = tables::parse(&text);
        let recovered = if errors.is_empty() {
            syntax::Recovered { text: text.clone(), ..syntax::Recovered::default() }
        } else {
            let mut recovered = syntax::recover(&text);
            let (root, errors) = tables::parse(&recovered.text);
            let findings = &mut recovered.findings;
            syntax::between_sections(findings, root.get_ref(), &errors, &recovered.text);
            recovered
        };
        if newer_version(root.get_ref()).is_some() {
            return fault(format!(
                "it is for a newer version of the preset language than {VERSION}; update Cropmark"
            ));
        }
        self.open.push(path.clone());
        let further: Result<(), String> = entries(root.get_ref())
            .filter_map(|entry| entry.get_ref().as_str())
            .try_for_each(|further| self.file(further, entry));
        self.open.pop();
        drop(root);
        self.push(path, text, recovered, entry);
        further
    }

    fn push(
        &mut self,
        path: String,
        text: String,
        recovered: syntax::Recovered,
        entry: &Range<usize>,
    ) {
        let before = self.bases.files.last();
        let before = before.map_or(self.bases.end, |base| base.offset + base.file.text.len());
        let offset = before + 1;
        self.bases.findings.absorb(recovered.findings.shifted(offset));
        self.bases.files.push(Base {
            file: BaseFile { path, text },
            clean: recovered.text,
            offset,
            entry: entry.clone(),
            blanked: recovered.blanked,
        });
    }
}

/// The entries of `extends`.
fn entries<'d, 'i>(root: &'d DeTable<'i>) -> impl Iterator<Item = &'d Spanned<DeValue<'i>>> {
    let list = root.get("extends").and_then(|value| value.get_ref().as_array());
    list.into_iter().flatten()
}

/// Puts a table's keys into another one: tables are merged, all else is replaced.
pub(super) fn merge<'i>(onto: &mut DeTable<'i>, from: DeTable<'i>) {
    for (key, mut value) in from {
        let former = onto.remove(key.get_ref().as_ref());
        if let DeValue::Table(table) = value.get_mut()
            && let Some(DeValue::Table(mut former)) = former.map(Spanned::into_inner)
        {
            merge(&mut former, std::mem::take(table));
            *table = former;
        }
        onto.insert(key, value);
    }
}

/// Moves all ranges of a table by an offset.
fn shift_table(table: &mut DeTable<'_>, by: usize) {
    let shifted = std::mem::take(table).into_iter().map(|(key, mut value)| {
        shift(value.get_mut(), by);
        (moved(key, by), moved(value, by))
    });
    *table = shifted.collect();
}

fn shift(value: &mut DeValue<'_>, by: usize) {
    match value {
        DeValue::Table(table) => shift_table(table, by),
        DeValue::Array(items) => {
            let former = std::mem::replace(items, DeArray::new()).into_iter();
            *items = former
                .map(|mut item| {
                    shift(item.get_mut(), by);
                    moved(item, by)
                })
                .collect();
        }
        _ => {}
    }
}

fn moved<T>(value: Spanned<T>, by: usize) -> Spanned<T> {
    let span = value.span();
    Spanned::new(span.start + by..span.end + by, value.into_inner())
}

/// Lets overlays name their images from the first file's folder.
fn set_folder(root: &mut DeTable<'_>, folder: &str) {
    if folder.is_empty() {
        return;
    }
    let Some(DeValue::Table(generators)) = root.get_mut("generators").map(Spanned::get_mut) else {
        return;
    };
    for (_, generator) in generators.iter_mut() {
        let DeValue::Table(generator) = generator.get_mut() else { continue };
        let operations = generator.get_mut("operations").map(Spanned::get_mut);
        let Some(DeValue::Array(operations)) = operations else { continue };
        for operation in operations.iter_mut() {
            let DeValue::Table(operation) = operation.get_mut() else { continue };
            if operation.get("op").and_then(|op| op.get_ref().as_str()) != Some("overlay") {
                continue;
            }
            if let Some(DeValue::String(image)) = operation.get_mut("image").map(Spanned::get_mut) {
                *image = format!("{folder}{image}").into();
            }
        }
    }
}

#[cfg(test)]
mod tests;
