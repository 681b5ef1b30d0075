//! The table of assets: their numbers, fingerprints, states and annotations. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use cropmark_engine::source::asset_text;
use cropmark_rules::{ContentHash, Fault};
use cropmark_store::{Annotation, AssetBrief, Fingerprint, PictureBrief};

use crate::model::{self, AssetState, FocalPoint};

/// One asset.
#[derive(Debug, Clone)]
pub(super) struct CatalogueEntry {
    pub(super) fingerprint: Fingerprint,
    /// The hash of the content that the file with this fingerprint has.
    pub(super) content: Option<ContentHash>,
    pub(super) state: State,
    pub(super) annotation: Annotation,
}

/// Whether an asset was read.
#[derive(Debug, Clone)]
pub(super) enum State {
    Waiting,
    Ready(PictureBrief),
    Unreadable(Fault),
}

impl CatalogueEntry {
    /// An asset that was just found.
    pub(super) fn new(fingerprint: Fingerprint) -> Self {
        let annotation = Annotation::default();
        Self { fingerprint, content: None, state: State::Waiting, annotation }
    }

    /// The part of its URLs that changes with its content.
    pub(super) fn version(&self) -> String {
        version(&self.fingerprint)
    }

    pub(super) fn is_unreadable(&self) -> bool {
        matches!(self.state, State::Unreadable(_))
    }

    fn to_model(&self, id: u32) -> model::Asset {
        let texts = &self.annotation.texts;
        model::Asset {
            id,
            path: asset_text(&self.fingerprint.path),
            version: self.version(),
            bytes: self.fingerprint.size,
            changed_ms: self.fingerprint.mtime_ns.div_euclid(1_000_000),
            state: match &self.state {
                State::Waiting => AssetState::Waiting {},
                State::Ready(picture) => {
                    let (width, height) = upright(picture);
                    AssetState::Ready {
                        format: picture.format.name().to_owned(),
                        width,
                        height,
                        frames: picture.frames,
                        alpha: picture.alpha,
                    }
                }
                State::Unreadable(fault) => AssetState::Unreadable {
                    code: fault.code.name().to_owned(),
                    message: fault.message.clone(),
                },
            },
            focal: self.annotation.focal.map(FocalPoint::from),
            crops: self
                .annotation
                .crops
                .iter()
                .map(|(name, frame)| (name.clone(), (*frame).into()))
                .collect(),
            faces: self
                .annotation
                .faces
                .as_ref()
                .map(|faces| faces.iter().copied().map(Into::into).collect()),
            marks: self.annotation.marks.iter().cloned().collect(),
            title: Some(texts.title.clone()).filter(|text| !text.is_empty()),
            alt: Some(texts.alt.clone()).filter(|text| !text.is_empty()),
            rating: match &self.state {
                State::Ready(picture) => picture.rating,
                _ => None,
            },
        }
    }
}

impl From<AssetBrief> for CatalogueEntry {
    fn from(brief: AssetBrief) -> Self {
        let AssetBrief { fingerprint, content, picture, annotation } = brief;
        let state = picture.map_or(State::Waiting, State::Ready);
        Self { fingerprint, content, state, annotation }
    }
}

/// A hash that changes whenever the file is written to or replaced.
pub(super) fn version(fingerprint: &Fingerprint) -> String {
    let Fingerprint { size, mtime_ns, inode, .. } = fingerprint;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&size.to_le_bytes()).update(&mtime_ns.to_le_bytes()).update(&inode.to_le_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}

fn upright(picture: &PictureBrief) -> (u32, u32) {
    let PictureBrief { width, height, orientation, .. } = *picture;
    if orientation >= 5 { (height, width) } else { (width, height) }
}

/// All assets.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// By number; a number is never given twice.
    entries: Vec<Option<CatalogueEntry>>,
    by_path: BTreeMap<PathBuf, u32>,
    /// The assets that wait to be read.
    unread: BTreeSet<u32>,
    /// Whether the whole folder is listed.
    pub(super) complete: bool,
}

