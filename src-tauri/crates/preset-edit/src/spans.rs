//! Where the scalar values of a parsed text are, so that one of them can be replaced without
//! parsing the text again.

use std::{collections::HashMap, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::Step;

/// The places of a value's scalars, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Spans {
    Scalar(Range<usize>),
    Array(Vec<Self>),
    Table(HashMap<String, Self>),
}

impl Spans {
    /// Collects the places of all scalars of a table.
    pub(crate) fn of_table(table: &DeTable<'_>) -> Self {
        let pairs = table.iter();
        Self::Table(
            pairs.map(|(key, it)| (key.get_ref().to_string(), Self::of_value(it))).collect(),
        )
    }

    fn of_value(value: &Spanned<DeValue<'_>>) -> Self {
        match value.get_ref() {
            DeValue::Array(elements) => Self::Array(elements.iter().map(Self::of_value).collect()),
            DeValue::Table(table) => Self::of_table(table),
            _ => Self::Scalar(value.span()),
        }
    }

    /// Finds the scalar at a path.
    pub(crate) fn scalar(&self, path: &[Step]) -> Option<Range<usize>> {
        let found = path.iter().try_fold(self, |spans, step| match (spans, step) {
            (Self::Array(elements), Step::Index(index)) => elements.get(*index as usize),
            (Self::Table(table), Step::Key(key)) => table.get(key),
            _ => None,
        });
        match found? {
            Self::Scalar(span) => Some(span.clone()),
            Self::Array(_) | Self::Table(_) => None,
        }
    }
}
