//! A preset file in the making: collects generators, and makes a text without problems.

use cropmark_rules::{
    naming::{Names, clean_component},
    preset::{self, Generator},
};

use crate::{
    notes::{Notes, shown},
    translated::{Translated, Unusable},
    write,
};

/// The most generators of a preset file.
const MAX_GENERATORS: usize = 10_000;

/// Generators with the lines that they are made from.
#[derive(Default)]
pub(crate) struct Draft {
    names: Names,
    generators: Vec<(usize, Generator)>,
    is_full: bool,
}

impl Draft {
    /// Adds a generator under a name that files can have and no other generator has.
    pub(crate) fn add(&mut self, line: usize, generator: Generator, notes: &mut Notes) -> String {
        if self.generators.len() >= MAX_GENERATORS {
            if !self.is_full {
                let message = format!(
                    "a preset file has at most {MAX_GENERATORS} generators; the rest is left out"
                );
                notes.add(line, message);
            }
            self.is_full = true;
            return generator.name;
        }
        let wanted = generator.name.clone();
        let name = self.claim(&wanted);
        if name != wanted {
            let shown = shown(&wanted);
            notes.add(
                line,
                format!("{shown} is called “{name}” here, so that files can be named by it"),
            );
        }
        self.generators.push((line, Generator { name: name.clone(), ..generator }));
        name
    }

    fn claim(&mut self, wanted: &str) -> String {
        let clean: String = clean_component(wanted).chars().take(90).collect();
        let clean = clean.trim().to_owned();
        let base = if clean.is_empty() { "rule".to_owned() } else { clean };
        let mut name = base.clone();
        let mut number = 2;
        while self.names.claim(&name).is_err() {
            name = format!("{base}-{number}");
            number += 1;
        }
        name
    }

    /// Writes the text. What the preset language refuses is left out, with a note of the reason.
    pub(crate) fn finish(
        mut self,
        what: &'static str,
        mut notes: Notes,
    ) -> Result<Translated, Unusable> {
        for _ in 0..3 {
            if self.generators.is_empty() {
                break;
            }
            let generators = self.generators.iter().map(|(_, generator)| generator);
            let text = write::preset(generators);
            let parsed = preset::parse(&text);
            if parsed.problems.is_empty() {
                return Ok(Translated { text, notes: notes.finish() });
            }
            self.leave_out(&parsed, &mut notes);
        }
        if let Some(note) = notes.finish().into_iter().next() {
            return Err(Unusable::Syntax { line: note.line, message: note.message });
        }
        Err(Unusable::Nothing(what))
    }

    fn leave_out(&mut self, parsed: &preset::Parsed, notes: &mut Notes) {
        let works = |name: &str| parsed.preset.generator(name).is_some();
        let reason = |name: &str| {
            let concerns = |problem: &&preset::Problem| problem.generator.as_deref() == Some(name);
            let problem = parsed.problems.iter().find(concerns);
            problem.map_or("the preset language refuses it", |problem| problem.message.as_str())
        };
        self.generators.retain(|(line, generator)| {
            let name = &generator.name;
            let works = works(name);
            if !works {
                notes.add(*line, format!("“{name}” is left out: {}", reason(name)));
            }
            works
        });
    }
}
