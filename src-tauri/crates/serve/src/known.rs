//! Which variant a request has meant before, so that asking again costs a look at the file's state.

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_engine::source::FileStamp;
use cropmark_rules::Key;

use crate::{identity::Identity, negotiation::Negotiation};

/// The most requests that are remembered, and the longest: about 16 MB.
const MOST: usize = 16_384;
const MOST_BYTES: usize = 512;

/// The variant that a request means, as long as its source is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownVariant {
    /// The source's real path, and its state.
    pub(crate) path: PathBuf,
    pub(crate) stamp: FileStamp,
    pub(crate) key: Key,
    pub(crate) identity: Identity,
}

/// The requests that are known.
#[derive(Debug)]
pub(crate) struct Known {
    /// Without full access to the workspace another process may set focal points.
    is_on: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Grows with every change of presets or files.
    generation: u64,
    variants: HashMap<String, Arc<KnownVariant>>,
}

impl Known {
    pub(crate) fn new(is_on: bool) -> Self {
        Self { is_on, state: Mutex::default() }
    }

    /// What a request with this path means, depending on its headers.
    pub(crate) fn name(path: &str, negotiation: Negotiation<'_>) -> String {
        let Negotiation { accept, hints } = negotiation;
        format!("{path}\n{}\n{}", accept.unwrap_or_default(), hints.name())
    }

    /// The number that [`Known::insert`] asks for: of before anything was looked at.
    pub(crate) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// The variant, if its source has not changed. Looks at the file.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<KnownVariant>> {
        let known = Arc::clone(self.state().variants.get(name)?);
        let metadata = fs::symlink_metadata(&known.path).ok()?;
        (FileStamp::of(&metadata) == known.stamp).then_some(known)
    }

    pub(crate) fn insert(&self, generation: u64, name: String, variant: KnownVariant) {
        let mut state = self.state();
        if !self.is_on || state.generation != generation || name.len() > MOST_BYTES {
            return;
        }
        if state.variants.len() >= MOST {
            state.variants.clear();
        }
        state.variants.insert(name, Arc::new(variant));
    }

    /// Forgets everything, also what is being resolved now.
    pub(crate) fn forget_all(&self) {
        let mut state = self.state();
        state.generation += 1;
        state.variants.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn variant(path: PathBuf) -> KnownVariant {
        let stamp = FileStamp::of(&fs::metadata(&path).unwrap());
        let key = [7; 32].into();
        let identity = Identity::new(key, SystemTime::UNIX_EPOCH, false);
        KnownVariant { path, stamp, key, identity }
    }

    #[test]
    fn a_request_is_known_until_its_file_or_anything_of_the_rules_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        fs::write(&path, "a").unwrap();
        let known = Known::new(true);
        let add = |generation| known.insert(generation, "a".to_owned(), variant(path.clone()));
        add(known.generation());
        assert_eq!(*known.get("a").unwrap(), variant(path.clone()));
        assert_eq!(known.get("b"), None);

        fs::write(&path, "other").unwrap();
        assert_eq!(known.get("a"), None);

        let before = known.generation();
        known.forget_all();
        add(before);
        assert_eq!(known.get("a"), None, "it was resolved by the former rules");
        add(known.generation());
        assert!(known.get("a").is_some());

        let off = Known::new(false);
        off.insert(off.generation(), "a".to_owned(), variant(path));
        assert_eq!(off.get("a"), None);
    }

    #[test]
    fn no_more_are_remembered_than_may_be() {
        let folder = tempfile::tempdir().unwrap();
        let known = Known::new(true);
        let variant = variant(folder.path().to_owned());
        for number in 0..=MOST {
            known.insert(0, number.to_string(), variant.clone());
        }
        assert_eq!(known.state().variants.len(), 1);
        known.insert(0, "x".repeat(MOST_BYTES + 1), variant);
        assert_eq!(known.state().variants.len(), 1);
    }
}
