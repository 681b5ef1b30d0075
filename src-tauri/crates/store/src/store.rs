//! A workspace on the disk, opened.

use std::{io, path::PathBuf, sync::Arc};

use rusqlite::Connection;
use serde_json::Value;

use crate::{
    Access, CacheSettings, Layout, StoreError,
    atomic::Root,
    database::{Database, Durability},
    lock::Lock,
    seal::Seal,
    table::setting,
    variant::Variants,
};

/// An opened workspace: assets, variants, export runs, settings. A cheap handle for any thread;
/// when the last one is dropped, the index is closed and the lock given back.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    layout: Layout,
    access: Access,
    settings: CacheSettings,
    variants: Variants,
    /// The folder of variants; `None` where there is none, and none can be made.
    variants_root: Option<Arc<Root>>,
    database: Database,
    /// Given back last, when the index is closed.
    _lock: Option<Lock>,
}

impl Store {
    pub(crate) fn assemble(
        layout: Layout,
        access: Access,
        settings: CacheSettings,
        database: Database,
        variants: Variants,
        lock: Option<Lock>,
    ) -> Self {
        let variants_root = Root::open(&layout.variants()).ok().map(Arc::new);
        let inner =
            Inner { variants_root, layout, access, settings, variants, database, _lock: lock };
        Self { inner: Arc::new(inner) }
    }

    /// What this process may do.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.inner.access
    }

    /// Where what lies.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.inner.layout
    }

    /// How variants are kept.
    #[must_use]
    pub fn settings(&self) -> &CacheSettings {
        &self.inner.settings
    }

    /// Whether finished variants are kept on the disk: by setting, and with full access.
    #[must_use]
    pub fn keeps_variants(&self) -> bool {
        self.inner.settings.store_generated && self.inner.access == Access::Full
    }

    pub(crate) fn variants(&self) -> &Variants {
        &self.inner.variants
    }

    /// The folder of variants, which no name leads out of.
    pub(crate) fn variants_root(&self) -> io::Result<&Arc<Root>> {
        self.inner.variants_root.as_ref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.inner.database.path().to_path_buf()
    }

    /// By which rows and files are known to be the user's.
    pub(crate) fn seal(&self) -> &Seal {
        self.inner.database.seal()
    }

    /// Sorts an error of the index.
    pub(crate) fn sort(&self, error: rusqlite::Error) -> StoreError {
        self.inner.database.sort(error)
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.database.read(work)
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.may_write()?;
        self.inner.database.write(durability, work)
    }

    pub(crate) fn may_write(&self) -> Result<(), StoreError> {
        match &self.inner.access {
            Access::Full => Ok(()),
            Access::ReadOnly(reason) => Err(StoreError::ReadOnly(reason.clone())),
        }
    }

    /// A setting of this workspace.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn setting(&self, name: &str) -> Result<Option<Value>, StoreError> {
        let name = name.to_owned();
        self.read(move |connection| setting::get(connection, &name))
    }

    /// Changes a setting of this workspace; `None` removes it.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn set_setting(&self, name: &str, value: Option<Value>) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.write(Durability::Durable, move |connection| match value {
            Some(value) => setting::set(connection, &name, &value),
            None => setting::remove(connection, &name),
        })
    }

    /// Writes what is only kept in memory for a while: times of use, hits and misses. Call it
    /// now and then; dropping the last handle does it too.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn flush(&self) -> Result<(), StoreError> {
        match self.inner.access {
            Access::Full => self.inner.variants.flush(&self.inner.database),
            Access::ReadOnly(_) => Ok(()),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.access == Access::Full {
            // What is lost here is the order of eviction, nothing else.
            let _ = self.variants.flush(&self.database);
        }
    }
}
