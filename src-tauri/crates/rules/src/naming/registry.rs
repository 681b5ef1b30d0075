//! Which names are taken, on file systems that hold `A.jpg` and `a.jpg` for one.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// The paths of a run, each claimed by one variant.
#[derive(Debug, Clone, Default)]
pub struct Names {
    claimed: HashMap<String, Claim>,
}

#[derive(Debug, Clone)]
enum Claim {
    File(String),
    /// A folder, with a path in it.
    Folder(String),
}

/// A path that is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} cannot stand beside {earlier}: some systems take them for the same")]
pub struct Clash {
    /// The path that was asked for.
    pub path: String,
    /// The path that was claimed before.
    pub earlier: String,
}

impl Names {
    /// No name is taken.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a clean path for one variant.
    ///
    /// # Errors
    /// Where the path is taken: as it is, in other capitals, in another Unicode form, or where
    /// one of the two would have to be a folder and a file at once.
    pub fn claim(&mut self, path: &str) -> Result<(), Clash> {
        let clash = |earlier: &str| Clash { path: path.to_owned(), earlier: earlier.to_owned() };
        let folded = fold(path);
        match self.claimed.get(&folded) {
            Some(Claim::File(earlier) | Claim::Folder(earlier)) => return Err(clash(earlier)),
            None => {}
        }
        let folders = || folded.match_indices('/').map(|(at, _)| &folded[..at]);
        for folder in folders() {
            if let Some(Claim::File(earlier)) = self.claimed.get(folder) {
                return Err(clash(earlier));
            }
        }
        for folder in folders() {
            let claim = self.claimed.entry(folder.to_owned());
            claim.or_insert_with(|| Claim::Folder(path.to_owned()));
        }
        self.claimed.insert(folded, Claim::File(path.to_owned()));
        Ok(())
    }
}

/// The form in which paths that some system holds for one are equal: composed, and without
/// capitals (there and back, so that `ſ` and `ß` meet their capitals' small letters).
pub(crate) fn fold(path: &str) -> String {
    let lower: String =
        path.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

#[cfg(test)]
mod tests;
