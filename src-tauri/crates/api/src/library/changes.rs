//! Keeps the catalogue up to date with the disk: a survey of all files when a workspace is opened,
//! then the changes that the watch reports.

use std::{
    collections::HashSet,
    fs::{self, File},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use cropmark_engine::{
    source::{begins_as_image, is_preset_name, open_source},
    watch::{Change, ListedFile, list_files},
};
use cropmark_rules::has_image_name;
use cropmark_store::{AssetUpdate, Fingerprint};

use super::{AT_ONCE, Library, catalogue::CatalogueEntry};

/// Assets that are taken from the store at a time.
const PAGE: usize = 20_000;

/// The findings of a survey beside the assets.
#[derive(Debug, Default)]
pub(crate) struct Surveyed {
    /// The preset files, relative to the workspace.
    pub(crate) presets: Vec<PathBuf>,
    /// Why the folder could not be listed, if so.
    pub(crate) trouble: Option<String>,
}

impl Library {
    /// Loads the assets that the store knows beside the first ones. Whether any is known. Blocks.
    pub(crate) fn recall(&self) -> bool {
        if let Err(error) = self.load_rest() {
            tracing::warn!(%error, "known assets could not be loaded and are read again");
        }
        !self.catalogue().is_empty()
    }

    /// Lists all files of the workspace, and applies what is new, changed or gone. Blocks.
    pub(crate) fn survey(&self) -> Surveyed {
        let context = &self.inner.context;
        let (mut seen, mut presets) = (HashSet::new(), Vec::new());
        let listed = list_files(context.root(), |file| {
            if file.path.file_name().is_some_and(is_preset_name) {
                presets.push(file.path);
            } else if let Some(id) = self.add(file) {
                seen.insert(id);
            }
            if context.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if context.is_closed() {
            return Surveyed::default();
        }
        let trouble = match listed {
            Ok(unreadable) => {
                let is_hidden = |path: &Path| unreadable.iter().any(|it| path.starts_with(it));
                let missing = self.unseen(|path, id| !seen.contains(&id) && !is_hidden(path));
                self.remove(missing);
                None
            }
            Err(error) => Some(format!("{} cannot be read: {error}", context.root().display())),
        };
        self.catalogue().complete = true;
        self.inner.outbox.completed();
        Surveyed { presets, trouble }
    }

    /// Loads the assets beside the first ones, in pages, so that the catalogue is usable meanwhile.
    fn load_rest(&self) -> Result<(), cropmark_store::StoreError> {
        let mut from = AT_ONCE;
        loop {
            let (briefs, rows) = self.inner.context.store().load_briefs(from, PAGE)?;
            from += rows;
            let mut catalogue = self.catalogue();
            let before = catalogue.unread();
            for brief in briefs {
                if catalogue.find(&brief.fingerprint.path).is_none() {
                    self.inner.outbox.changed(catalogue.put(CatalogueEntry::from(brief)));
                }
            }
            let new = catalogue.unread().saturating_sub(before);
            drop(catalogue);
            self.to_read(new);
            if rows < PAGE || self.inner.context.is_closed() {
                return Ok(());
            }
        }
    }

    /// Applies changes that the watch reported. `everything`: they name all files that there are.
    /// Blocks.
    pub(crate) fn changed(&self, changes: &[Change], everything: bool) {
        let mut seen = HashSet::new();
        let mut gone = Vec::new();
        for change in changes {
            match change {
                Change::Appeared(path) | Change::Changed(path) => {
                    seen.extend(self.add_path(path));
                }
                Change::Gone(path) => gone.push(path.clone()),
                Change::Renamed { from, to } => seen.extend(self.renamed(from, to)),
            }
        }
        if everything {
            // Files that were removed between the survey and the start of the watch.
            gone.extend(self.unseen(|_, id| !seen.contains(&id)));
        }
        self.remove(gone);
    }

    fn add_path(&self, path: &Path) -> Option<u32> {
        let metadata = fs::metadata(self.inner.context.root().join(path)).ok()?;
        let Fingerprint { path, size, mtime_ns, inode } = Fingerprint::of(path.into(), &metadata);
        if !metadata.is_file() || path.file_name().is_some_and(is_preset_name) {
            return None;
        }
        self.add(ListedFile { path, size, modified_ns: mtime_ns, inode })
    }

    /// Adds or updates an existing file. Its number, if it is an asset.
    fn add(&self, file: ListedFile) -> Option<u32> {
        let ListedFile { path, size, modified_ns, inode } = file;
        let fingerprint = Fingerprint { path, size, mtime_ns: modified_ns, inode };
        let known = {
            let catalogue = self.catalogue();
            catalogue.find(&fingerprint.path).and_then(|id| Some((id, catalogue.get(id)?.clone())))
        };
        if let Some((id, _)) = known.as_ref().filter(|(_, entry)| entry.fingerprint == fingerprint)
        {
            return Some(*id);
        }
        let path = self.inner.context.root().join(&fingerprint.path);
        let is_asset = has_image_name(&path) || is_image(&path);
        if !is_asset {
            if known.is_some() {
                self.remove(vec![fingerprint.path]);
            }
            return None;
        }
        let annotation = known.map(|(_, entry)| entry.annotation).unwrap_or_default();
        let id =
            self.catalogue().put(CatalogueEntry { annotation, ..CatalogueEntry::new(fingerprint) });
        self.inner.outbox.changed(id);
        self.inner.outbox.restated(id);
        self.to_read(1);
        Some(id)
    }

    /// Renames an asset. It keeps its number, its content and its annotation.
    fn renamed(&self, from: &Path, to: &Path) -> Option<u32> {
        let is_known = self.catalogue().find(from).is_some();
        let metadata = fs::metadata(self.inner.context.root().join(to)).ok();
        let fingerprint = metadata.map(|metadata| Fingerprint::of(to.into(), &metadata));
        let (true, Some(fingerprint)) = (is_known, fingerprint) else {
            self.remove(vec![from.into()]);
            return self.add_path(to);
        };
        let renamed = self.catalogue().rename(from, fingerprint.clone())?;
        if let Some(replaced) = renamed.replaced {
            self.inner.outbox.removed(replaced);
        }
        self.inner.outbox.changed(renamed.id);
        self.inner.outbox.restated(renamed.id);
        if let Err(error) = self.move_stored(renamed.id, from, fingerprint) {
            tracing::warn!(%error, "a renamed file is not kept under its new name");
        }
        Some(renamed.id)
    }

    /// Moves an asset's row in the store to its new name.
    fn move_stored(
        &self,
        id: u32,
        from: &Path,
        fingerprint: Fingerprint,
    ) -> Result<(), cropmark_store::StoreError> {
        let store = self.inner.context.store();
        if self.inner.context.may_write().is_err() {
            return Ok(());
        }
        let Some(known) = store.asset(from)? else { return Ok(()) };
        let (path, annotation) = (fingerprint.path.clone(), known.annotation);
        let (content, header) = (known.content, known.header);
        store.update_assets(vec![AssetUpdate { fingerprint, content, header }])?;
        if annotation != cropmark_store::Annotation::default() {
            store.annotate(&path, annotation.clone())?;
            if let Some(entry) = self.catalogue().get_mut(id) {
                entry.annotation = annotation;
            }
        }
        store.remove_assets(vec![from.into()])
    }

    /// The paths of assets that were not seen and do not exist.
    fn unseen(&self, is_unseen: impl Fn(&Path, u32) -> bool) -> Vec<PathBuf> {
        let unseen: Vec<PathBuf> = {
            let catalogue = self.catalogue();
            let unseen = catalogue.paths().filter(|(path, id)| is_unseen(path, *id));
            unseen.map(|(path, _)| path.clone()).collect()
        };
        let root = self.inner.context.root();
        // Of a disk that was unplugged, no file counts as removed.
        if !root.is_dir() {
            return Vec::new();
        }
        unseen.into_iter().filter(|path| !root.join(path).is_file()).collect()
    }

    fn remove(&self, paths: Vec<PathBuf>) {
        let mut known = Vec::new();
        for path in paths {
            let removed = self.catalogue().remove(&path);
            if let Some(id) = removed {
                self.inner.outbox.removed(id);
                known.push(path);
            }
        }
        if !known.is_empty() && self.inner.context.may_write().is_ok() {
            let removed = self.inner.context.store().remove_assets(known);
            if let Err(error) = removed {
                tracing::warn!(%error, "files that are gone are not forgotten");
            }
        }
    }
}

/// Whether a file begins with an image's signature; false where it cannot be read.
fn is_image(path: &Path) -> bool {
    let file: Option<std::sync::Arc<File>> = open_source(path).ok();
    file.is_some_and(|file| begins_as_image(&file, path).unwrap_or(false))
}
