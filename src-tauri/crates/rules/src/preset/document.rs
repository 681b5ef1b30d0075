//! Turns a checked TOML document into generators and themes, leaving out those with a fault.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use crate::preset::{
    Defaults, Generator, Preset, Theme,
    check::{self, Siblings},
    colors::Colors,
    finding::{Findings, Part},
    prune::prune,
    warning::Warnings,
};

/// The most variants that a preset may ask for of one asset.
const MAX_VARIANTS: usize = 10_000;

pub(super) struct Document<'d, 'i> {
    root: &'d DeTable<'i>,
    pub(super) findings: Findings,
    pub(super) warnings: Warnings,
    /// The ranges at which the schema found faults.
    faults: HashSet<Range<usize>>,
}

/// A named table: its name, the byte at which the name stands, its value.
struct NamedTable<'d, 'i> {
    name: String,
    key: Range<usize>,
    value: &'d Spanned<DeValue<'i>>,
}

impl<'d, 'i> Document<'d, 'i> {
    pub(super) fn new(root: &'d DeTable<'i>, findings: Findings) -> Self {
        let faults = findings.positions();
        Self { root, findings, warnings: Warnings::default(), faults }
    }

    /// Reads the parts without faults. `blanked` are the generators of sections that could not be
    /// read at all, with the bytes at which they stand.
    pub(super) fn preset(&mut self, blanked: Vec<(usize, String)>) -> Preset {
        let defaults = match self.root.get("defaults") {
            Some(value) => {
                let (value, pruned) = prune(value, &self.faults);
                let defaults =
                    self.typed::<Defaults>(&value, &Part::AllGenerators).unwrap_or_default();
                check::output(&mut self.findings, &defaults, &value, &pruned);
                self.warnings.defaults(&defaults, &value);
                defaults
            }
            None => Defaults::default(),
        };
        let mut broken = blanked;
        let generators = self.generators(&defaults, &mut broken);
        let themes = self.themes(&generators, &defaults, &broken);
        broken.sort();
        let mut seen = HashSet::new();
        let names = broken.into_iter().map(|(_, name)| name);
        let broken = names.filter(|name| seen.insert(name.clone())).collect();
        Preset { defaults, generators, themes, broken }
    }

    fn generators(
        &mut self,
        defaults: &Defaults,
        broken: &mut Vec<(usize, String)>,
    ) -> Vec<Generator> {
        let mut generators = Vec::new();
        let mut variants = 0;
        let colors = Colors::of(self.root);
        let tables = entries(self.root, "generators");
        self.warnings.names(tables.iter().map(|it| (it.name.as_str(), it.key.clone())));
        for NamedTable { name, key, value } in tables {
            let part = Part::generator(&name);
            check::name(&mut self.findings, &part, "generator", &name, &key);
            let (mut value, pruned) = prune(value, &self.faults);
            colors.put_into(&mut value);
            let typed = self.typed::<Generator>(&value, &part);
            let generator = typed.map(|generator| Generator { name: name.clone(), ..generator });
            if let Some(generator) = &generator {
                check::generator(&mut self.findings, generator, defaults, &value, &pruned);
                variants += generator.widths.len().max(1) * formats(generator, defaults);
                self.limit(variants, &part, &key);
            }
            let works = !self.findings.has(&part) && !self.findings.has(&Part::AllGenerators);
            match generator.filter(|_| works) {
                Some(generator) => {
                    self.warnings.generator(&generator, defaults, &value);
                    generators.push(generator);
                }
                None => broken.push((key.start, name)),
            }
        }
        generators
    }

    fn themes(
        &mut self,
        generators: &[Generator],
        defaults: &Defaults,
        broken: &[(usize, String)],
    ) -> Vec<Theme> {
        let working: HashMap<&str, &Generator> =
            generators.iter().map(|generator| (generator.name.as_str(), generator)).collect();
        let mut siblings = Siblings::new(working, broken.iter().map(|(_, name)| name.as_str()));
        let mut themes = Vec::new();
        let mut variants = 0;
        for NamedTable { name, key, value } in entries(self.root, "themes") {
            let part = Part::theme(&name);
            check::name(&mut self.findings, &part, "theme", &name, &key);
            let (value, pruned) = prune(value, &self.faults);
            let Some(theme) = self.typed::<Theme>(&value, &part) else { continue };
            let mut theme = Theme { name, ..theme };
            let sizes = value.get_ref().as_table().map(|it| entries(it, "variations"));
            let places: HashMap<String, usize> =
                sizes.into_iter().flatten().map(|it| (it.name, it.key.start)).collect();
            theme.variations.sort_by_cached_key(|name, _| places.get(name).copied());
            check::theme(&mut self.findings, &theme, &mut siblings, &value, &pruned);
            let generator = siblings.working.get(theme.generator.as_str());
            variants += theme.variations.len() * generator.map_or(0, |it| formats(it, defaults));
            self.limit(variants, &part, &key);
            if generator.is_some() && !self.findings.has(&part) {
                themes.push(theme);
            }
        }
        themes
    }

    fn limit(&mut self, variants: usize, part: &Part, key: &Range<usize>) {
        if variants > MAX_VARIANTS {
            self.findings.add(key, part, || {
                format!("this makes more than {MAX_VARIANTS} variants of every asset")
            });
        }
    }

    /// Reads a part into its type, after everything that the schema refuses was removed from it. An
    /// error that is left then is reported, unless it comes from what was removed.
    fn typed<T: DeserializeOwned>(
        &mut self,
        value: &Spanned<DeValue<'i>>,
        part: &Part,
    ) -> Option<T> {
        let was_faulty = self.findings.has(part);
        let typed = T::deserialize(ValueDeserializer::from(value.clone()));
        let explain = |error: toml::de::Error| {
            let span = error.span().unwrap_or_else(|| value.span());
            if !was_faulty {
                self.findings.add(&span, part, || error.message().to_owned());
            }
        };
        typed.map_err(explain).ok()
    }
}

fn formats(generator: &Generator, defaults: &Defaults) -> usize {
    let formats = generator.output.format.as_ref().or(defaults.output.format.as_ref());
    formats.map_or(1, |formats| formats.as_slice().len())
}

/// Lists the named tables below a key, in the order of the file.
fn entries<'d, 'i>(root: &'d DeTable<'i>, key: &str) -> Vec<NamedTable<'d, 'i>> {
    let table = root.get(key).and_then(|value| value.get_ref().as_table());
    let mut entries: Vec<NamedTable<'d, 'i>> = table
        .into_iter()
        .flatten()
        .map(|(key, value)| NamedTable { name: key.get_ref().to_string(), key: key.span(), value })
        .collect();
    entries.sort_by_key(|entry| entry.key.start);
    entries
}
