//! Finding kept variants, and forgetting what is not what it should be.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::SystemTime,
};

use cropmark_rules::{ContentHash, Key, protocol::Rendered};

use super::{Variant, VariantBytes};
use crate::{
    Store, StoreError,
    database::Durability,
    lock::milliseconds,
    table::variant::{self, VariantRow},
};

impl Store {
    /// The variant with this key, if it is there and whole (its length is checked; its bytes are
    /// when they are loaded or copied). One that is not is forgotten. Counts as a use.
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
            None => self.find_variant(key)?.and_then(|variant| self.load_variant(&variant)),
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

    /// Reads a variant that was found, and keeps it in memory. One that has other bytes than those
    /// that were kept is forgotten.
    #[must_use]
    pub fn load_variant(&self, variant: &Variant) -> Option<VariantBytes> {
        let file = self.open_variant(variant).ok()?;
        let mut bytes = Vec::new();
        file.take(variant.rendered.bytes + 1).read_to_end(&mut bytes).ok()?;
        if ContentHash::of(&bytes) != variant.rendered.hash {
            self.forget_damaged(variant);
            return None;
        }
        let bytes: Arc<[u8]> = bytes.into();
        self.insert_hot(variant.key, &bytes, &variant.rendered);
        Some(VariantBytes { bytes, rendered: variant.rendered.clone() })
    }

    /// Keeps a variant in memory only, for previews that are not worth a file. One of too many
    /// bytes is not kept.
    pub fn insert_hot(&self, key: Key, bytes: &Arc<[u8]>, rendered: &Rendered) {
        if bytes.len() <= self.variants().hot_variant_bytes {
            self.variants().hot().insert(key, Arc::clone(bytes), rendered.clone());
        }
    }

    pub(crate) fn count(&self, key: Key, found: bool, now: SystemTime) {
        let variants = self.variants();
        if !found {
            variants.misses.fetch_add(1, Ordering::Relaxed);
        } else if self.may_write().is_err() {
            // The time of use cannot be recorded, only counted.
            variants.hits.fetch_add(1, Ordering::Relaxed);
        } else if variants.hit(key, milliseconds(now)) {
            // Where this fails, an order of eviction is lost, nothing else.
            let _ = self.flush();
        }
    }

    pub(super) fn find_variant(&self, key: Key) -> Result<Option<Variant>, StoreError> {
        let row = match self.read(move |connection| variant::get(connection, key)) {
            Err(StoreError::Broken { .. }) => {
                self.forget(key, None);
                return Ok(None);
            }
            other => other?,
        };
        let Some(row) = row else { return Ok(None) };
        let found = self.variant_of(row)?;
        let length = self.open_variant(&found).and_then(|file| Ok(file.metadata()?.len()));
        if length.is_ok_and(|length| length == found.rendered.bytes) {
            return Ok(Some(found));
        }
        self.forget_damaged(&found);
        Ok(None)
    }

    /// Opens a variant's file. It stays readable even if it is evicted meanwhile. Its bytes are not
    /// checked.
    ///
    /// # Errors
    /// Where it was evicted just before: then it is to be rendered again.
    pub fn open_variant(&self, variant: &Variant) -> io::Result<File> {
        self.variants_root()?.open_regular(&variant.path)
    }

    /// Forgets a variant whose file is not what was kept, so that it is rendered again.
    pub fn forget_damaged(&self, variant: &Variant) {
        tracing::warn!(key = %variant.key, "a damaged variant is rendered again");
        self.forget(variant.key, Some((&variant.path, variant.rendered.bytes)));
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
            self.variants().listening.report(key, None);
        }
        if let (Ok(()), Some((path, bytes))) = (gone, file) {
            let _ = self.variants_root().and_then(|root| root.remove_file(path));
            self.subtract(bytes);
        }
    }

    pub(crate) fn subtract(&self, bytes: u64) {
        let update = |sum: u64| Some(sum.saturating_sub(bytes));
        let _ = self.variants().bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update);
    }
}
