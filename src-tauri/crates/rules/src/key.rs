//! A variant's key: by what it is, not by what it is called.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Encoding, Operation, SourceRules, operation::Overlay, protocol::PIXEL_VERSION, value::Point,
};

/// A variant's key: BLAKE3, 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

impl Key {
    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first ten digits, for names that people see.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..10]
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a key has 64 hexadecimal digits in lower case")]
pub struct KeyError;

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits && text.len() == 64 { Ok(Self(text.to_owned())) } else { Err(KeyError) }
    }
}

impl TryFrom<String> for Key {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

/// What a key is made of. Rules, chain and encoding must be in their normal form (see
/// [`crate::normal`]), so that what changes no pixel changes no key.
#[derive(Debug, Clone, Copy)]
pub struct Ingredients<'a> {
    /// The hash of the source's bytes, hexadecimal.
    pub source: &'a str,
    /// How the source is read.
    pub rules: &'a SourceRules,
    /// The asset's focal point.
    pub focal: Option<Point>,
    /// The chain.
    pub operations: &'a [Operation],
    /// How the result is encoded.
    pub encoding: &'a Encoding,
    /// The hashes of the files that overlays use, by the name that the operation gives.
    pub files: &'a BTreeMap<String, String>,
}

/// The key of a variant.
#[must_use]
pub fn key(ingredients: &Ingredients<'_>) -> Key {
    let focal = ingredients.focal.filter(|_| crate::normal::uses_focal(ingredients.operations));
    let operations: Vec<Operation> = ingredients
        .operations
        .iter()
        .map(|operation| match operation {
            // A file is known by its content, so that renaming it changes no key.
            Operation::Overlay(overlay) => Operation::Overlay(Overlay {
                image: ingredients.files.get(&overlay.image).cloned().unwrap_or_default(),
                ..overlay.clone()
            }),
            other => other.clone(),
        })
        .collect();
    let parts = (
        PIXEL_VERSION,
        ingredients.source,
        ingredients.rules,
        focal,
        &operations,
        ingredients.encoding,
    );
    let mut hasher = blake3::Hasher::new_derive_key("cropmark 2025 variant key, version 1");
    // Plain data always becomes JSON, and a hasher takes every byte.
    let written = serde_json::to_writer(&mut hasher, &parts);
    debug_assert!(written.is_ok(), "{written:?}");
    Key(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests;
