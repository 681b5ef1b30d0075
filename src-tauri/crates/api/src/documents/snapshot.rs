//! A document's text at one moment, and what follows from it, worked out once when it is asked
//! for.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use cropmark_engine::export::PresetSource;
use cropmark_rules::{Operation, parameters::Template, preset::Formats};
use serde_json::Value;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{edit, encoding};
use crate::model::{GeneratorInfo, Problem, ThemeInfo};

/// A text that does not change.
#[derive(Debug)]
pub(super) struct Snapshot {
    path: PathBuf,
    raw: String,
    view: String,
    source: OnceLock<Arc<PresetSource>>,
    value: OnceLock<Value>,
    lists: OnceLock<Lists>,
}

/// What lists show.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    pub(super) generators: Vec<GeneratorInfo>,
    pub(super) themes: Vec<ThemeInfo>,
}

impl Snapshot {
    /// Of a file's text.
    pub(super) fn new(path: &Path, raw: String) -> Self {
        let view = encoding::view(&raw).into_owned();
        let path = path.to_owned();
        Self {
            path,
            raw,
            view,
            source: OnceLock::new(),
            value: OnceLock::new(),
            lists: OnceLock::new(),
        }
    }

    /// The file's text.
    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    /// The text that is edited.
    pub(super) fn view(&self) -> &str {
        &self.view
    }

    /// The same text, of which nothing was worked out yet: the files that it names are others.
    pub(super) fn refreshed(&self) -> Self {
        Self::new(&self.path, self.raw.clone())
    }

    /// What it says, for rendering.
    pub(super) fn source(&self) -> &Arc<PresetSource> {
        self.source.get_or_init(|| Arc::new(PresetSource::from_text(&self.path, &self.view)))
    }

    /// What it says, as JSON; null where it is no TOML.
    pub(super) fn value(&self) -> &Value {
        self.value.get_or_init(|| edit::json::value(&self.view).unwrap_or_default())
    }

    /// What is wrong with it, and with the files that it names as they are now.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let source = self.source();
        let mut problems: Vec<Problem> = source
            .problems()
            .iter()
            .cloned()
            .chain(source.file_problems())
            .map(Into::into)
            .collect();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems
    }

    /// Its generators and themes.
    pub(super) fn lists(&self) -> &Lists {
        self.lists.get_or_init(|| lists(self.source(), &self.view))
    }

    /// Whether what it makes may depend on one of these files, known by absolute paths.
    pub(super) fn uses(&self, files: &[PathBuf]) -> bool {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let steps = self.source().preset().generators.iter().flat_map(|it| &it.operations);
        let mut images = steps.filter_map(|step| match &step.operation {
            Operation::Overlay(overlay) => Some(&overlay.image),
            _ => None,
        });
        images.any(|image| {
            let is_fixed = Template::parse(image).is_ok_and(|it| it.names().next().is_none());
            let image = folder.join(image);
            files
                .iter()
                .any(|file| if is_fixed { *file == image } else { file.starts_with(folder) })
        })
    }
}

fn lists(source: &PresetSource, text: &str) -> Lists {
    let preset = source.preset();
    let (root, _) = DeTable::parse_recoverable(text);
    let tables = entries(&root, "generators");
    let known: HashMap<&str, (usize, &DeTable<'_>)> =
        tables.iter().map(|(name, place, table)| (name.as_str(), (*place, *table))).collect();
    let headers = header_places(text);
    let mut variations_of: HashMap<&str, Vec<String>> = HashMap::new();
    for theme in &preset.themes {
        let names = theme.variations.keys().map(|name| format!("{}/{name}", theme.name));
        variations_of.entry(&theme.generator).or_default().extend(names);
    }
    let mut generators = Vec::new();
    for generator in &preset.generators {
        let widths = generator.widths.iter().map(ToString::to_string);
        let themes = variations_of.remove(generator.name.as_str()).unwrap_or_default();
        let formats = generator.output.format.as_ref().or(preset.defaults.output.format.as_ref());
        generators.push(GeneratorInfo {
            name: generator.name.clone(),
            description: generator.description.clone(),
            eager: generator.eager,
            broken: false,
            variations: widths.chain(themes).collect(),
            formats: formats.map_or_else(|| vec!["source".to_owned()], names),
        });
    }
    for name in &preset.broken {
        let table = known.get(name.as_str()).map(|known| known.1);
        let eager = table.and_then(|table| table.get("eager")?.get_ref().as_bool());
        generators.push(GeneratorInfo {
            name: name.clone(),
            description: table.and_then(|table| words(table, "description")),
            eager: eager.unwrap_or_default(),
            broken: true,
            variations: Vec::new(),
            formats: Vec::new(),
        });
    }
    // A section that cannot be read at all still has a header that can be found.
    generators.sort_by_cached_key(|generator| {
        let place = known.get(generator.name.as_str()).map(|known| known.0);
        place.or_else(|| headers.get(generator.name.as_str()).copied()).unwrap_or(usize::MAX)
    });
    let themes = entries(&root, "themes").into_iter().map(|(name, _, table)| {
        let variations = table.get("variations").and_then(|it| it.get_ref().as_table());
        let mut keys: Vec<_> = variations.into_iter().flat_map(|it| it.keys()).collect();
        keys.sort_by_key(|key| key.span().start);
        ThemeInfo {
            name,
            description: words(table, "description"),
            generator: words(table, "generator").unwrap_or_default(),
            variations: keys.iter().map(|key| key.get_ref().to_string()).collect(),
        }
    });
    Lists { generators, themes: themes.collect() }
}

fn names(formats: &Formats) -> Vec<String> {
    let name = |value: Value| value.as_str().map(str::to_owned);
    let named = formats.as_slice().iter().filter_map(|it| serde_json::to_value(it).ok());
    named.filter_map(name).collect()
}

/// The named tables of a top-level table with the places of their names, in the file's order.
fn entries<'t, 'i>(
    root: &'t Spanned<DeTable<'i>>,
    key: &str,
) -> Vec<(String, usize, &'t DeTable<'i>)> {
    let table = root.get_ref().get(key).and_then(|it| it.get_ref().as_table());
    let mut entries: Vec<_> = table
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            Some((key.get_ref().to_string(), key.span().start, value.get_ref().as_table()?))
        })
        .collect();
    entries.sort_by_key(|entry| entry.1);
    entries
}

fn words(table: &DeTable<'_>, key: &str) -> Option<String> {
    let value: &DeValue<'_> = table.get(key)?.get_ref();
    value.as_str().map(str::to_owned)
}

/// Where the lines are that begin a generator's section, however broken.
fn header_places(text: &str) -> HashMap<&str, usize> {
    let mut places = HashMap::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("[generators.") {
            let name = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => rest.split(['.', ']', ' ', '\n', '\r']).next(),
            };
            places.entry(name.unwrap_or_default()).or_insert(at);
        }
        at += line.len();
    }
    places
}
