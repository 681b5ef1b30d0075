//! A variant's key: by what it is, not by what it is called.

use std::collections::BTreeMap;

use crate::{
    ContentHash, Encoding, Operation, SourceRules, digest,
    operation::Overlay,
    protocol::{FACES_VERSION, PIXEL_VERSION},
    value::{FaceBox, Point},
};

/// A variant's key: the BLAKE3 of its [`KeyInputs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// Returns the first ten digits, for names that the user sees.
    #[must_use]
    pub fn short(self) -> String {
        let mut digits = self.to_string();
        digits.truncate(10);
        digits
    }
}

digest::impl_digest!(Key);

/// What a key is made of. Rules, chain and encoding must be in their canonical form (see
/// [`crate::canonical`]), so that what changes no pixel changes no key.
#[derive(Debug, Clone, Copy)]
pub struct KeyInputs<'a> {
    /// The hash of the source's bytes.
    pub source: ContentHash,
    /// How the source is read.
    pub rules: &'a SourceRules,
    /// The asset's focal point.
    pub focal: Option<Point>,
    /// The asset's faces as the user has set them.
    pub faces: Option<&'a [FaceBox]>,
    /// The chain.
    pub operations: &'a [Operation],
    /// How the result is encoded.
    pub encoding: &'a Encoding,
    /// The hashes of the files that overlays use, by the name that the operation gives.
    pub files: &'a BTreeMap<String, ContentHash>,
}

/// The key of a variant.
#[must_use]
pub fn key(inputs: &KeyInputs<'_>) -> Key {
    let focal = inputs.focal.filter(|_| crate::canonical::uses_focal(inputs.operations));
    let operations: Vec<Operation> = inputs
        .operations
        .iter()
        .map(|operation| match operation {
            // A file is known by its content, so that renaming it changes no key.
            Operation::Overlay(overlay) => Operation::Overlay(Overlay {
                image: inputs
                    .files
                    .get(&overlay.image)
                    .map(ContentHash::to_string)
                    .unwrap_or_default(),
                ..overlay.clone()
            }),
            other => other.clone(),
        })
        .collect();
    let parts = (PIXEL_VERSION, inputs.source, inputs.rules, focal, &operations, inputs.encoding);
    let mut hasher = blake3::Hasher::new_derive_key("cropmark 2025 variant key, version 1");
    // Plain data always becomes JSON, and a hasher takes every byte.
    let written = serde_json::to_writer(&mut hasher, &parts);
    debug_assert!(written.is_ok(), "{written:?}");
    if crate::canonical::uses_faces(inputs.operations) {
        let written = serde_json::to_writer(&mut hasher, &(FACES_VERSION, inputs.faces));
        debug_assert!(written.is_ok(), "{written:?}");
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests;
