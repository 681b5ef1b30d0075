//! Keeping the table like the disk: one look at everything when a workspace is opened, then what
//! the watch tells.

use std::{
    collections::HashSet,
    fs::{self, File},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use cropmark_engine::{
    export::{begins_as_image, is_preset_name, open_source},
    watch::{Change, SeenFile, survey},
};
use cropmark_store::{AssetUpdate, Fingerprint};

use super::{AT_ONCE, Library, catalogue::Entry};

/// Assets that are taken from the store at a time.
const PAGE: usize = 20_000;

/// How images are called. A broken one with such a name is shown, with what is wrong with it;
/// one with another name is only a file.
const EXTENSIONS: [&str; 22] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "avif", "gif", "tif", "tiff", "bmp",
    "dib", "svg", "heic", "heif", "jxl", "jp2", "psd", "exr", "hdr", "qoi",
];

/// What a look at everything has found beside the assets.
#[derive(Debug, Default)]
pub(crate) struct Surveyed {
    /// The preset files, relative to the workspace.
    pub(crate) presets: Vec<PathBuf>,
    /// Why the folder could not be looked at, if so.
    pub(crate) trouble: Option<String>,
}

impl Library {
    /// Takes in what the store knows beside the first assets. Whether anything is known. Blocks.
    pub(crate) fn recall(&self) -> bool {
        if let Err(error) = self.load_rest() {
            tracing::warn!(%error, "assets that were known are looked at anew");
        }
        !self.catalogue().is_empty()
    }

