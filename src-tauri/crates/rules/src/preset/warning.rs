//! What a preset file may say and yet is surely not meant, each with a remedy where there is one.

use std::{collections::HashMap, ops::Range};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toml::{Spanned, de::DeValue};

use super::{
    ByFormat, Defaults, Generator, OutputRules, Step,
    check::{At, span_of},
    position::TextPositions,
    walk::words::quoted,
};
use crate::{Format, FormatRule, Operation, operation::Fit, value::Length};

/// The most warnings of one file.
const MAX_WARNINGS: usize = 200;

/// From this effort on, AVIF takes many times as long for files that are hardly smaller.
const SLOW_AVIF: u8 = 8;

/// The effort and the quality that are advised.
const ADVISED_EFFORT: u8 = 4;
const ADVISED_QUALITY: u8 = 90;

/// A warning about one position of a preset file. Everything works all the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// The number of characters concerned, where they are on one line.
    pub length: Option<u32>,
    /// What will happen, and what to do instead.
    pub message: String,
    /// The generator concerned; `None`: the defaults.
    pub generator: Option<String>,
    /// The change that is certainly right, where there is one.
    pub fix: Option<Fix>,
}

impl Warning {
    /// Writes the warning as compilers do: `file:line:column: warning: message`.
    #[must_use]
    pub fn located(&self, file: &str) -> String {
        format!("{file}:{}:{}: warning: {}", self.line, self.column, self.message)
    }
}

/// A change of one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// The way to the value.
    pub path: Vec<PathStep>,
    /// The new value; `None`: the key is removed.
    pub value: Option<Value>,
}

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathStep {
    /// A place in a list, from 0.
    Index(u32),
    /// A key of a table.
    Key(String),
}

impl From<At<'_>> for PathStep {
    fn from(step: At<'_>) -> Self {
        match step {
            At::Key(key) => Self::Key(key.to_owned()),
            At::Index(index) => Self::Index(u32::try_from(index).unwrap_or(u32::MAX)),
        }
    }
}

/// A warning before its place is counted.
struct Found {
    span: Range<usize>,
    message: String,
    generator: Option<String>,
    fix: Option<Fix>,
}

/// Collects the warnings of a file.
#[derive(Default)]
pub(super) struct Warnings {
    found: Vec<Found>,
}

/// The table that is looked at: its path in the file, its value, and whose it is.
struct Table<'v, 'd, 'i> {
    path: [&'v str; 2],
    value: &'d Spanned<DeValue<'i>>,
    generator: Option<&'v str>,
}

impl Warnings {
    /// Looks at what generators may leave out.
    pub(super) fn defaults(&mut self, defaults: &Defaults, value: &Spanned<DeValue<'_>>) {
        let table = Table { path: ["defaults", "output"], value, generator: None };
        self.output(&table, &defaults.output, &defaults.output);
    }

    /// Looks at a generator that works.
    pub(super) fn generator(
        &mut self,
        generator: &Generator,
        defaults: &Defaults,
        value: &Spanned<DeValue<'_>>,
    ) {
        let name = generator.name.as_str();
        let table = Table { path: ["generators", name], value, generator: Some(name) };
        self.matching(&table, generator);
        let output = generator.output.or(&defaults.output);
        self.sizes(&table, generator, &output);
        for (index, step) in generator.operations.iter().enumerate().filter(|(_, it)| it.enabled) {
            self.step(&table, index, step);
        }
        self.output(&table, &generator.output, &output);
    }

