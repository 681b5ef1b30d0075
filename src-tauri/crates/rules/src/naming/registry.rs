//! Tells which names are taken, also on file systems where `A.jpg` and `a.jpg` are the same file.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// The paths of a run, each claimed by one variant. A path is kept as 16 bytes of its hash, so that
/// a million variants take about 100 MB instead of twice as much.
#[derive(Debug, Clone, Default)]
pub struct Names {
    claimed: HashMap<Digest, Claim>,
}

/// The hash of a path's folded form. Among a million million paths, two have the same hash with a
/// probability of one in 10^14.
type Digest = [u8; 16];

#[derive(Debug, Clone)]
struct Claim {
    /// Whether this is a folder that holds the claimed path, not the path itself.
    is_folder: bool,
    path: Box<str>,
}

/// The error for a path that is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} cannot stand beside {earlier}: some systems take them for the same")]
pub struct Clash {
    /// The path that was asked for.
    pub path: String,
    /// The path that was claimed before.
    pub earlier: String,
}

impl Names {
    /// Starts with no name taken.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Claims a clean path for one variant.
    ///
    /// # Errors
    /// Where the path is taken: as it is, in other capitals, in another Unicode form, or where
    /// one of the two would have to be a folder and a file at once.
    pub fn claim(&mut self, path: &str) -> Result<(), Clash> {
        let clash = |earlier: &str| Clash { path: path.to_owned(), earlier: earlier.to_owned() };
        let folded = fold(path);
        if let Some(taken) = self.claimed.get(&digest(&folded)) {
            return Err(clash(&taken.path));
        }
        let folders = folded.match_indices('/').map(|(at, _)| digest(&folded[..at]));
        let folders: Vec<Digest> = folders.collect();
        for folder in &folders {
            if let Some(taken) = self.claimed.get(folder).filter(|taken| !taken.is_folder) {
                return Err(clash(&taken.path));
            }
        }
        for folder in folders {
            let claim = || Claim { is_folder: true, path: path.into() };
            self.claimed.entry(folder).or_insert_with(claim);
        }
        self.claimed.insert(digest(&folded), Claim { is_folder: false, path: path.into() });
        Ok(())
    }
}

fn digest(folded: &str) -> Digest {
    let mut digest = Digest::default();
    blake3::Hasher::new().update(folded.as_bytes()).finalize_xof().fill(&mut digest);
    digest
}

/// Folds a path so that all paths that some file system treats as one become equal: composed, and
/// without capitals (converted to capitals and back, which makes `ſ` an `s` and `ß` an `ss`).
pub(crate) fn fold(path: &str) -> String {
    let lower: String =
        path.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

#[cfg(test)]
mod tests;
