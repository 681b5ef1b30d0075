//! Reads files of presets and URLs.

use std::collections::HashMap;

use cropmark_rules::preset::Generator;

use super::{
    given::{Given, Presets},
    options::Applied,
    output, pipeline,
    state::Options,
};
use crate::{
    draft::Draft,
    notes::{Notes, shown},
    translated::{Translated, Unusable},
};

/// What becomes a generator: a preset or a URL.
struct Entry<'t> {
    line: usize,
    name: String,
    content: Content<'t>,
}

enum Content<'t> {
    Preset(&'t str),
    Url(Vec<Given<'t>>),
}

pub(crate) fn import(text: &str) -> Result<Translated, Unusable> {
    let mut notes = Notes::default();
    let mut presets = Presets::new();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut urls = 0;
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(path) = url_path(line) {
            urls += 1;
            let name = if urls == 1 { "url".to_owned() } else { format!("url-{urls}") };
            let content = Content::Url(url(path, number, &mut notes));
            entries.push(Entry { line: number, name, content });
            continue;
        }
        let Some((name, options)) = preset(line, number, &mut notes) else { continue };
        let entry = Entry { line: number, name: name.to_owned(), content: Content::Preset(name) };
        if presets.insert(name, options).is_some() {
            let message = format!("preset {} is given twice; the last one counts", shown(name));
            notes.add(number, message);
            entries[places[name]] = entry;
        } else {
            places.insert(name, entries.len());
            entries.push(entry);
        }
    }
    let is_only = entries.len() == 1;
    let mut draft = Draft::default();
    let mut applied = Applied::new(&presets);
    for entry in entries.iter().filter(|entry| is_only || entry.name != "default") {
        let mut options = Options::default();
        applied.preset(&mut options, "default", entry.line, &mut notes);
        match &entry.content {
            Content::Preset("default") => {}
            Content::Preset(name) => applied.preset(&mut options, name, entry.line, &mut notes),
            Content::Url(given) => applied.all(&mut options, given, &mut notes),
        }
        if options.watermark.is_some() {
            let message = "watermark: the picture is a setting of the server; it is looked for as \
                           watermark.png beside the preset file, or named by the parameter watermark";
            notes.add(entry.line, message);
        }
        draft.add(entry.line, generator(&entry.name, &options, entry.line, &mut notes), &mut notes);
    }
    draft.finish("preset or URL", notes)
}

/// Makes a generator of options.
pub(super) fn generator(
    name: &str,
    options: &Options,
    line: usize,
    notes: &mut Notes,
) -> Generator {
    let mut generator = Generator { name: name.to_owned(), ..Generator::default() };
    generator.operations =
        pipeline::operations(options, line, notes).into_iter().map(Into::into).collect();
    generator.output = output::rules(options);
    generator.source.auto_orient = options.auto_rotate;
    output::source(options, &mut generator.source);
    if options.watermark.is_some() {
        generator.parameters.insert(super::WATERMARK.to_owned(), "watermark.png".to_owned());
    }
    generator
}

/// Reads `name=option:args/option:args`.
pub(super) fn preset<'t>(
    line: &'t str,
    number: usize,
    notes: &mut Notes,
) -> Option<(&'t str, Vec<Given<'t>>)> {
    let refused = |reason: &str| format!("{} {reason}; it is left out", shown(line));
    let mut parts = line.split('=').map(str::trim);
    let (Some(name), Some(value), None) = (parts.next(), parts.next(), parts.next()) else {
        notes.add(number, refused("is neither a preset (name=option:argument) nor a URL"));
        return None;
    };
    if name.is_empty() || value.is_empty() {
        notes.add(number, refused("has no name or no options"));
        return None;
    }
    let options = value.split('/').filter_map(|part| {
        let option = Given::read(part, number);
        if option.is_none() {
            notes.add(number, format!("{} is no option with arguments", shown(part)));
        }
        option
    });
    Some((name, options.collect()))
}

/// The path of a URL, or of a line that is one without a host.
fn url_path(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("https://").or_else(|| line.strip_prefix("http://"));
    match rest {
        Some(rest) => Some(rest.split_once('/').map_or("", |(_, path)| path)),
        None => line.strip_prefix('/'),
    }
}

/// Reads a URL's options: after the signature, up to the source's address.
fn url<'t>(path: &'t str, line: usize, notes: &mut Notes) -> Vec<Given<'t>> {
    let mut parts = path.split('/').skip(1).peekable();
    let mut options = Vec::new();
    while let Some(option) = parts.peek().and_then(|part| Given::read(part, line)) {
        options.push(option);
        parts.next();
    }
    let rest: Vec<&str> = parts.collect();
    let last = rest.last().copied().unwrap_or_default();
    let extension = match rest.first() {
        Some(&"plain") if rest.len() > 1 => last.rsplit_once('@').map(|(_, extension)| extension),
        Some(&"enc") if rest.len() > 1 => last.rsplit_once('.').map(|(_, extension)| extension),
        Some(_) => last.rsplit_once('.').map(|(_, extension)| extension),
        None => {
            notes.add(line, "the URL has no source address");
            None
        }
    };
    if let Some(extension) = extension.filter(|extension| !extension.is_empty()) {
        options.push(Given { name: "format", arguments: vec![extension], line });
    }
    options
}
