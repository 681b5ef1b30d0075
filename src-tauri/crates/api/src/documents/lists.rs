//! Lists the generators and themes of a preset file.

use std::collections::HashMap;

use cropmark_rules::preset::{Formats, Parsed};
use serde_json::Value;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::model::{GeneratorInfo, ThemeInfo};

/// The parts of a preset file that lists show.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    pub(super) generators: Vec<GeneratorInfo>,
    pub(super) themes: Vec<ThemeInfo>,
}

/// Lists the generators, broken ones too, and the themes in the order of the file.
pub(super) fn lists(parsed: &Parsed, root: &Spanned<DeTable<'_>>, text: &str) -> Lists {
    let (preset, from) = (&parsed.preset, |name: &str| parsed.origins.get(name).cloned());
    let tables = entries(root, "generators");
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
            from: from(&generator.name),
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
            from: from(name),
        });
    }
    // A section that cannot be read at all still has a header that can be found.
    generators.sort_by_cached_key(|generator| {
        let place = known.get(generator.name.as_str()).map(|known| known.0);
        place.or_else(|| headers.get(generator.name.as_str()).copied()).unwrap_or(usize::MAX)
    });
    let themes = entries(root, "themes").into_iter().map(|(name, _, table)| {
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

/// Returns the named tables of a top-level table with the positions of their names, in order.
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

/// Finds the lines that begin a generator's section, broken ones too.
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
