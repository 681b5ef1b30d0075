//! Parses TOML: the one place of this crate that does.

use toml::{
    Spanned,
    de::{DeTable, Error},
};

/// Parses a text as far as possible, and lists its syntax faults.
pub(super) fn parse(text: &str) -> (Spanned<DeTable<'_>>, Vec<Error>) {
    #[cfg(test)]
    crate::preset::counted::parse();
    DeTable::parse_recoverable(text)
}
