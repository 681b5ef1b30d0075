//! Reads a preset file for its translation: what works of it, and on which lines it stands.

use std::collections::HashMap;

use cropmark_rules::preset::{self, Generator, OutputRules, Preset, ReadBase};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{notes::Notes, translated::Unusable};

/// A preset file and the notes of its translation.
pub(crate) struct Source {
    pub(crate) preset: Preset,
    pub(crate) notes: Notes,
    lines: HashMap<String, Lines>,
}

/// The lines of a generator.
#[derive(Default, Clone)]
pub(crate) struct Lines {
    pub(crate) start: usize,
    steps: Vec<usize>,
}

impl Lines {
    /// The line of the step at `index`.
    pub(crate) fn step(&self, index: usize) -> usize {
        self.steps.get(index).copied().unwrap_or(self.start)
    }
}

pub(crate) fn read(text: &str, read_base: &mut ReadBase<'_>) -> Result<Source, Unusable> {
    let parsed = preset::parse_with(text, read_base);
    let mut notes = Notes::default();
    let first = parsed.problems.first();
    for problem in &parsed.problems {
        notes.add(line_number(problem.line), format!("left out: {}", problem.message));
    }
    if parsed.preset.generators.is_empty() {
        return Err(first.map_or(Unusable::Nothing("generator"), |problem| Unusable::Syntax {
            line: line_number(problem.line),
            message: problem.message.clone(),
        }));
    }
    Ok(Source { lines: lines(text), preset: parsed.preset, notes })
}

fn line_number(line: u32) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

impl Source {
    pub(crate) fn lines(&self, generator: &str) -> Lines {
        self.lines.get(generator).cloned().unwrap_or(Lines { start: 1, steps: Vec::new() })
    }

    /// The output of a generator, with what it leaves out taken from the file's defaults.
    pub(crate) fn output(&self, generator: &Generator) -> OutputRules {
        generator.output.or(&self.preset.defaults.output)
    }
}

/// Finds the lines of all generators and their steps.
fn lines(text: &str) -> HashMap<String, Lines> {
    let (root, _) = DeTable::parse_recoverable(text);
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line = |at: usize| starts.partition_point(|start| *start <= at);
    let generators = root.get_ref().get("generators").and_then(|value| value.get_ref().as_table());
    let steps = |value: &Spanned<DeValue<'_>>| {
        let operations = value.get_ref().get("operations");
        let operations = operations.and_then(|operations| operations.get_ref().as_array());
        operations.into_iter().flatten().map(|step| line(step.span().start)).collect()
    };
    let found = generators.into_iter().flatten().map(|(name, value)| {
        let start = line(name.span().start);
        (name.get_ref().to_string(), Lines { start, steps: steps(value) })
    });
    found.collect()
}
