//! Reads HOCON into a tree: keys with dots, merged objects, joined values and substitutions. Files
//! that a text includes are not read, and neither is the environment.

mod reader;
mod resolve;

use indexmap::IndexMap;

use crate::{
    notes::Notes,
    translated::Unusable,
    tree::{MAX_DEPTH, MAX_NODES, Node},
};

/// A value before substitutions are put in.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    line: usize,
    value: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Text(String),
    List(Vec<Raw>),
    Map(IndexMap<String, Raw>),
    /// Values that stand beside each other.
    Join(Vec<Raw>),
    /// `${path}`, or `${?path}`.
    Refer {
        path: Vec<String>,
        is_optional: bool,
    },
}

pub(crate) fn parse(text: &str, notes: &mut Notes) -> Result<Node, Unusable> {
    let root = reader::read(text, notes)?;
    resolve::resolve(&root, notes)
}

fn too_much(line: usize) -> Unusable {
    let message = format!(
        "the file has more than {MAX_NODES} values, or nests them deeper than {MAX_DEPTH}; it is \
         not translated"
    );
    Unusable::Syntax { line, message }
}

#[cfg(test)]
mod tests;
