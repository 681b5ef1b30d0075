//! What is known from before: finished variants, and the content and header of files that have
//! not changed since.
//!
//! A cache that cannot be read or written makes a run slower, never wrong: faults of its own
//! are logged and go no further.

use std::{
    collections::HashMap,
    fs::{File, Metadata},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use cropmark_rules::{ContentHash, Key, protocol::Header};
use cropmark_store::{
    Access, Annotation, Asset, AssetUpdate, Fingerprint, Store, StoreError, Variant,
};

use super::freshness::Freshness;

/// A workspace's store, or the one in the user's cache folder.
#[derive(Debug, Clone)]
pub struct Cache {
    store: Store,
    base: PathBuf,
    /// Whether its disk had no space left: nothing more is kept then.
    is_full: Arc<AtomicBool>,
}

/// Folders with their real paths; `None`: it has none.
pub(crate) type ResolvedFolders = HashMap<PathBuf, Option<PathBuf>>;

/// What the store knows of a file.
#[derive(Debug, Clone)]
pub(crate) struct KnownFile {
    pub(crate) fingerprint: Fingerprint,
    /// The content's hash and the header, if the file has not changed since they were read.
    pub(crate) unchanged: Option<(ContentHash, Header)>,
    /// What the user has set.
    pub(crate) annotation: Annotation,
}

impl Cache {
    /// Takes a store that knows files by their paths below `base`.
    #[must_use]
    pub fn new(store: Store, base: &Path) -> Self {
        let base = base.canonicalize().unwrap_or_else(|_| base.to_owned());
        Self { store, base, is_full: Arc::default() }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Whether it keeps variants.
    pub(crate) fn keeps_variants(&self) -> bool {
        self.store.keeps_variants() && !self.is_full.load(Ordering::Relaxed)
    }

    /// Notes that something was not kept. That is logged, of a full disk once.
    pub(crate) fn not_kept(&self, error: &StoreError) {
        if error.is_disk_full() {
            self.disk_is_full();
        } else {
            tracing::warn!(%error, "something is not kept in the cache");
        }
    }

    /// Notes that nothing more can be kept.
    pub(crate) fn disk_is_full(&self) {
        if !self.is_full.swap(true, Ordering::Relaxed) {
            let folder = self.store.layout().root().display();
            tracing::warn!(%folder, "no space is left for the cache; going on without keeping more");
        }
    }

    /// The path by which the store knows a file; `None` where it does not lie below the base.
    /// Folders that were resolved once are in `folders`.
    pub(crate) fn path_below(&self, path: &Path, folders: &mut ResolvedFolders) -> Option<PathBuf> {
        let real = match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) if !path.is_symlink() => {
                if !folders.contains_key(folder) {
                    let folder_here =
                        if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                    folders.insert(folder.to_owned(), folder_here.canonicalize().ok());
                }
                folders.get(folder)?.as_ref()?.join(name)
            }
            _ => path.canonicalize().ok()?,
        };
        Some(real.strip_prefix(&self.base).ok()?.to_owned())
    }

    /// Returns what is known of the file with this path in the store.
    pub(crate) fn known(&self, path: PathBuf, metadata: &Metadata) -> KnownFile {
        let asset = logged(self.store.asset(&path)).flatten();
        let fingerprint = Fingerprint::of(path, metadata);
        let annotation = asset.as_ref().map(|asset| asset.annotation.clone()).unwrap_or_default();
        let is_same = |asset: &Asset| asset.fingerprint == fingerprint;
        let unchanged =
            asset.filter(is_same).and_then(|asset| Some((asset.content?, asset.header?)));
        KnownFile { fingerprint, unchanged, annotation }
    }

    /// Remembers what was read of files, and returns whether it could. A file whose fingerprint
    /// cannot be relied on yet is remembered under the inode 0, which no file has, so that it is
    /// read again the next time.
    pub(crate) fn remember(&self, read: Vec<(Fingerprint, ContentHash, Header)>) -> bool {
        if *self.store.access() != Access::Full || self.is_full.load(Ordering::Relaxed) {
            return false;
        }
        let now = SystemTime::now();
        let updates = read.into_iter().map(|(mut fingerprint, content, header)| {
            if Freshness::of(&fingerprint, now) != Freshness::Settled {
                fingerprint.inode = 0;
            }
            AssetUpdate { fingerprint, content: Some(content), header: Some(header) }
        });
        let kept = self.store.update_assets(updates.collect());
        kept.inspect_err(|error| self.not_kept(error)).is_ok()
    }

    /// Returns the variant with this key and its open file, whose bytes are not compared. A variant that was rendered for
    /// looking at is not returned: its bytes may differ from those that an export makes.
    pub(crate) fn find(&self, key: Key) -> Option<(Variant, File)> {
        let variant = logged(self.store.exact_variant(key, SystemTime::now())).flatten()?;
        let file = self.store.open_variant(&variant).ok()?;
        Some((variant, file))
    }

    /// Forgets a variant whose file has other bytes than those that were kept, so that it is
    /// rendered again.
    pub(crate) fn forget_damaged(&self, variant: &Variant) {
        self.store.forget_damaged(variant);
    }
}

fn logged<T>(result: Result<T, StoreError>) -> Option<T> {
    result.map_err(|error| tracing::warn!(%error, "the cache failed; going on without it")).ok()
}