impl Catalogue {
    /// Adds an asset, or replaces the one with its path. Returns its number.
    pub(super) fn put(&mut self, entry: CatalogueEntry) -> u32 {
        let path = &entry.fingerprint.path;
        let is_unread = matches!(entry.state, State::Waiting);
        let id = if let Some(id) = self.by_path.get(path) {
            *id
        } else {
            let id = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            self.by_path.insert(path.clone(), id);
            self.entries.push(None);
            id
        };
        if is_unread {
            self.unread.insert(id);
        } else {
            self.unread.remove(&id);
        }
        if let Some(place) = self.entries.get_mut(id as usize) {
            *place = Some(entry);
        }
        id
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    pub(super) fn get(&self, id: u32) -> Option<&CatalogueEntry> {
        self.entries.get(id as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut CatalogueEntry> {
        self.entries.get_mut(id as usize)?.as_mut()
    }

    pub(super) fn find(&self, path: &Path) -> Option<u32> {
        self.by_path.get(path).copied()
    }

    pub(super) fn remove(&mut self, path: &Path) -> Option<u32> {
        let id = self.by_path.remove(path)?;
        self.unread.remove(&id);
        if let Some(entry) = self.entries.get_mut(id as usize) {
            *entry = None;
        }
        Some(id)
    }

    /// Gives an asset another path; it keeps its number. The asset that had the path is removed.
    pub(super) fn rename(&mut self, from: &Path, to: Fingerprint) -> Option<Renamed> {
        let replaced = if from == to.path { None } else { self.remove(&to.path) };
        let id = self.by_path.remove(from)?;
        self.by_path.insert(to.path.clone(), id);
        self.get_mut(id)?.fingerprint = to;
        Some(Renamed { id, replaced })
    }

    /// All numbers, in the order of the paths.
    pub(super) fn ids(&self) -> Vec<u32> {
        self.by_path.values().copied().collect()
    }

    /// The assets at and below this path.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&PathBuf, u32)> {
        self.by_path.iter().map(|(path, id)| (path, *id))
    }

    pub(super) fn model(&self, id: u32) -> Option<model::Asset> {
        self.get(id).map(|entry| entry.to_model(id))
    }

    /// Sets content and state of an asset, unless its file has changed since it was read. Returns
    /// whether they were set.
    pub(super) fn update(
        &mut self,
        id: u32,
        fingerprint: &Fingerprint,
        content: Option<ContentHash>,
        state: State,
    ) -> bool {
        let Some(entry) = self.get_mut(id).filter(|entry| entry.fingerprint == *fingerprint) else {
            return false;
        };
        entry.content = content;
        entry.state = state;
        self.unread.remove(&id);
        true
    }

    /// Marks an asset to be read again; its state stays.
    pub(super) fn mark_unread(&mut self, id: u32) {
        if self.get(id).is_some() {
            self.unread.insert(id);
        }
    }

    /// Takes the next asset to be read: the first of these that waits, else any.
    pub(super) fn take_unread(&mut self, first: &[u32]) -> Option<u32> {
        let preferred = first.iter().find(|id| self.unread.contains(id)).copied();
        let id = preferred.or_else(|| self.unread.first().copied())?;
        self.unread.remove(&id);
        Some(id)
    }

    pub(super) fn unread(&self) -> usize {
        self.unread.len()
    }
}

/// The effect of a renaming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Renamed {
    pub(super) id: u32,
    /// The asset that had the name before.
    pub(super) replaced: Option<u32>,
}

#[cfg(test)]
mod tests {
    use cropmark_rules::FaultCode;

    use super::*;

    fn fingerprint(path: &str, size: u64) -> Fingerprint {
        Fingerprint { path: path.into(), size, mtime_ns: 5_000_000, inode: 1 }
    }

    fn catalogue(paths: &[&str]) -> Catalogue {
        let mut catalogue = Catalogue::default();
        for path in paths {
            catalogue.put(CatalogueEntry::new(fingerprint(path, 1)));
        }
        catalogue
    }

    #[test]
    fn numbers_stay_and_are_never_given_twice() {
        let mut catalogue = catalogue(&["b", "a", "c"]);
        assert_eq!(catalogue.ids(), [1, 0, 2], "in the order of the paths");
        assert_eq!(catalogue.put(CatalogueEntry::new(fingerprint("a", 2))), 1);
        assert_eq!(catalogue.remove(Path::new("c")), Some(2));
        assert_eq!(catalogue.put(CatalogueEntry::new(fingerprint("c", 1))), 3);
        assert!(catalogue.get(2).is_none());
        let renamed = catalogue.rename(Path::new("a"), fingerprint("b", 2));
        assert_eq!(renamed, Some(Renamed { id: 1, replaced: Some(0) }));
        assert_eq!(catalogue.find(Path::new("b")), Some(1));
        assert_eq!(catalogue.ids(), [1, 3]);
    }

    #[test]
    fn what_was_learnt_of_another_content_does_not_count() {
        let mut catalogue = catalogue(&["a"]);
        let old = fingerprint("a", 1);
        let before = catalogue.model(0).unwrap();
        assert_eq!((before.version.len(), before.changed_ms), (16, 5));
        catalogue.put(CatalogueEntry::new(fingerprint("a", 2)));
        let broken = || State::Unreadable(Fault::new(FaultCode::Unreadable, "broken"));
        assert!(!catalogue.update(0, &old, None, broken()));
        assert_eq!(catalogue.unread(), 1);
        assert_ne!(catalogue.model(0).unwrap().version, before.version);
        assert!(catalogue.update(0, &fingerprint("a", 2), None, broken()));
        assert!(matches!(catalogue.model(0).unwrap().state, AssetState::Unreadable { .. }));
        assert_eq!(catalogue.unread(), 0);
    }

    #[test]
    fn those_on_the_screen_are_looked_into_first() {
        let mut catalogue = catalogue(&["a", "b", "c"]);
        assert_eq!(catalogue.take_unread(&[7, 2, 0]), Some(2));
        assert_eq!(catalogue.take_unread(&[2]), Some(0));
        assert_eq!(catalogue.take_unread(&[2]), Some(1));
        assert_eq!(catalogue.take_unread(&[]), None);
        catalogue.mark_unread(1);
        assert_eq!(catalogue.take_unread(&[]), Some(1));
    }
}
