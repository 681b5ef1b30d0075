//! Checks what a schema cannot express: keys that need or exclude each other, names that must
//! exist, paths that must stay inside the folder.

mod chain;
mod output;
mod variation;

use std::ops::Range;

use toml::{Spanned, de::DeValue};

pub(super) use output::output;
pub(super) use variation::{Siblings, theme};

use crate::{
    naming::clean_component,
    parameters::{self, MAX_EXPANDED, Template},
    preset::{
        Defaults, Generator,
        finding::{Findings, Part},
        matching,
        prune::Pruned,
        walk::words::{listed, nearest, quoted, short},
    },
};

/// The most characters of a name that becomes part of file names.
const MAX_NAME: usize = 100;
/// The most patterns of a list.
const MAX_PATTERNS: usize = 1000;

/// A step on the way to a value.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    Key(&'a str),
    Index(usize),
}

impl At<'_> {
    fn of<'d, 'i>(self, value: &'d Spanned<DeValue<'i>>) -> Option<&'d Spanned<DeValue<'i>>> {
        match self {
            At::Key(key) => value.get_ref().get(key),
            At::Index(index) => value.get_ref().get(index),
        }
    }
}

/// The range of the value at the end of the path, or of the last value on it that exists.
pub(super) fn span_of(value: &Spanned<DeValue<'_>>, way: &[At<'_>]) -> Range<usize> {
    let mut value = value;
    for step in way {
        let Some(inner) = step.of(value) else { break };
        value = inner;
    }
    value.span()
}

/// Collects the faults of one part; each is placed by the path of keys to its value.
pub(super) struct PartFaults<'r, 'd, 'i> {
    findings: &'r mut Findings,
    part: Part,
    value: &'d Spanned<DeValue<'i>>,
    /// The tables from which faulty values were removed: their missing keys are no faults.
    pruned: &'r Pruned,
}

