//! Which names are taken, on file systems that hold `A.jpg` and `a.jpg` for one.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// The paths of a run, each claimed by one variant. What is taken is known by 16 bytes of its
/// hash, so that a million variants cost about 100 MB and not twice as much.
#[derive(Debug, Clone, Default)]
pub struct Names {
    claimed: HashMap<Digest, Claim>,
}

/// A path in its folded form, as good as the path itself: two of a million million have the same
/// with a probability of one in 10^14.
type Digest = [u8; 16];

#[derive(Debug, Clone)]
struct Claim {
    /// Whether it is a folder with the path in it, and not the path itself.
    is_folder: bool,
    path: Box<str>,
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

/// The form in which paths that some system holds for one are equal: composed, and without
/// capitals (there and back, so that `ſ` and `ß` meet their capitals' small letters).
pub(crate) fn fold(path: &str) -> String {
    let lower: String =
        path.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

#[cfg(test)]
mod tests;
