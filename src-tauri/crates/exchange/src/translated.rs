//! The result of a translation, and why there is none.

use crate::notes::Note;

/// The largest text that is translated, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// Rules in another language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    /// The rules.
    pub text: String,
    /// What has no counterpart in that language, in the order of the lines.
    pub notes: Vec<Note>,
}

/// Why nothing of a text can be translated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is too large.
    #[error("the file has {0} bytes, more than the {MAX_BYTES} that can be translated")]
    TooLarge(usize),
    /// It is not text.
    #[error("this is not UTF-8 text; save the file with the encoding UTF-8")]
    NotText,
    /// Its syntax is wrong.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// There is no rule in it.
    #[error("there is no {0} in this file that can be translated")]
    Nothing(&'static str),
}

/// Takes bytes as text, without a byte order mark.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Unusable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unusable::TooLarge(bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unusable::NotText)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
