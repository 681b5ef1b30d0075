//! Reads the text of a preset file into the model and a list of problems.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use serde::Deserialize as _;
use serde_json::Value;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Error, ValueDeserializer},
};

use crate::{
    preset::{
        BaseFile, OverlayFile, Preset, Problem, ReadBase, Warning,
        document::Document,
        extends::{Bases, merge},
        finding::{Findings, Part},
        limits::{MAX_BYTES, newer_version},
        model::VERSION,
        overlays::overlay_files,
        position::TextPositions,
        syntax, tables,
        walk::walk,
    },
    schema::preset_schema,
};

/// A preset file that was read: its parts without faults, and the faults.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The parts without a fault.
    pub preset: Preset,
    /// Every fault, in the order of the file.
    pub problems: Vec<Problem>,
    /// What is surely not meant, in the order of the file.
    pub warnings: Vec<Warning>,
    /// The files that overlays name.
    pub overlays: Vec<OverlayFile>,
    /// The files that it extends, in the order in which they are merged.
    pub bases: Vec<BaseFile>,
    /// The generators of which only those files say something, each with its file.
    pub origins: BTreeMap<String, String>,
    /// What those files say, merged, as JSON; null where it extends none.
    pub inherited: Value,
}

/// Reads the bytes of a preset file that extends no other; they must be UTF-8.
#[must_use]
pub fn parse_bytes(bytes: &[u8]) -> Parsed {
    parse_bytes_with(bytes, &mut unknown_base)
}

/// Reads the bytes of a preset file, which must be UTF-8; `read` gives the files that it extends.
#[must_use]
pub fn parse_bytes_with(bytes: &[u8], read: &mut ReadBase<'_>) -> Parsed {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse_with(text, read),
        Err(error) => {
            let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let end = valid.len();
            let message = "this is not UTF-8 text; save the file with the encoding UTF-8";
            refused(&TextPositions::new(valid), end..end, message.to_owned())
        }
    }
}

/// Reads the text of a preset file that extends no other.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    parse_with(text, &mut unknown_base)
}

/// Reads the text of a preset file; `read` gives the files that it extends.
#[must_use]
pub fn parse_with(text: &str, read: &mut ReadBase<'_>) -> Parsed {
    if text.len() > MAX_BYTES {
        return too_large(text);
    }
    let (root, errors) = tables::parse(text);
    read_with(text, &root, &errors, read)
}

fn unknown_base(_: &str) -> Result<String, String> {
    Err("the files that a preset extends cannot be read here".to_owned())
}

/// Reads a preset file whose TOML was parsed already: `root` and `errors` are what
/// [`DeTable::parse_recoverable`] makes of `text`. `read` gives the files that it extends.
#[must_use]
pub fn read_with(
    text: &str,
    root: &Spanned<DeTable<'_>>,
    errors: &[Error],
    read: &mut ReadBase<'_>,
) -> Parsed {
    if text.len() > MAX_BYTES {
        return too_large(text);
    }
    let positions = TextPositions::new(text);
    if errors.is_empty() {
        return model(text, &positions, root, errors, syntax::Recovered::default(), read);
    }
    let mut recovered = syntax::recover(text);
    let clean = std::mem::take(&mut recovered.text);
    let (root, errors) = tables::parse(&clean);
    model(&clean, &positions, &root, &errors, recovered, read)
}

/// Makes the model of a text whose sections with syntax faults are blank; `recovered` tells of
/// those.
fn model(
    text: &str,
    positions: &TextPositions<'_>,
    root: &Spanned<DeTable<'_>>,
    errors: &[Error],
    recovered: syntax::Recovered,
    read: &mut ReadBase<'_>,
) -> Parsed {
    let syntax::Recovered { mut findings, mut blanked, .. } = recovered;
    if let Some(newer) = newer_version(root.get_ref()) {
        let message = format!(
            "this file is for version {} of the preset language, this Cropmark reads version \
             {VERSION}; update Cropmark",
            newer.get_ref().as_integer().map(ToString::to_string).unwrap_or_default()
        );
        return refused(positions, newer.span(), message);
    }

    let mut bases = Bases::load(root.get_ref(), text.len(), read);
    findings.absorb(std::mem::take(&mut bases.findings));
    let inherited = bases.merged();
    let merged = if bases.is_empty() {
        Cow::Borrowed(root)
    } else {
        let mut merged = inherited.clone();
        merge(&mut merged, root.get_ref().clone());
        Cow::Owned(Spanned::new(root.span(), merged))
    };
    findings.absorb(walk(&merged, preset_schema()));
    syntax::between_sections(&mut findings, root.get_ref(), errors, text);
    blanked.extend(bases.blanked());
    let mut document = Document::new(merged.get_ref(), findings);
    let preset = document.preset(blanked);
    let position = |span| positions.of(&bases.place(span));
    let overlays = overlay_files(merged.get_ref(), &preset, position);
    let Document { mut findings, mut warnings, .. } = document;
    bases.relocate(&mut findings);
    warnings.retain(|span| bases.is_own(span));
    let (problems, warnings) = (findings.into_problems(positions), warnings.into_list(positions));
    let origins = bases.origins(merged.get_ref());
    drop(merged);
    let inherited = if bases.is_empty() { Value::Null } else { json(inherited) };
    Parsed { preset, problems, warnings, overlays, origins, inherited, bases: bases.into_files() }
}

/// The line and column, from 1, at which a generator's name stands first; 1 and 1 where it does not.
#[must_use]
pub fn generator_place(text: &str, generator: &str) -> (u32, u32) {
    let (root, _) = tables::parse(text);
    let table = root.get_ref().get("generators").and_then(|value| value.get_ref().as_table());
    let span = table.and_then(|table| table.get_key_value(generator)).map(|(key, _)| key.span());
    let place = span.map(|span| TextPositions::new(text).of(&span));
    place.map_or((1, 1), |place| (place.line, place.column))
}

fn too_large(text: &str) -> Parsed {
    let message = format!(
        "the file has {} bytes, more than the {MAX_BYTES} that a preset file may have",
        text.len()
    );
    refused(&TextPositions::new(""), 0..0, message)
}

/// The result for a file of which nothing can be used.
fn refused(positions: &TextPositions<'_>, span: Range<usize>, message: String) -> Parsed {
    let mut findings = Findings::default();
    findings.add(&span, &Part::File, || message);
    Parsed { problems: findings.into_problems(positions), ..Parsed::default() }
}

/// Converts a table; null where it has a number that is too large for TOML.
fn json(table: DeTable<'_>) -> Value {
    let value = Spanned::new(0..0, DeValue::Table(table));
    Value::deserialize(ValueDeserializer::from(value)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
