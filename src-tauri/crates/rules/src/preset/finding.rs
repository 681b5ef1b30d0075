//! Faults before they become problems: a range of bytes, a sentence, and the part that is off.

use std::{collections::HashSet, ops::Range};

use crate::preset::{Problem, position::TextPositions};

/// The most problems that are reported of one file.
const MAX_PROBLEMS: usize = 1000;

/// The most characters of a name that a part is known by: more than a name may have.
const MAX_NAME_SHOWN: usize = 120;

/// A fault at a range of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) part: Part,
}

/// The part of a file that is off because of a fault.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// No part of it: the key is unknown.
    File,
    /// Every generator, since all of them build on it: the version, the defaults.
    AllGenerators,
    /// This generator.
    Generator(String),
    /// This theme.
    Theme(String),
}

impl Part {
    /// The part of a generator.
    pub(super) fn generator(name: &str) -> Self {
        Self::Generator(cut(name))
    }

    /// The part of a theme.
    pub(super) fn theme(name: &str) -> Self {
        Self::Theme(cut(name))
    }

    /// The part that a value at this path of keys belongs to.
    pub(super) fn of_path<S: AsRef<str>>(path: &[S]) -> Self {
        let mut keys = path.iter().map(AsRef::as_ref);
        match (keys.next(), keys.next()) {
            (Some("generators"), Some(name)) => Self::generator(name),
            (Some("themes"), Some(name)) => Self::theme(name),
            (Some("defaults" | "version" | "extends"), _) => Self::AllGenerators,
            _ => Self::File,
        }
    }
}

/// A name as far as names may be long, and a little further: a part is compared for every fault,
/// and one with a longer name is off in any case.
fn cut(name: &str) -> String {
    #[cfg(test)]
    crate::preset::counted::step();
    name.chars().take(MAX_NAME_SHOWN).collect()
}

/// All faults of a file. A hostile file has millions: only so many are kept, but what is off is
/// known of each.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Finding>,
    more: usize,
    faulty: HashSet<Part>,
}

impl Findings {
    /// Adds a fault; the sentence is only made where it is kept.
    pub(super) fn add(
        &mut self,
        span: &Range<usize>,
        part: &Part,
        message: impl FnOnce() -> String,
    ) {
        if !self.faulty.contains(part) {
            self.faulty.insert(part.clone());
        }
        if self.kept.len() < MAX_PROBLEMS {
            let (span, part) = (span.clone(), part.clone());
            self.kept.push(Finding { span, message: message(), part });
        } else {
            self.more += 1;
        }
    }

    /// Adds faults that were found separately.
    pub(super) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for Finding { span, message, part } in findings {
            self.add(&span, &part, || message);
        }
    }

    /// Moves all faults of another list into this one.
    pub(super) fn absorb(&mut self, other: Self) {
        self.faulty.extend(other.faulty);
        self.extend(other.kept);
        self.more += other.more;
    }

    /// The same faults with all ranges moved by an offset.
    pub(super) fn shifted(mut self, by: usize) -> Self {
        for finding in &mut self.kept {
            finding.span = finding.span.start + by..finding.span.end + by;
        }
        self
    }

    /// Takes the kept faults out for which `is_taken` is true; what is off stays off.
    pub(super) fn take_where(&mut self, is_taken: impl Fn(&Finding) -> bool) -> Vec<Finding> {
        let kept = std::mem::take(&mut self.kept);
        let (taken, kept) = kept.into_iter().partition(is_taken);
        self.kept = kept;
        taken
    }

    /// Whether a part has a fault.
    pub(super) fn has(&self, part: &Part) -> bool {
        self.faulty.contains(part)
    }

    /// The positions of the kept faults.
    pub(super) fn positions(&self) -> HashSet<Range<usize>> {
        self.kept.iter().map(|finding| finding.span.clone()).collect()
    }

    /// The bytes at which the kept faults begin.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> {
        self.kept.iter().map(|finding| finding.span.start)
    }

    /// Drops the kept faults for which `keep` is false; what is off stays off.
    pub(super) fn retain(&mut self, keep: impl FnMut(&Finding) -> bool) {
        self.kept.retain(keep);
    }

    /// Turns the faults into problems, in the order of the file.
    pub(super) fn into_problems(mut self, positions: &TextPositions<'_>) -> Vec<Problem> {
        self.kept.sort_by(|one, other| {
            let key = |finding: &Finding| (finding.span.start, finding.span.end);
            key(one).cmp(&key(other)).then_with(|| one.message.cmp(&other.message))
        });
        self.kept.dedup();
        let mut problems: Vec<Problem> =
            self.kept.into_iter().map(|finding| problem(finding, positions)).collect();
        if let Some(last) = problems.last_mut().filter(|_| self.more > 0) {
            last.message = format!("{} (and {} more problems)", last.message, self.more);
        }
        problems
    }
}

fn problem(finding: Finding, positions: &TextPositions<'_>) -> Problem {
    let place = positions.of(&finding.span);
    let generator = match finding.part {
        Part::Generator(name) => Some(name),
        Part::File | Part::AllGenerators | Part::Theme(_) => None,
    };
    Problem {
        line: place.line,
        column: place.column,
        length: place.length,
        message: finding.message,
        generator,
    }
}