    /// Looks at the names of generators, each with its range in the text.
    pub(super) fn names<'n>(&mut self, names: impl Iterator<Item = (&'n str, Range<usize>)>) {
        let mut seen = HashMap::new();
        for (name, span) in names {
            let Some(other) = seen.insert(name.to_lowercase(), name) else { continue };
            let message = format!(
                "{} and {} are one folder on Windows and macOS, where one's files replace the \
                 other's; rename one of them",
                quoted(other),
                quoted(name)
            );
            self.push(Found { span, message, generator: Some(name.to_owned()), fix: None });
        }
    }

    /// Drops the warnings about ranges for which `keep` is false.
    pub(super) fn retain(&mut self, keep: impl Fn(&Range<usize>) -> bool) {
        self.found.retain(|found| keep(&found.span));
    }

    /// The warnings in the order of the file.
    pub(super) fn into_list(mut self, positions: &TextPositions<'_>) -> Vec<Warning> {
        self.found.sort_by_key(|found| (found.span.start, found.span.end));
        let warning = |found: Found| {
            let place = positions.of(&found.span);
            let Found { message, generator, fix, .. } = found;
            let (line, column, length) = (place.line, place.column, place.length);
            Warning { line, column, length, message, generator, fix }
        };
        self.found.into_iter().map(warning).collect()
    }

    fn push(&mut self, found: Found) {
        if self.found.len() < MAX_WARNINGS {
            self.found.push(found);
        }
    }

    /// Adds a warning about the value at the end of the way; `fix`: its new value, `Null` to remove
    /// it.
    fn add(&mut self, table: &Table<'_, '_, '_>, way: &[At<'_>], fix: Option<Value>, text: &str) {
        let head = table.path.map(At::Key);
        // The defaults' value is the table above `output`, which every way there begins with.
        let head = if table.generator.is_some() { &head[..] } else { &head[..1] };
        let fix = fix.map(|value| Fix {
            path: head.iter().chain(way).copied().map(PathStep::from).collect(),
            value: Some(value).filter(|value| !value.is_null()),
        });
        self.push(Found {
            span: span_of(table.value, way),
            message: text.to_owned(),
            generator: table.generator.map(str::to_owned),
            fix,
        });
    }

    fn matching(&mut self, table: &Table<'_, '_, '_>, generator: &Generator) {
        let rules = &generator.matching;
        let taken = rules.path.as_slice();
        let excluded = rules.exclude.as_slice();
        let all = |pattern: &String| matches!(pattern.as_str(), "**" | "**/*");
        let none = excluded.iter().any(all)
            || !taken.is_empty() && taken.iter().all(|pattern| excluded.contains(pattern));
        if none {
            let way = [At::Key("match"), At::Key("exclude")];
            let text = "exclude: this leaves no picture; name less here";
            self.add(table, &way, None, text);
        }
    }

    /// Looks for sizes that a format cannot hold.
    fn sizes(&mut self, table: &Table<'_, '_, '_>, generator: &Generator, output: &OutputRules) {
        let limits = named(output).filter_map(|it| Some((it, it.facts().longest_side?)));
        let Some((format, most)) = limits.min_by_key(|(_, most)| *most) else { return };
        let is_too_long = |pixels: f64| pixels > f64::from(most);
        let text = |key: &str| {
            let label = format.facts().label;
            format!("{key}: {label} has at most {most} pixels a side; a longer picture fails")
        };
        for (index, width) in generator.widths.iter().enumerate() {
            if is_too_long(f64::from(*width)) {
                self.add(table, &[At::Key("widths"), At::Index(index)], None, &text("widths"));
            }
        }
        for (index, step) in generator.operations.iter().enumerate().filter(|(_, it)| it.enabled) {
            let sides = match &step.operation {
                Operation::Resize(it) => {
                    let dpr = it.dpr;
                    vec![("width", it.width, dpr), ("height", it.height, dpr)]
                }
                Operation::Extend(it) => vec![("width", it.width, 1.0), ("height", it.height, 1.0)],
                _ => continue,
            };
            for (key, side, dpr) in sides {
                if matches!(side, Some(Length::Pixels(pixels)) if is_too_long(pixels * dpr)) {
                    let way = [At::Key("operations"), At::Index(index), At::Key(key)];
                    self.add(table, &way, None, &text(key));
                }
            }
        }
    }

    fn step(&mut self, table: &Table<'_, '_, '_>, index: usize, step: &Step) {
        let way = |key| [At::Key("operations"), At::Index(index), At::Key(key)];
        match &step.operation {
            Operation::Resize(resize)
                if resize.enlarge && matches!(resize.fit, Fit::Inside | Fit::Outside) =>
            {
                let text = "enlarge: smaller pictures are scaled up, which makes them soft; without \
                            it they keep their size";
                self.add(table, &way("enlarge"), Some(Value::Null), text);
            }
            Operation::Overlay(overlay) if overlay.scale.is_some_and(|scale| scale > 1.0) => {
                let text = "scale: the overlay is larger than the picture, and what hangs over is cut; \
                            1 is the picture's whole width";
                self.add(table, &way("scale"), Some(json!(1)), text);
            }
            _ => {}
        }
    }

    /// Looks at what stands in an output table itself; `whole` has the defaults too.
    fn output(&mut self, table: &Table<'_, '_, '_>, own: &OutputRules, whole: &OutputRules) {
        let lossy = |format: Format| format.facts().default_quality.is_some();
        let is_lossless = whole.lossless == Some(true);
        let quality = "quality: 100 makes files several times as large as 90, and nobody sees the \
                       difference";
        if !is_lossless {
            let is_wrong = |format, value| lossy(format) && value == 100;
            let fix = json!(ADVISED_QUALITY);
            self.by_format(
                table,
                "quality",
                (own.quality.as_ref(), whole),
                is_wrong,
                &fix,
                quality,
            );
        }
        let effort = "effort: from 8 on, AVIF takes many times as long for files that are hardly \
                      smaller";
        let is_slow = |format, value| format == Format::Avif && value >= SLOW_AVIF;
        let fix = json!(ADVISED_EFFORT);
        self.by_format(table, "effort", (own.effort.as_ref(), whole), is_slow, &fix, effort);
    }

    /// Warns of the values of a key that may be given by format.
    fn by_format(
        &mut self,
        table: &Table<'_, '_, '_>,
        key: &str,
        (own, whole): (Option<&ByFormat<u8>>, &OutputRules),
        is_wrong: impl Fn(Format, u8) -> bool,
        fix: &Value,
        text: &str,
    ) {
        match own {
            Some(ByFormat::All(value)) if formats(whole).any(|it| is_wrong(it, *value)) => {
                let way = [At::Key("output"), At::Key(key)];
                self.add(table, &way, Some(fix.clone()), text);
            }
            Some(ByFormat::Each(values)) => {
                for (format, value) in values {
                    if is_wrong(*format, *value) {
                        let way = [At::Key("output"), At::Key(key), At::Key(format.name())];
                        self.add(table, &way, Some(fix.clone()), text);
                    }
                }
            }
            Some(ByFormat::All(_)) | None => {}
        }
    }
}

