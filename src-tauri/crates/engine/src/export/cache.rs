//! What is known from before: finished variants, and the content and header of files that have
//! not changed since.
//!
//! A cache that cannot be read or written makes a run slower, never wrong: faults of its own
//! are logged and go no further.

use std::{
    fs::{File, Metadata},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use cropmark_rules::{
    ContentHash, Format, Key,
    protocol::{Header, Rendered},
    value::Point,
};
use cropmark_store::{
    Asset, AssetUpdate, Fingerprint, Store, StoreError, Variant,
    atomic::{TemporaryFile, WriteError},
};

/// A file that was written to within this time may be written to again without its time
/// changing: disks count time in steps of up to two seconds. It is read again the next time.
const TOO_FRESH: Duration = Duration::from_secs(3);

/// A workspace's store, or the one in the user's cache folder.
#[derive(Debug, Clone)]
pub struct Cache {
    store: Store,
    base: PathBuf,
}

/// A file's name in the store, and by what it is recognised.
#[derive(Debug, Clone)]
pub(super) struct Known {
    fingerprint: Fingerprint,
    /// The content's hash and the header, if the file has not changed since they were read.
    pub(super) unchanged: Option<(ContentHash, Header)>,
    /// The focal point that a person has set.
    pub(super) focal: Option<Point>,
}

impl Cache {
    /// A store that knows files by their paths below `base`.
    #[must_use]
    pub fn new(store: Store, base: &Path) -> Self {
        let base = base.canonicalize().unwrap_or_else(|_| base.to_owned());
        Self { store, base }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What is known of a file; `None` where it does not lie below the base.
    pub(super) fn known(&self, path: &Path, metadata: &Metadata) -> Option<Known> {
        let path = path.canonicalize().ok()?.strip_prefix(&self.base).ok()?.to_owned();
        let asset = logged(self.store.asset(&path)).flatten();
        let fingerprint = Fingerprint::of(path, metadata);
        let focal = asset.as_ref().and_then(|asset| asset.annotation.focal);
        let is_same = |asset: &Asset| asset.fingerprint == fingerprint;
        let unchanged =
            asset.filter(is_same).and_then(|asset| Some((asset.content?, asset.header?)));
        Some(Known { fingerprint, unchanged, focal })
    }

    /// Remembers what was read of a file.
    pub(super) fn remember(&self, known: &Known, hash: ContentHash, header: &Header) {
        let modified = Duration::from_nanos(u64::try_from(known.fingerprint.mtime_ns).unwrap_or(0));
        let age = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH + modified);
        if age.is_ok_and(|age| age > TOO_FRESH) && self.store.keeps_variants() {
            let update = AssetUpdate {
                fingerprint: known.fingerprint.clone(),
                content: Some(hash),
                header: Some(header.clone()),
            };
            logged(self.store.update_assets(vec![update]));
        }
    }

    /// The variant with this key, open. One that was made to be looked at does not count: its
    /// bytes may be others than those that an export makes.
    pub(super) fn find(&self, key: Key) -> Option<(Variant, File)> {
        let variant = logged(self.store.exact_variant(key, SystemTime::now())).flatten()?;
        let file = variant.open().ok()?;
        Some((variant, file))
    }

    /// An empty file to render to, where the variant will be kept; `None` where it is not.
    pub(super) fn temporary(&self, key: Key, format: Format) -> Option<TemporaryFile> {
        if !self.store.keeps_variants() {
            return None;
        }
        logged(self.store.temporary(key, format.extension()))
    }

    /// Keeps a rendered variant.
    ///
    /// # Errors
    /// Where the file does not hold what was rendered.
    pub(super) fn keep(
        &self,
        temporary: TemporaryFile,
        key: Key,
        rendered: &Rendered,
    ) -> Result<(), WriteError> {
        match self.store.insert(temporary, key, rendered, SystemTime::now()) {
            Err(StoreError::Write(damaged @ WriteError::Damaged { .. })) => Err(damaged),
            other => {
                logged(other);
                Ok(())
            }
        }
    }

    /// Keeps a copy of a variant that was rendered elsewhere.
    pub(super) fn keep_copy(
        &self,
        content: &Arc<File>,
        key: Key,
        rendered: &Rendered,
    ) -> Result<(), WriteError> {
        let Some(temporary) = self.temporary(key, rendered.format) else { return Ok(()) };
        match temporary.fill_from(content) {
            Ok(()) => self.keep(temporary, key, rendered),
            Err(error) => {
                tracing::warn!(%error, "a variant is not kept in the cache");
                Ok(())
            }
        }
    }
}

fn logged<T>(outcome: Result<T, StoreError>) -> Option<T> {
    outcome.map_err(|error| tracing::warn!(%error, "the cache failed; going on without it")).ok()
}
