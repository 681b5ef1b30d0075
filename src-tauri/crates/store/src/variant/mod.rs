//! Finished variants: files named after their keys, a row for each, the small ones that are in
//! use in memory too.
//!
//! A file gets its name before its row, and loses its row before its name: only a recorded
//! variant is found.

pub(crate) mod attribute;
mod evict;
pub(crate) mod files;
mod hot;
mod insert;

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use cropmark_rules::{ContentHash, Key, protocol::Rendered};

pub use insert::{Inserted, InsertedGroup, NewVariant};

use crate::{
    CacheSettings, Store, StoreError,
    database::{Database, Durability},
    lock::milliseconds,
    outcomes::Listening,
    table::{
        counter,
        variant::{self, VariantRow},
    },
};

/// Variants that are put in their places at once, at most.
const PLACES: usize = 256;

/// Times of use that are kept in memory before they are written.
const TOUCHES: usize = 500;

/// A finished variant on the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// By what it is known.
    pub key: Key,
    /// The extension of its file, without a dot.
    pub extension: String,
    /// Where it lies. Read it, never write to it.
    pub path: PathBuf,
    /// What it is.
    pub rendered: Rendered,
    /// Whether it was made to be looked at; see [`Store::insert_look`].
    pub is_look: bool,
}

impl Variant {
    /// Opens its file. It stays readable even if it is evicted meanwhile.
    ///
    /// # Errors
    /// Where it was evicted just before: then it is to be rendered again.
    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }
}

/// A finished variant in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantBytes {
    /// The file's content.
    pub bytes: Arc<[u8]>,
    /// What it is.
    pub rendered: Rendered,
}

/// What is known of variants beside the table.
#[derive(Debug)]
pub(crate) struct Variants {
    pub(crate) hot: Mutex<hot::Hot>,
    hot_variant_bytes: usize,
    /// Times of use that are still to write.
    touched: Mutex<HashMap<Key, i64>>,
    hits: AtomicU64,
    misses: AtomicU64,
    /// Bytes of all recorded variants.
    pub(crate) bytes: AtomicU64,
    /// Read-locked between a file's renaming and its recording; who removes files without rows
    /// write-locks it.
    pub(crate) recording: RwLock<()>,
    /// Locked while a variant is put in its place, by its key: two results of one key need not be
    /// the same bytes.
    placing: Vec<Mutex<()>>,
    pub(crate) listening: Listening,
}

impl Variants {
    pub(crate) fn new(settings: &CacheSettings, bytes: u64) -> Self {
        Self {
            hot: Mutex::new(hot::Hot::new(settings.hot_bytes)),
            hot_variant_bytes: settings.hot_variant_bytes,
            touched: Mutex::default(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            bytes: AtomicU64::new(bytes),
            recording: RwLock::new(()),
            placing: std::iter::repeat_with(Mutex::default).take(PLACES).collect(),
            listening: Listening::default(),
        }
    }

    pub(crate) fn hot(&self) -> MutexGuard<'_, hot::Hot> {
        self.hot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hits and misses that are not yet in the table.
    pub(crate) fn uncounted(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    /// Marks a use. Returns whether it is time to write them.
    fn hit(&self, key: Key, now_ms: i64) -> bool {
        self.hits.fetch_add(1, Ordering::Relaxed);
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        touched.insert(key, now_ms);
        touched.len() >= TOUCHES
    }

    pub(crate) fn flush(&self, database: &Database) -> Result<(), StoreError> {
        let touched =
            std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner));
        let hits = self.hits.swap(0, Ordering::Relaxed);
        let misses = self.misses.swap(0, Ordering::Relaxed);
        if touched.is_empty() && hits + misses == 0 {
            return Ok(());
        }
        database.write(Durability::Process, move |connection| {
            for (key, now_ms) in &touched {
                variant::touch(connection, *key, *now_ms)?;
            }
            counter::add(connection, counter::HITS, hits)?;
            counter::add(connection, counter::MISSES, misses)
        })
    }
}

impl Store {
    /// The variant with this key, if it is there and whole (its length is checked; `verify`
    /// checks every byte). One that is not is forgotten. Counts as a use.
    ///
    /// # Errors
    /// Where the index cannot be read. A missing variant is no error.
    pub fn variant(&self, key: Key, now: SystemTime) -> Result<Option<Variant>, StoreError> {
        let found = self.find_variant(key)?;
        self.count(key, found.is_some(), now);
        Ok(found)
    }