impl PartFaults<'_, '_, '_> {
    /// Adds a fault of the value at the end of the path, or of the last value on it that exists.
    fn add(&mut self, way: &[At<'_>], message: impl Into<String>) {
        self.add_made(way, || message.into());
    }

    /// As [`Self::add`], for a sentence that takes work to make.
    fn add_made(&mut self, way: &[At<'_>], message: impl FnOnce() -> String) {
        self.findings.add(&span_of(self.value, way), &self.part, message);
    }

    /// Whether nothing was removed from the table at the end of the path.
    fn is_whole(&self, way: &[At<'_>]) -> bool {
        let mut value = Some(self.value);
        for step in way {
            value = value.and_then(|value| step.of(value));
        }
        value.is_some_and(|value| !self.pruned.contains(&value.span()))
    }

    /// Adds a fault of a key in the table at the end of the path.
    fn add_key(&mut self, way: &[At<'_>], key: &str, message: impl Into<String>) {
        let mut value = Some(self.value);
        for step in way {
            value = value.and_then(|value| step.of(value));
        }
        let table = value.and_then(|value| value.get_ref().as_table());
        let span = table.and_then(|table| table.get_key_value(key)).map(|(key, _)| key.span());
        let span = span.unwrap_or_else(|| self.value.span());
        self.findings.add(&span, &self.part, || message.into());
    }
}

/// Checks a name that becomes part of file names.
pub(super) fn name(
    findings: &mut Findings,
    part: &Part,
    kind: &str,
    name: &str,
    span: &Range<usize>,
) {
    if let Some(fault) = name_fault(name) {
        findings.add(span, part, || format!("the {kind}'s name {} {fault}", quoted(name)));
    }
}

/// Says why a name cannot be part of a file name.
fn name_fault(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        return Some("is empty");
    }
    if name.chars().count() > MAX_NAME {
        return Some("is longer than 100 characters");
    }
    // The name stands within a file name: what is allowed at its beginning does not matter.
    let clean = clean_component(&format!("x{name}x"));
    (clean != format!("x{name}x"))
        .then_some("has a character that file names cannot have on every system")
}

/// Checks a generator that the schema found nothing wrong with.
pub(super) fn generator(
    findings: &mut Findings,
    generator: &Generator,
    defaults: &Defaults,
    value: &Spanned<DeValue<'_>>,
    pruned: &Pruned,
) {
    let part = Part::generator(&generator.name);
    let mut faults = PartFaults { findings, part, value, pruned };
    matching(&mut faults, generator);
    source(&mut faults, generator);
    own_parameters(&mut faults, generator);
    chain::check(&mut faults, generator);
    variation::widths(&mut faults, generator);
    output::check(&mut faults, &[At::Key("output")], &generator.output, Some(&defaults.output));
}

fn matching(faults: &mut PartFaults<'_, '_, '_>, generator: &Generator) {
    let rules = &generator.matching;
    for (key, patterns) in [("path", &rules.path), ("exclude", &rules.exclude)] {
        let way = [At::Key("match"), At::Key(key)];
        if patterns.as_slice().len() > MAX_PATTERNS {
            faults.add(&way, format!("{key}: at most {MAX_PATTERNS} patterns are allowed"));
            continue;
        }
        for (index, pattern) in patterns.as_slice().iter().enumerate() {
            if let Some(fault) = pattern_fault(pattern) {
                let way = [At::Key("match"), At::Key(key), At::Index(index)];
                faults.add(&way, format!("{key}: {} {fault}", quoted(pattern)));
            }
        }
    }
    let sides = [
        ("min_width", rules.min_width, "max_width", rules.max_width),
        ("min_height", rules.min_height, "max_height", rules.max_height),
    ];
    for (least_key, least, most_key, most) in sides {
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            let way = [At::Key("match"), At::Key(least_key)];
            faults.add(&way, format!("{least_key}: {least} is more than {most_key}, {most}"));
        }
    }
}

fn pattern_fault(pattern: &str) -> Option<String> {
    if pattern.is_empty() {
        return Some("is empty".to_owned());
    }
    if pattern.len() > 1000 {
        return Some("is longer than 1000 bytes".to_owned());
    }
    if pattern.starts_with('/') || pattern.split('/').any(|part| part == "..") {
        return Some("must be a path below the opened folder, such as \"photos/**\"".to_owned());
    }
    matching::glob(pattern).err().map(|error| format!("is no pattern: {}", error.kind()))
}

fn source(faults: &mut PartFaults<'_, '_, '_>, generator: &Generator) {
    let Some(subsample) = &generator.source.subsample else { return };
    let way = [At::Key("source"), At::Key("subsample")];
    if !faults.is_whole(&way) {
        return;
    }
    if subsample.width.is_none() && subsample.height.is_none() && subsample.memory.is_none() {
        faults.add(&way, "subsample: give width, height or memory");
    }
}

fn own_parameters(faults: &mut PartFaults<'_, '_, '_>, generator: &Generator) {
    let way = [At::Key("parameters")];
    for (name, default) in &generator.parameters {
        if !parameters::is_own_name(name) {
            let shown = quoted(name);
            faults.add_key(
                &way,
                name,
                format!("parameter {shown}: a name has letters, digits, \"_\" and \"-\" only"),
            );
        }
        let way = [At::Key("parameters"), At::Key(name)];
        if default.chars().count() > MAX_EXPANDED {
            faults.add(&way, format!("{name}: is longer than {MAX_EXPANDED} characters"));
            continue;
        }
        match Template::parse(default) {
            Err(error) => faults.add(&way, format!("{name}: {error}")),
            Ok(template) => {
                for value in template.names().filter(|value| !parameters::is_asset_value(value)) {
                    faults.add_made(&way, || {
                        if generator.parameters.contains_key(value) {
                            format!("{name}: a default cannot name another parameter, {{{value}}}")
                        } else {
                            unknown_value(name, value, None)
                        }
                    });
                }
            }
        }
    }
}

/// The sentence about a value that neither the asset nor the generator has; `own`: whose
/// parameters it may name.
fn unknown_value(subject: &str, value: &str, own: Option<&Generator>) -> String {
    let own: Vec<&str> =
        own.into_iter().flat_map(|it| it.parameters.keys()).map(|it| &**it).collect();
    let known = own.iter().copied().chain(parameters::ASSET_VALUES);
    let hint = match nearest(value, known) {
        Some(near) => format!("did you mean {{{near}}}?"),
        None if own.is_empty() => {
            "it may name values of the asset, such as {asset.stem}".to_owned()
        }
        None => {
            let own = listed(own.iter().map(|name| format!("{{{}}}", short(name))));
            format!("the generator's parameters are {}", own.join(", "))
        }
    };
    let value = quoted(value);
    format!("{subject}: unknown parameter {}; {hint}", value.trim_matches('"'))
}
