//! What the store knows of assets.

use std::path::{Path, PathBuf};

use cropmark_rules::ContentHash;

use crate::{
    Annotation, Asset, AssetBrief, AssetUpdate, KnownAsset, Store, StoreError,
    database::Durability, table::asset,
};

/// Assets of one transaction: other writers get their turn in between.
const BATCH: usize = 20_000;

/// All assets of a workspace.
#[derive(Debug, Clone, Default)]
pub struct LoadedAssets {
    /// Those that are there, in no particular order.
    pub assets: Vec<KnownAsset>,
    /// Rows that made no sense; their files count as new.
    pub unreadable: usize,
}

impl Store {
    /// The fingerprints of all assets, to be compared with the disk.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn load_assets(&self) -> Result<LoadedAssets, StoreError> {
        let (assets, unreadable) = self.read(asset::all_known)?;
        Ok(LoadedAssets { assets, unreadable })
    }

    /// What lists show of assets: of `count` of them, in the order of their paths from the place
    /// `from` on. Also how many rows that were: fewer than `count` at the end. A row that makes
    /// no sense is left out: its file counts as new.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn load_briefs(
        &self,
        from: usize,
        count: usize,
    ) -> Result<(Vec<AssetBrief>, usize), StoreError> {
        self.read(move |connection| asset::briefs(connection, from, count))
    }

    /// All that is known of one asset.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn asset(&self, path: &Path) -> Result<Option<Asset>, StoreError> {
        let path = path.to_path_buf();
        self.read(move |connection| asset::get(connection, &path))
    }

    /// The assets with this content: duplicates of one another.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn assets_with_content(&self, content: ContentHash) -> Result<Vec<Asset>, StoreError> {
        self.read(move |connection| asset::with_content(connection, content))
    }

    /// Adds new assets and changes known ones. What people said about an asset stays, and comes
    /// along to a new name with the same content.
    ///
    /// # Errors
    /// [`StoreError::UnknownAsset`] for a path that leaves the workspace, before anything is
    /// written; where the index cannot be written, the batches before the failing one are.
    pub fn update_assets(&self, updates: Vec<AssetUpdate>) -> Result<(), StoreError> {
        let outside = updates.iter().find(|update| !asset::is_within(&update.fingerprint.path));
        if let Some(update) = outside {
            return Err(StoreError::UnknownAsset { path: update.fingerprint.path.clone() });
        }
        let mut updates = updates.into_iter();
        loop {
            let batch: Vec<_> = updates.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            self.write(Durability::Process, move |connection| {
                batch.iter().try_for_each(|update| asset::upsert(connection, update))
            })?;
        }
    }

    /// These files are no longer there. What people said about them is kept for their return.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn remove_assets(&self, paths: Vec<PathBuf>) -> Result<(), StoreError> {
        self.write(Durability::Process, move |connection| {
            paths.iter().try_for_each(|path| asset::remove(connection, path))
        })
    }

    /// Sets what people say about an asset; durable when this returns.
    ///
    /// # Errors
    /// [`StoreError::UnknownAsset`]; where the index cannot be written.
    pub fn annotate(&self, path: &Path, annotation: Annotation) -> Result<(), StoreError> {
        let owned = path.to_path_buf();
        let known = self.write(Durability::Durable, move |connection| {
            asset::annotate(connection, &owned, &annotation)
        })?;
        if known { Ok(()) } else { Err(StoreError::UnknownAsset { path: path.to_path_buf() }) }
    }
}

#[cfg(test)]
mod tests;