    /// The content of the variant with this key: from memory, else from the disk, and then kept
    /// in memory if it is small. Counts as a use.
    ///
    /// # Errors
    /// Where the index cannot be read. A missing variant is no error.
    pub fn variant_bytes(
        &self,
        key: Key,
        now: SystemTime,
    ) -> Result<Option<VariantBytes>, StoreError> {
        let hot = self.variants().hot().get(key);
        let found = match hot {
            Some((bytes, rendered)) => Some(VariantBytes { bytes, rendered }),
            None => self.find_variant(key)?.and_then(|variant| self.load(variant)),
        };
        self.count(key, found.is_some(), now);
        Ok(found)
    }

    /// As [`Store::variant`], those aside that were made to be looked at.
    ///
    /// # Errors
    /// As there.
    pub fn exact_variant(&self, key: Key, now: SystemTime) -> Result<Option<Variant>, StoreError> {
        let found = self.find_variant(key)?.filter(|variant| !variant.is_look);
        self.count(key, found.is_some(), now);
        Ok(found)
    }

    fn load(&self, variant: Variant) -> Option<VariantBytes> {
        let bytes: Arc<[u8]> = fs::read(&variant.path).ok()?.into();
        if bytes.len() as u64 != variant.rendered.bytes {
            return None;
        }
        self.insert_hot(variant.key, &bytes, &variant.rendered);
        Some(VariantBytes { bytes, rendered: variant.rendered })
    }

    /// Keeps a variant in memory only, for previews that are not worth a file. One of too many
    /// bytes is not kept.
    pub fn insert_hot(&self, key: Key, bytes: &Arc<[u8]>, rendered: &Rendered) {
        if bytes.len() <= self.variants().hot_variant_bytes {
            self.variants().hot().insert(key, Arc::clone(bytes), rendered.clone());
        }
    }

    fn count(&self, key: Key, found: bool, now: SystemTime) {
        let variants = self.variants();
        if !found {
            variants.misses.fetch_add(1, Ordering::Relaxed);
        } else if self.may_write().is_err() {
            // Nobody will write down when it was used.
            variants.hits.fetch_add(1, Ordering::Relaxed);
        } else if variants.hit(key, milliseconds(now)) {
            // Where this fails, an order of eviction is lost, nothing else.
            let _ = self.flush();
        }
    }

    fn find_variant(&self, key: Key) -> Result<Option<Variant>, StoreError> {
        let row = match self.read(move |connection| variant::get(connection, key)) {
            Err(StoreError::Broken { .. }) => {
                self.forget(key, None);
                return Ok(None);
            }
            other => other?,
        };
        let Some(row) = row else { return Ok(None) };
        let found = self.variant_of(row)?;
        let Variant { path, rendered, .. } = &found;
        let whole = fs::symlink_metadata(path)
            .is_ok_and(|metadata| metadata.is_file() && metadata.len() == rendered.bytes);
        if whole {
            return Ok(Some(found));
        }
        self.forget(found.key, Some((path, rendered.bytes)));
        Ok(None)
    }

    /// A row with the name of its file.
    pub(crate) fn variant_of(&self, row: VariantRow) -> Result<Variant, StoreError> {
        let VariantRow { key, extension, rendered, is_look, .. } = row;
        let path = self.layout().variant(key, &extension)?;
        Ok(Variant { key, extension, path, rendered, is_look })
    }

    /// Forgets a variant that is not what it should be: its row, then its file.
    pub(crate) fn forget(&self, key: Key, file: Option<(&Path, u64)>) {
        if self.may_write().is_err() {
            return;
        }
        let gone =
            self.write(Durability::Process, move |connection| variant::remove(connection, key));
        self.variants().hot().remove(key);
        if gone.is_ok() {
            self.variants().listening.tell(key, None);
        }
        if let (Ok(()), Some((path, bytes))) = (gone, file) {
            let _ = fs::remove_file(path);
            self.subtract(bytes);
        }
    }

    pub(crate) fn subtract(&self, bytes: u64) {
        let update = |sum: u64| Some(sum.saturating_sub(bytes));
        let _ = self.variants().bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update);
    }
}

/// The hash of a file's content from its beginning, showing the bytes on the way.
pub(crate) fn hash(file: &File, mut see: impl FnMut(&[u8])) -> io::Result<ContentHash> {
    let mut file = file;
    io::Seek::rewind(&mut file)?;
    let (mut hasher, mut buffer) = (blake3::Hasher::new(), vec![0; 128 << 10]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finalize().into()),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                see(&buffer[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
#[path = "variant_tests.rs"]
pub(crate) mod tests;
