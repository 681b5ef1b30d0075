//! Reads files of named transformations and URLs.

use std::collections::HashMap;

use cropmark_rules::{Metadata, preset::Generator};

use super::{
    layer,
    operations::Component,
    values::{self, Parameter},
};
use crate::{
    draft::Draft,
    notes::{Notes, shown},
    translated::{Translated, Unusable},
};

/// The most components of a file, named transformations within others included.
const MAX_COMPONENTS: usize = 100_000;

struct Entry<'t> {
    line: usize,
    name: String,
    text: &'t str,
    extension: Option<&'t str>,
}

pub(crate) fn import(text: &str) -> Result<Translated, Unusable> {
    let mut notes = Notes::default();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut unnamed = 0;
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let of_url = url(line).map(|(text, extension)| (None, text, extension));
        let (name, text, extension) = of_url.unwrap_or_else(|| {
            let (name, text) = named(line);
            (name, text, None)
        });
        let name = name.map_or_else(
            || {
                unnamed += 1;
                if unnamed == 1 { "url".to_owned() } else { format!("url-{unnamed}") }
            },
            str::to_owned,
        );
        entries.push(Entry { line: number, name, text, extension });
    }
    let names: HashMap<&str, &str> =
        entries.iter().map(|entry| (entry.name.as_str(), entry.text)).collect();
    let mut draft = Draft::default();
    let mut reader = Reader { names: &names, used: Vec::new(), count: 0, notes: &mut notes };
    let mut generators = Vec::new();
    for entry in &entries {
        let mut generator = Generator { name: entry.name.clone(), ..Generator::default() };
        generator.output.metadata = Some(Metadata::Strip);
        let made = reader.text(&mut generator, entry.text, entry.line);
        if let Some(extension) = entry.extension.filter(|_| generator.output.format.is_none()) {
            let format = values::format(extension);
            generator.output.format = format.map(cropmark_rules::preset::OneOrMany::One);
        }
        if made {
            generators.push((entry.line, generator));
        }
    }
    for (line, generator) in generators {
        draft.add(line, generator, &mut notes);
    }
    draft.finish("transformation", notes)
}

/// Splits a line into a name and a transformation: `t_name: …`, `name: …` or `name = …`.
fn named(line: &str) -> (Option<&str>, &str) {
    let is_name = |text: &str| {
        let plain = |letter: char| !matches!(letter, ',' | '/' | ':' | '=');
        !text.is_empty() && text.chars().all(plain)
    };
    let parts = line.split_once('=').filter(|(name, _)| is_name(name.trim()));
    let parts = parts.or_else(|| {
        let (name, text) = line.split_once(':').filter(|(name, _)| is_name(name.trim()))?;
        (text.starts_with(char::is_whitespace) || name.starts_with("t_")).then_some((name, text))
    });
    match parts {
        Some((name, text)) => {
            let name = name.trim();
            (Some(name.strip_prefix("t_").unwrap_or(name)), text.trim())
        }
        None => (None, line),
    }
}

/// The transformation and the extension of a delivery URL.
fn url(line: &str) -> Option<(&str, Option<&str>)> {
    let rest = line.strip_prefix("https://").or_else(|| line.strip_prefix("http://"))?;
    let kinds = ["/upload/", "/fetch/", "/private/", "/authenticated/"];
    let start = kinds.iter().find_map(|kind| rest.find(kind).map(|at| at + kind.len()));
    let path = &rest[start.unwrap_or(rest.len())..];
    let mut end = 0;
    for part in path.split('/') {
        let next = end + part.len() + 1;
        if next > path.len() || !part.split(',').all(|part| parameter(part).is_some()) {
            break;
        }
        end = next;
    }
    let file = path[end..].rsplit('/').next().unwrap_or_default();
    Some((path[..end].trim_end_matches('/'), file.rsplit_once('.').map(|(_, it)| it)))
}

/// Splits `w_200` into its name and its value.
fn parameter(text: &str) -> Option<Parameter<'_>> {
    let (name, value) = text.split_once('_')?;
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'$');
    (plain && !name.is_empty() && name.len() <= 4).then_some((name, value))
}

struct Reader<'r, 't> {
    names: &'r HashMap<&'t str, &'t str>,
    used: Vec<&'t str>,
    count: usize,
    notes: &'r mut Notes,
}

impl<'t> Reader<'_, 't> {
    /// Adds what a transformation does to a generator; false where nothing of it is understood.
    fn text(&mut self, generator: &mut Generator, text: &'t str, line: usize) -> bool {
        let components: Vec<Vec<Parameter<'t>>> = text
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| self.component(part, line))
            .collect();
        let is_understood = components.iter().any(|component| !component.is_empty());
        let mut rest = components.as_slice();
        while let Some((component, after)) = rest.split_first() {
            rest = after;
            self.count += 1;
            if self.count > MAX_COMPONENTS {
                self.notes.add(line, "the file has too many transformations; the rest is left out");
                return is_understood;
            }
            if let [("t", name)] = component.as_slice() {
                self.named(generator, name, line);
            } else if let Some((source, own)) = layer::source(component) {
                let is_end =
                    |component: &Vec<Parameter<'_>>| component.contains(&("fl", "layer_apply"));
                let end = rest.iter().take(100).position(is_end);
                let parts = end.map_or(&rest[..0], |end| &rest[..=end]);
                rest = &rest[parts.len()..];
                layer::apply(generator, source, &own, parts, line, self.notes);
            } else {
                Component::new(component, line, self.notes).apply(generator);
            }
        }
        is_understood
    }

    fn component(&mut self, text: &'t str, line: usize) -> Vec<Parameter<'t>> {
        let parts = text.split(',').filter_map(|part| {
            let found = parameter(part.trim());
            if found.is_none() {
                self.notes.add(line, format!("{} is no parameter", shown(part)));
            }
            found
        });
        parts.collect()
    }

    fn named(&mut self, generator: &mut Generator, name: &str, line: usize) {
        let Some((name, text)) = self.names.get_key_value(name) else {
            let message = format!("t: the file has no transformation {}", shown(name));
            return self.notes.add(line, message);
        };
        if self.used.contains(name) || self.used.len() > 50 {
            self.notes.add(line, format!("t: {} refers to itself", shown(name)));
            return;
        }
        self.used.push(name);
        self.text(generator, text, line);
        self.used.pop();
    }
}