    /// Looks at all files of the workspace, and takes in what is new, changed or gone. Blocks.
    pub(crate) fn survey(&self) -> Surveyed {
        let ground = &self.inner.ground;
        let (mut seen, mut presets) = (HashSet::new(), Vec::new());
        let looked = survey(ground.root(), |file| {
            if file.path.file_name().is_some_and(is_preset_name) {
                presets.push(file.path);
            } else if let Some(id) = self.look_at(file) {
                seen.insert(id);
            }
            if ground.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if ground.is_closed() {
            return Surveyed::default();
        }
        let trouble = match looked {
            Ok(unreadable) => {
                let is_hidden = |path: &Path| unreadable.iter().any(|it| path.starts_with(it));
                let missing = self.unseen(|path, id| !seen.contains(&id) && !is_hidden(path));
                self.remove(missing);
                None
            }
            Err(error) => Some(format!("{} cannot be read: {error}", ground.root().display())),
        };
        self.catalogue().complete = true;
        self.inner.outbox.completed();
        Surveyed { presets, trouble }
    }

    /// Takes in what the store knows beside the first assets, in pieces: others use it meanwhile.
    fn load_rest(&self) -> Result<(), cropmark_store::StoreError> {
        let mut from = AT_ONCE;
        loop {
            let (briefs, rows) = self.inner.ground.store().load_briefs(from, PAGE)?;
            from += rows;
            let mut catalogue = self.catalogue();
            let before = catalogue.unread();
            for brief in briefs {
                if catalogue.find(&brief.fingerprint.path).is_none() {
                    self.inner.outbox.changed(catalogue.put(Entry::from(brief)));
                }
            }
            let new = catalogue.unread().saturating_sub(before);
            drop(catalogue);
            self.to_read(new);
            if rows < PAGE || self.inner.ground.is_closed() {
                return Ok(());
            }
        }
    }

    /// Takes in what the watch has told. `everything`: it has told of all files that there are.
    /// Blocks.
    pub(crate) fn changed(&self, changes: &[Change], everything: bool) {
        let mut seen = HashSet::new();
        let mut gone = Vec::new();
        for change in changes {
            match change {
                Change::Appeared(path) | Change::Changed(path) => {
                    seen.extend(self.look_at_path(path));
                }
                Change::Gone(path) => gone.push(path.clone()),
                Change::Renamed { from, to } => seen.extend(self.renamed(from, to)),
            }
        }
        if everything {
            // Only what went between the first look and the watch's.
            gone.extend(self.unseen(|_, id| !seen.contains(&id)));
        }
        self.remove(gone);
    }

    fn look_at_path(&self, path: &Path) -> Option<u32> {
        let metadata = fs::metadata(self.inner.ground.root().join(path)).ok()?;
        let Fingerprint { path, size, mtime_ns, inode } = Fingerprint::of(path.into(), &metadata);
        if !metadata.is_file() || path.file_name().is_some_and(is_preset_name) {
            return None;
        }
        self.look_at(SeenFile { path, size, modified_ns: mtime_ns, inode })
    }

    /// Takes in a file that is there. Its number, if it is an asset.
    fn look_at(&self, file: SeenFile) -> Option<u32> {
        let SeenFile { path, size, modified_ns, inode } = file;
        let fingerprint = Fingerprint { path, size, mtime_ns: modified_ns, inode };
        let known = {
            let catalogue = self.catalogue();
            catalogue.find(&fingerprint.path).and_then(|id| Some((id, catalogue.get(id)?.clone())))
        };
        if let Some((id, _)) = known.as_ref().filter(|(_, entry)| entry.fingerprint == fingerprint)
        {
            return Some(*id);
        }
        let path = self.inner.ground.root().join(&fingerprint.path);
        let is_asset = is_called_image(&path) || is_image(&path);
        if !is_asset {
            if known.is_some() {
                self.remove(vec![fingerprint.path]);
            }
            return None;
        }
        let annotation = known.map(|(_, entry)| entry.annotation).unwrap_or_default();
        let id = self.catalogue().put(Entry { annotation, ..Entry::new(fingerprint) });
        self.inner.outbox.changed(id);
        self.inner.outbox.restated(id);
        self.to_read(1);
        Some(id)
    }

    /// Takes in that a file has another name. It keeps its number, its content and what people
    /// said about it.
    fn renamed(&self, from: &Path, to: &Path) -> Option<u32> {
        let is_known = self.catalogue().find(from).is_some();
        let metadata = fs::metadata(self.inner.ground.root().join(to)).ok();
        let fingerprint = metadata.map(|metadata| Fingerprint::of(to.into(), &metadata));
        let (true, Some(fingerprint)) = (is_known, fingerprint) else {
            self.remove(vec![from.into()]);
            return self.look_at_path(to);
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

    /// The store takes what people said about a content to its new name.
    fn move_stored(
        &self,
        id: u32,
        from: &Path,
        fingerprint: Fingerprint,
    ) -> Result<(), cropmark_store::StoreError> {
        let store = self.inner.ground.store();
        if self.inner.ground.may_write().is_err() {
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

    /// The assets that were not seen and are not there.
    fn unseen(&self, is_unseen: impl Fn(&Path, u32) -> bool) -> Vec<PathBuf> {
        let unseen: Vec<PathBuf> = {
            let catalogue = self.catalogue();
            let unseen = catalogue.paths().filter(|(path, id)| is_unseen(path, *id));
            unseen.map(|(path, _)| path.clone()).collect()
        };
        let root = self.inner.ground.root();
        // A workspace that was unplugged has not lost its files.
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
        if !known.is_empty() && self.inner.ground.may_write().is_ok() {
            let removed = self.inner.ground.store().remove_assets(known);
            if let Err(error) = removed {
                tracing::warn!(%error, "files that are gone are not forgotten");
            }
        }
    }
}

/// Whether a file's name says that it is an image.
pub(crate) fn is_called_image(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|it| EXTENSIONS.iter().any(|known| it.eq_ignore_ascii_case(known)))
}

/// Whether a file begins as an image does. One that cannot be read and is not called one is none.
pub(crate) fn is_image(path: &Path) -> bool {
    let file: Option<std::sync::Arc<File>> = open_source(path).ok();
    file.is_some_and(|file| begins_as_image(&file).unwrap_or(false))
}
