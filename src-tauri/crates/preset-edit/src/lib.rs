//! Edits the text of preset files and keeps everything that an edit is not about, byte for byte.
//!
//! The text itself is patched at the places that its syntax gives; nothing is written from a
//! model. The new text is parsed, and must say exactly what the same edit makes of the JSON value:
//! an edit of a text in an unforeseen shape is refused, and never spoils it.
//!
//! Pure: no files, no clock. `golden/edits.json` lists edits with the texts and values before and
//! after; the page, which makes the same edits on values, runs the same list.

mod edit;
mod element;
mod error;
mod format;
mod import;
mod lines;
mod list;
mod order;
#[cfg(test)]
mod parses;
mod quote;
mod source;
mod spans;
mod statements;
mod syntax;
mod table;
mod text;
mod value;

pub use edit::{Edit, Step};
pub use error::EditError;
pub use source::{Draft, Source};

/// Makes all these edits of a text, one after the other. `other` gives the text of another
/// document, for imports.
///
/// # Errors
/// Where one of them is not possible; none is made then.
pub fn apply(
    text: &str,
    edits: &[Edit],
    other: &dyn Fn(&str) -> Option<String>,
) -> Result<String, EditError> {
    let source = Source::parse(text.to_owned()).ok_or(EditError::NotToml)?;
    let draft = source.edit(edits, other)?;
    draft.parse().map(|source| source.text().to_owned())
}

#[cfg(test)]
mod tests;
