//! Reads the text of a preset file into the model and a list of problems.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue, Error},
};

use crate::{
    preset::{
        OverlayFile, Preset, Problem, Warning,
        document::Document,
        finding::{Findings, Part},
        model::VERSION,
        overlays::overlay_files,
        position::TextPositions,
        syntax, tables,
        walk::walk,
    },
    schema::preset_schema,
};

/// The largest preset file, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

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
            refused(&TextPositions::new(valid), end..end, message.to_owned())
        }
    }
}

/// Reads the text of a preset file.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    if text.len() > MAX_BYTES {
        return too_large(text);
    }
    let (root, errors) = tables::parse(text);
    read(text, &root, &errors)
}

/// Reads a preset file whose TOML was parsed already: `root` and `errors` are what
/// [`DeTable::parse_recoverable`] makes of `text`.
#[must_use]
pub fn read(text: &str, root: &Spanned<DeTable<'_>>, errors: &[Error]) -> Parsed {
    if text.len() > MAX_BYTES {
        return too_large(text);
    }
    let positions = TextPositions::new(text);
    if errors.is_empty() {
        return model(text, &positions, root, errors, syntax::Recovered::default());
    }
    let mut recovered = syntax::recover(text);
    let clean = std::mem::take(&mut recovered.text);
    let (root, errors) = tables::parse(&clean);
    model(&clean, &positions, &root, &errors, recovered)
}

/// Makes the model of a text whose sections with syntax faults are blank; `recovered` tells of
/// those.
fn model(
    text: &str,
    positions: &TextPositions<'_>,
    root: &Spanned<DeTable<'_>>,
    errors: &[Error],
    recovered: syntax::Recovered,
) -> Parsed {
    let syntax::Recovered { mut findings, blanked, .. } = recovered;
    if let Some(newer) = root.get_ref().get("version").filter(|it| is_newer(it.get_ref())) {
        let message = format!(
            "this file is for version {} of the preset language, this Cropmark reads version \
             {VERSION}; update Cropmark",
            newer.get_ref().as_integer().map(ToString::to_string).unwrap_or_default()
        );
        return refused(positions, newer.span(), message);
    }

    findings.absorb(walk(root, preset_schema()));
    syntax::between_sections(&mut findings, root.get_ref(), errors, text);
    let mut document = Document::new(root.get_ref(), findings);
    let preset = document.preset(blanked);
    let overlays = overlay_files(root.get_ref(), &preset, positions);
    let Document { findings, warnings, .. } = document;
    let (problems, warnings) = (findings.into_problems(positions), warnings.into_list(positions));
    Parsed { preset, problems, warnings, overlays }
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

fn is_newer(version: &DeValue<'_>) -> bool {
    let version = version.as_integer().filter(|version| version.radix() == 10);
    // A number that fits no integer is a newer version as well.
    version.is_some_and(|version| match version.as_str().parse::<i64>() {
        Ok(version) => version > i64::from(VERSION),
        Err(_) => !version.as_str().starts_with('-'),
    })
}

#[cfg(test)]
mod tests;