/// The formats that an output names.
fn named(output: &OutputRules) -> impl Iterator<Item = Format> {
    let rules = output.format.as_ref().map_or(&[][..], |formats| formats.as_slice());
    rules.iter().filter_map(|rule| match rule {
        FormatRule::Named(format) => Some(*format),
        FormatRule::Source | FormatRule::Smallest => None,
    })
}

/// The formats that an output surely writes: those that it names, and JPEG where a photograph's own
/// format is kept.
fn formats(output: &OutputRules) -> impl Iterator<Item = Format> {
    let rules = output.format.as_ref().map_or(&[FormatRule::Source][..], |it| it.as_slice());
    rules.iter().filter_map(|rule| match rule {
        FormatRule::Named(format) => Some(*format),
        FormatRule::Source => Some(Format::Jpeg),
        FormatRule::Smallest => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::{Parsed, parse};

    /// The warnings of a generator `a` with these lines: place and first word, and the fix.
    fn warnings(lines: &str) -> Vec<(u32, u32, String, Option<Value>)> {
        let Parsed { warnings, problems, .. } =
            parse(&format!("version = 1\n[generators.a]\n{lines}\n"));
        assert_eq!(problems, []);
        let seen = |it: Warning| {
            let word = it.message.split(':').next().unwrap_or_default().to_owned();
            (it.line, it.column, word, it.fix.map(|fix| serde_json::to_value(fix).unwrap()))
        };
        warnings.into_iter().map(seen).collect()
    }

    #[test]
    fn what_is_surely_not_meant_is_warned_of_at_its_place_with_a_fix() {
        let output = |key: &str, value: u8| {
            let path = json!(["generators", "a", "output", key]);
            Some(json!({ "path": path, "value": value }))
        };
        let step = |key: &str, value: Value| {
            let path = json!(["generators", "a", "operations", 0, key]);
            Some(json!({ "path": path, "value": value }))
        };
        for (lines, expected) in [
            (
                "output = { format = \"jpeg\", quality = 100 }",
                vec![(3, 39, "quality", output("quality", 90))],
            ),
            ("output = { quality = 100 }", vec![(3, 22, "quality", output("quality", 90))]),
            (
                "output = { format = [\"avif\", \"png\"], effort = 9 }",
                vec![(3, 47, "effort", output("effort", 4))],
            ),
            (
                "operations = [ { op = \"resize\", width = 9, enlarge = true } ]",
                vec![(3, 54, "enlarge", step("enlarge", Value::Null))],
            ),
            (
                "operations = [ { op = \"overlay\", image = \"a.png\", scale = 1.5 } ]",
                vec![(3, 59, "scale", step("scale", json!(1)))],
            ),
            (
                "operations = [ { op = \"resize\", width = 9000, dpr = 2 } ]\noutput.format = \"webp\"",
                vec![(3, 41, "width", None)],
            ),
            (
                "widths = [9, 20000]\noperations = [ { op = \"resize\", width = 9 } ]\noutput.format = [\"avif\", \"webp\"]",
                vec![(3, 14, "widths", None)],
            ),
            (
                "match = { path = \"a/*\", exclude = [\"b/*\", \"a/*\"] }",
                vec![(3, 35, "exclude", None)],
            ),
            ("match = { exclude = \"**\" }", vec![(3, 21, "exclude", None)]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(line, column, word, fix)| (line, column, word.to_owned(), fix))
                .collect();
            assert_eq!(warnings(lines), expected, "{lines}");
        }
    }

    #[test]
    fn a_table_by_format_is_warned_of_at_its_entry() {
        let found = warnings("output.quality = { jpeg = 100, webp = 99, png = 100 }");
        let path = json!(["generators", "a", "output", "quality", "jpeg"]);
        let fix = Some(json!({ "path": path, "value": 90 }));
        assert_eq!(found, [(3, 27, "quality".to_owned(), fix)]);
    }

    #[test]
    fn what_does_no_harm_is_not_warned_of() {
        for lines in [
            "output = { format = \"png\", quality = 100 }",
            "output = { format = \"webp\", quality = 100, lossless = true }",
            "output = { format = \"smallest\", quality = 100 }",
            "output = { format = \"webp\", effort = 9 }",
            "operations = [ { op = \"resize\", width = 9, enlarge = true, enabled = false } ]",
            "operations = [ { op = \"resize\", fit = \"cover\", width = 9, height = 9, enlarge = true } ]",
            "operations = [ { op = \"resize\", width = 20000 } ]\noutput.format = \"avif\"",
            "match = { path = [\"a/*\", \"c/*\"], exclude = \"a/*\" }",
            "match = { exclude = \"b/**\" }",
        ] {
            assert_eq!(warnings(lines), [], "{lines}");
        }
    }

    #[test]
    fn defaults_and_names_that_differ_in_case_alone_are_warned_of() {
        let text =
            "version = 1\n[defaults.output]\nquality = 100\n[generators.Hero]\n[generators.hero]\n";
        let Parsed { warnings, problems, .. } = parse(text);
        assert_eq!(problems, []);
        let places: Vec<(u32, u32)> = warnings.iter().map(|it| (it.line, it.column)).collect();
        assert_eq!(places, [(3, 11), (5, 13)], "{warnings:?}");
        let fix = warnings[0].fix.as_ref().map(|fix| serde_json::to_value(&fix.path).unwrap());
        assert_eq!(fix, Some(json!(["defaults", "output", "quality"])));
        assert_eq!(warnings[1].generator.as_deref(), Some("hero"));
        assert!(warnings[1].located("f").starts_with("f:5:13: warning: \"Hero\" and \"hero\""));
    }

    #[test]
    fn a_hostile_file_has_a_bounded_number_of_warnings() {
        let table = |n| format!("[generators.g{n}]\noutput.quality = 100\n");
        let generators = (0..2000).map(table).collect::<Vec<_>>().concat();
        let parsed = parse(&format!("version = 1\n{generators}"));
        assert_eq!((parsed.warnings.len(), parsed.problems.len()), (MAX_WARNINGS, 0));
    }
}
