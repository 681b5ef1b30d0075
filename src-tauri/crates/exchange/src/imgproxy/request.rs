//! From a URL to the rules of one picture, with the presets of the server.

use cropmark_rules::protocol::Header;

use super::{
    answer::AnswerRules,
    file::{generator, preset},
    given::Presets,
    options::Applied,
    settle::settle,
    state::Options,
    url::UrlRequest,
};
use crate::{
    notes::{Note, Notes},
    translated::{self, Unusable},
    write,
};

/// A file of presets, `name=option:argument/option:argument`, one a line.
#[derive(Debug, Clone, Default)]
pub struct PresetFile {
    text: String,
}

impl PresetFile {
    /// Reads a file of presets. The notes are about options that have no counterpart: a URL that
    /// asks for them is refused.
    ///
    /// # Errors
    /// Where a line is no preset, or none is there.
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<Note>), Unusable> {
        let file = Self { text: translated::text(bytes)?.to_owned() };
        let mut wrong = Notes::default();
        let presets = file.presets(&mut wrong);
        if let Some(Note { line, message }) = wrong.finish().into_iter().next() {
            return Err(Unusable::Syntax { line, message });
        }
        if presets.is_empty() {
            return Err(Unusable::Nothing("preset"));
        }
        let mut notes = Notes::default();
        for given in presets.values() {
            Applied::for_request(&presets).all(&mut Options::default(), given, &mut notes);
        }
        let notes = notes.finish();
        Ok((file, notes))
    }

    fn presets(&self, wrong: &mut Notes) -> Presets<'_> {
        let mut presets = Presets::new();
        for (index, line) in self.text.lines().enumerate() {
            let (number, line) = (index + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, options)) = preset(line, number, wrong) else { continue };
            if presets.insert(name, options).is_some() {
                wrong.add(number, format!("preset {} is given twice", crate::notes::shown(name)));
            }
        }
        presets
    }

    /// Applies a URL's options, behind those of the preset `default`.
    ///
    /// # Errors
    /// With the options that have no counterpart, each with its reason.
    pub fn apply(&self, request: &UrlRequest<'_>) -> Result<RequestRules, String> {
        let (mut options, mut notes) = (Options::default(), Notes::default());
        let presets = self.presets(&mut Notes::default());
        let mut applied = Applied::for_request(&presets);
        applied.preset(&mut options, "default", 1, &mut notes);
        applied.all(&mut options, &request.options, &mut notes);
        notes.refuse()?;
        Ok(RequestRules { options, answer: applied.answer() })
    }
}

/// The rules of a URL, whatever its source.
#[derive(Debug, Clone)]
pub struct RequestRules {
    options: Options,
    /// What it says about the answer.
    pub answer: AnswerRules,
}

impl RequestRules {
    /// Writes the text of a preset file with one generator, which does to this source what the URL
    /// asks for. The preset language may still refuse values in it.
    ///
    /// # Errors
    /// With the options that have no counterpart for this source, each with its reason.
    pub fn preset(&self, header: &Header) -> Result<String, String> {
        let (mut options, mut notes) = (self.options.clone(), Notes::default());
        settle(&mut options, header, 1, &mut notes);
        let generator = generator("imgproxy", &options, 1, &mut notes);
        notes.refuse()?;
        Ok(write::preset(std::iter::once(&generator)))
    }
}

#[cfg(test)]
mod tests;
