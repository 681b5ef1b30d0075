//! From the text of a preset file to the model and the list of what is wrong.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use crate::{
    preset::{
        Defaults, Generator, Preset, Problem, Theme, check,
        model::VERSION,
        place::Places,
        syntax::{Finding, Part, Parts},
        walk::walk,
    },
    schema::preset_schema,
};

/// The largest preset file, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// The most problems reported of one file: nobody reads more.
const MAX_PROBLEMS: usize = 1000;

/// A preset file that was read: what works of it, and what does not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The parts without a fault.
    pub preset: Preset,
    /// Every fault, in the order of the file.
    pub problems: Vec<Problem>,
}

/// Reads the bytes of a preset file, which must be UTF-8.
#[must_use]
pub fn parse_bytes(bytes: &[u8]) -> Parsed {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => {
            let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let end = valid.len();
            let message = "this is not UTF-8 text; save the file with the encoding UTF-8";
            refused(&Places::new(valid), end..end, message.to_owned())
        }
    }
}

/// Reads the text of a preset file.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    if text.len() > MAX_BYTES {
        let message = format!(
            "the file has {} bytes, more than the {MAX_BYTES} that a preset file may have",
            text.len()
        );
        return refused(&Places::new(""), 0..0, message);
    }
    let places = Places::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let version = root.get_ref().get("version");
    if let Some(newer) = version.filter(|version| is_newer(version.get_ref())) {
        let message = format!(
            "this file is for version {} of the preset language, this Cropmark reads version \
             {VERSION}; update Cropmark",
            newer.get_ref().as_integer().map(ToString::to_string).unwrap_or_default()
        );
        return refused(&places, newer.span(), message);
    }

    let parts = Parts::of(root.get_ref());
    let mut findings: Vec<Finding> = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            let part = parts.at(span.start);
            Finding { span, message: error.message().to_owned(), part }
        })
        .collect();
    findings.extend(walk(&root, preset_schema()));
    let mut document = Document { root: root.get_ref(), findings };
    let preset = document.preset(version.is_some());
    Parsed { preset, problems: problems(document.findings, &places) }
}

/// Nothing of the file can be used.
fn refused(places: &Places<'_>, span: std::ops::Range<usize>, message: String) -> Parsed {
    let finding = Finding { span, message, part: Part::File };
    Parsed { preset: Preset::default(), problems: problems(vec![finding], places) }
}

fn is_newer(version: &DeValue<'_>) -> bool {
    let version = version.as_integer().filter(|version| version.radix() == 10);
    // A number too large for any integer is newer still.
    version.is_some_and(|version| match version.as_str().parse::<i64>() {
        Ok(version) => version > i64::from(VERSION),
        Err(_) => !version.as_str().starts_with('-'),
    })
}

struct Document<'d, 'i> {
    root: &'d DeTable<'i>,
    findings: Vec<Finding>,
}

impl<'i> Document<'_, 'i> {
    fn preset(&mut self, has_version: bool) -> Preset {
        let defaults = match self.root.get("defaults") {
            Some(value) => self.typed::<Defaults>(value, &Part::Defaults).unwrap_or_default(),
            None => Defaults::default(),
        };
        let all_off = !has_version
            || self.is_faulty(&Part::Defaults)
            || self.root.get("version").is_some_and(|version| !version.get_ref().is_integer());

        let mut generators = Vec::new();
        let mut broken = Vec::new();
        let tables = entries(self.root, "generators");
        for (name, value) in &tables {
            let part = Part::Generator(name.clone());
            let generator = self
                .typed::<Generator>(value, &part)
                .map(|generator| Generator { name: name.clone(), ..generator });
            if let Some(generator) = &generator {
                let found = check::generator(generator, &defaults.output, value);
                self.findings.extend(found);
            }
            match generator.filter(|_| !all_off && !self.is_faulty(&part)) {
                Some(generator) => generators.push(generator),
                None => broken.push(name.clone()),
            }
        }

        let mut themes = Vec::new();
        for (name, value) in entries(self.root, "themes") {
            let part = Part::Theme(name.clone());
            let Some(theme) = self.typed::<Theme>(value, &part) else { continue };
            let theme = Theme { name, ..theme };
            let names: BTreeSet<&str> = tables.iter().map(|(name, _)| name.as_str()).collect();
            let found = check::theme(&theme, &generators, &names, &themes, value);
            self.findings.extend(found);
            if !self.is_faulty(&part) && generators.iter().any(|g| g.name == theme.generator) {
                themes.push(theme);
            }
        }
        Preset { defaults, generators, themes, broken }
    }

    fn is_faulty(&self, part: &Part) -> bool {
        self.findings.iter().any(|finding| finding.part == *part)
    }

    /// The typed value of a part that the schema found nothing wrong with.
    fn typed<T: DeserializeOwned>(
        &mut self,
        value: &Spanned<DeValue<'i>>,
        part: &Part,
    ) -> Option<T> {
        if self.is_faulty(part) {
            return None;
        }
        let typed = T::deserialize(ValueDeserializer::from(value.clone()));
        typed
            .map_err(|error| {
                let span = error.span().unwrap_or_else(|| value.span());
                let message = error.message().to_owned();
                self.findings.push(Finding { span, message, part: part.clone() });
            })
            .ok()
    }
}

/// The named tables of a top-level table, in the order of the file.
fn entries<'d, 'i>(root: &'d DeTable<'i>, key: &str) -> Vec<(String, &'d Spanned<DeValue<'i>>)> {
    let table = root.get(key).and_then(|value| value.get_ref().as_table());
    let mut entries: Vec<_> = table.into_iter().flatten().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, value)| (key.get_ref().to_string(), value)).collect()
}

fn problems(mut findings: Vec<Finding>, places: &Places<'_>) -> Vec<Problem> {
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    findings.dedup();
    let more = findings.len().saturating_sub(MAX_PROBLEMS);
    findings.truncate(MAX_PROBLEMS);
    let mut problems: Vec<Problem> = findings
        .into_iter()
        .map(|finding| {
            let place = places.of(&finding.span);
            let generator = match finding.part {
                Part::Generator(name) => Some(name),
                Part::File | Part::Defaults | Part::Theme(_) => None,
            };
            Problem {
                line: place.line,
                column: place.column,
                length: place.length,
                message: finding.message,
                generator,
            }
        })
        .collect();
    if let Some(last) = problems.last_mut().filter(|_| more > 0) {
        last.message = format!("{} (and {more} more problems)", last.message);
    }
    problems
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
