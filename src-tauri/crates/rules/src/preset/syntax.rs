//! Findings before they become problems, and which part of the file each belongs to.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// A fault at a range of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) part: Part,
}

/// What is off because of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Nothing by itself: a key that nobody knows.
    File,
    /// Every generator, since all of them build on it.
    Defaults,
    /// This generator.
    Generator(String),
    /// This theme.
    Theme(String),
}

impl Part {
    /// The part that a value at this path of keys belongs to.
    pub(super) fn of_path(path: &[String]) -> Self {
        match path {
            [top, name, ..] if top == "generators" => Self::Generator(name.clone()),
            [top, name, ..] if top == "themes" => Self::Theme(name.clone()),
            [top, ..] if top == "defaults" => Self::Defaults,
            _ => Self::File,
        }
    }
}

/// Which part the text at each byte belongs to: that of the last key before it.
pub(super) struct Parts {
    starts: Vec<(usize, Part)>,
}

impl Parts {
    pub(super) fn of(root: &DeTable<'_>) -> Self {
        let mut starts = Vec::new();
        let mut open: Vec<(Vec<String>, &DeTable<'_>)> = vec![(Vec::new(), root)];
        while let Some((path, table)) = open.pop() {
            for (key, value) in table {
                let mut path = path.clone();
                // Deeper keys belong where their second key does.
                if path.len() < 2 {
                    path.push(key.get_ref().to_string());
                }
                starts.push((key.span().start, Part::of_path(&path)));
                if let DeValue::Table(table) = value.get_ref() {
                    open.push((path, table));
                }
            }
        }
        starts.sort_by_key(|(start, _)| *start);
        Self { starts }
    }

    pub(super) fn at(&self, offset: usize) -> Part {
        let after = self.starts.partition_point(|(start, _)| *start <= offset);
        after.checked_sub(1).map_or(Part::File, |index| self.starts[index].1.clone())
    }
}
