//! Texts in nested notations (YAML, HOCON) as a tree whose parts know their lines.

/// The most parts of a tree.
pub(crate) const MAX_NODES: usize = 200_000;
/// The deepest nesting of a tree.
pub(crate) const MAX_DEPTH: usize = 64;

/// A part of a tree and the line that it begins on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

/// The content of a part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Nothing, as an empty value of YAML.
    Null,
    /// A text, a number or a word.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A table, in the order of the text.
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(crate) fn new(line: usize, value: Value) -> Self {
        Self { line, value }
    }

    /// The part of a table with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The parts of a table; none of anything else.
    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The parts of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text; `None` of anything else.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text as a number.
    pub(crate) fn number(&self) -> Option<f64> {
        self.text().and_then(crate::number::parse)
    }

    /// The text as yes or no.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self.text()? {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }
}
