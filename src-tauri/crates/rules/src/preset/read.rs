//! Reads the text of a preset file into the model and a list of problems.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::{
    preset::{
        Preset, Problem,
        document::Document,
        finding::{Findings, Part},
        model::VERSION,
        place::Places,
        syntax,
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
    let syntax::Recovered { text, mut findings, blanked } = syntax::recover(text);
    let (root, errors) = DeTable::parse_recoverable(&text);
    if let Some(newer) = root.get_ref().get("version").filter(|it| is_newer(it.get_ref())) {
        let message = format!(
            "this file is for version {} of the preset language, this Cropmark reads version \
             {VERSION}; update Cropmark",
            newer.get_ref().as_integer().map(ToString::to_string).unwrap_or_default()
        );
        return refused(&places, newer.span(), message);
    }

    findings.absorb(walk(&root, preset_schema()));
    syntax::between_sections(&mut findings, root.get_ref(), &errors, &text);
    let mut document = Document::new(root.get_ref(), findings);
    let preset = document.preset(blanked);
    Parsed { preset, problems: document.findings.into_problems(&places) }
}

/// The result for a file of which nothing can be used.
fn refused(places: &Places<'_>, span: Range<usize>, message: String) -> Parsed {
    let mut findings = Findings::default();
    findings.add(&span, &Part::File, || message);
    Parsed { preset: Preset::default(), problems: findings.into_problems(places) }
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
#[path = "read_tests.rs"]
mod tests;
