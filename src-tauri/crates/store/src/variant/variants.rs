//! What is known of variants beside the table.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use cropmark_rules::Key;

use super::{hot, listening::Listening};
use crate::{
    CacheSettings, StoreError,
    database::{Database, Durability},
    table::{counter, variant},
};

/// Variants that are put in their places at once, at most.
pub(super) const PLACES: usize = 256;

/// Times of use that are kept in memory before they are written.
const TOUCHES: usize = 500;

/// What is known of variants beside the table.
#[derive(Debug)]
pub(crate) struct Variants {
    pub(crate) hot: Mutex<hot::Hot>,
    pub(super) hot_variant_bytes: usize,
    /// Times of use that are still to write.
    touched: Mutex<HashMap<Key, i64>>,
    pub(super) hits: AtomicU64,
    pub(super) misses: AtomicU64,
    /// Bytes of all recorded variants.
    pub(crate) bytes: AtomicU64,
    /// Read-locked between a file's renaming and its recording; who removes files without rows
    /// write-locks it.
    pub(crate) recording: RwLock<()>,
    /// Locked while a variant is put in its place, by its key: two results of one key need not be
    /// the same bytes.
    pub(super) placing: Vec<Mutex<()>>,
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
    pub(super) fn hit(&self, key: Key, now_ms: i64) -> bool {
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
