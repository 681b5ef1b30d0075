//! Which files a run takes: those that are named, and those of a named folder that begin as
//! images do or are called like one.
//!
//! Hidden names and the run's own results are passed over. Symbolic links are followed as long as
//! they stay below the folder; one that leads out of it is a row. A loop of them ends. The order is
//! that of the names given and, in a folder, of its sorted names, whatever order the file system has.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Component, Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use cropmark_rules::{Fault, FaultCode};
use cropmark_store::path_json;
use serde::{Deserialize, Serialize};
use walkdir::{DirEntry, WalkDir};

use crate::source::{
    open::{self, Identity},
    signature,
    url::{RemoteUrl, is_url, shown_text},
};

/// How the names of preset files end.
const PRESET_SUFFIX: &[u8] = b".preset.toml";

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Files and folders, and URLs.
    pub places: Vec<PathBuf>,
    /// A folder that is not read, where it lies below one of the places: the results'.
    pub excluded: Option<PathBuf>,
    /// The folder that rules' path patterns are about, where it is not simply the place given:
    /// an opened workspace.
    pub base: Option<PathBuf>,
    /// Folders that are not read where the results' folder is one of the places itself: those
    /// that results go to.
    pub excluded_names: BTreeSet<OsString>,
    /// Whether links are followed that lead out of a place.
    pub follow_links: bool,
}

/// A file to render.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Found {
    /// Where it is: a name that was given, or one below it; of a URL, what is shown of it.
    #[serde(with = "path_json")]
    pub path: PathBuf,
    /// The URL that it is fetched from, if it is no file here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteUrl>,
    /// Its path below the given folder; of a file named by itself, its file name; of a URL, host
    /// and path.
    #[serde(with = "path_json")]
    pub relative: PathBuf,
    /// The path that rules' patterns are about: below [`Search::base`] where it lies there, else
    /// below the given folder; of a file named by itself, as it was named, if that is below the
    /// current folder.
    #[serde(with = "path_json")]
    pub asset: PathBuf,
    /// Whether it was named by itself. Such a file has a row in any case.
    pub named: bool,
    /// What the system knows it by; `None` where it cannot be looked at.
    #[serde(skip)]
    pub identity: Option<Identity>,
    /// Why it cannot be rendered, where that is known already.
    pub fault: Option<Fault>,
}

/// Finds the files, until `stop` is set.
#[must_use]
pub fn discover(search: &Search, stop: &AtomicBool) -> Vec<Found> {
    let mut collection = Collection::default();
    let base = search.base.as_ref().and_then(|base| base.canonicalize().ok());
    let excluded = search.excluded.as_ref().and_then(|path| fs::metadata(path).ok());
    let excluded = excluded.map(|metadata| Identity::of(&metadata));
    for place in &search.places {
        if let Some(text) = place.to_str().filter(|_| is_url(place)) {
            collection.add_remote(text);
            continue;
        }
        match fs::metadata(place) {
            Ok(metadata) if metadata.is_dir() => {
                let identity = Identity::of(&metadata);
                let is_excluded = excluded == Some(identity);
                let prefix = below(base.as_deref(), place).unwrap_or_default();
                let resolved = place.canonicalize().unwrap_or_else(|_| place.clone());
                let root = place;
                let folder =
                    Folder { root, resolved, identity, prefix, excluded, is_excluded, search };
                folder.walk(&mut collection, stop);
            }
            Ok(metadata) => collection.add(Found {
                identity: Some(Identity::of(&metadata)),
                ..named(place, base.as_deref(), None)
            }),
            Err(error) => {
                collection.add(named(place, base.as_deref(), Some(open::opening(&error))));
            }
        }
    }
    collection.found
}

fn named(path: &Path, base: Option<&Path>, fault: Option<Fault>) -> Found {
    let relative = PathBuf::from(path.file_name().unwrap_or(path.as_os_str()));
    let asset = below(base, path).or_else(|| plain(path)).unwrap_or_else(|| relative.clone());
    let path = path.to_owned();
    Found { path, remote: None, relative, asset, named: true, identity: None, fault }
}

/// A source that is named by a URL. One that cannot be fetched has a row that says so.
fn at_url(text: &str) -> Found {
    let (path, remote, relative, fault) = match RemoteUrl::parse(text) {
        Ok(url) => (url.shown(), Some(url.clone()), url.relative_path(), None),
        Err(fault) => (shown_text(text), None, PathBuf::from("unnamed"), Some(fault)),
    };
    let (path, asset) = (path.into(), relative.clone());
    Found { path, remote, relative, asset, named: true, identity: None, fault }
}

/// A path as seen from `base`, if it lies below.
fn below(base: Option<&Path>, path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()?.strip_prefix(base?).ok().map(Path::to_owned)
}

/// A relative path that leads nowhere upwards, without its dots.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => plain.push(name),
            _ => return None,
        }
    }
    Some(plain)
}

/// What was found; the same file under the same relative name is there once.
#[derive(Default)]
struct Collection {
    found: Vec<Found>,
    seen: HashMap<(Identity, PathBuf), usize>,
    urls: HashSet<RemoteUrl>,
    /// How many URLs are shown alike.
    shown: HashMap<PathBuf, u32>,
}

impl Collection {
    /// Adds a URL. One whose secret part alone differs from an earlier one's gets a number, so that
    /// rows tell them apart.
    fn add_remote(&mut self, text: &str) {
        let mut found = at_url(text);
        if found.remote.as_ref().is_some_and(|url| !self.urls.insert(url.clone())) {
            return;
        }
        let alike = self.shown.entry(found.path.clone()).or_default();
        *alike += 1;
        if *alike > 1 {
            found.path = format!("{}#{alike}", found.path.display()).into();
        }
        self.found.push(found);
    }

    fn add(&mut self, found: Found) {
        if let Some(identity) = found.identity {
            let next = self.found.len();
            let first = *self.seen.entry((identity, found.relative.clone())).or_insert(next);
            if first != next {
                self.found[first].named |= found.named;
                return;
            }
        }
        self.found.push(found);
    }
}

/// One folder that was given.
struct Folder<'a> {
    root: &'a Path,
    /// The root without links.
    resolved: PathBuf,
    identity: Identity,
    /// Where the root lies below the base.
    prefix: PathBuf,
    excluded: Option<Identity>,
    /// Whether results go to this very folder.
    is_excluded: bool,
    search: &'a Search,
}

impl Folder<'_> {
    fn walk(&self, collection: &mut Collection, stop: &AtomicBool) {
        let walk = WalkDir::new(self.root).follow_links(true).min_depth(1).sort_by_file_name();
        let mut entered = HashSet::from([self.identity]);
        let mut walk = walk.into_iter().filter_entry(|entry| self.takes(entry, &mut entered));
        while let Some(entry) = walk.next() {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    if let Some(found) = self.look_at(&entry) {
                        collection.add(found);
                    }
                }
                Ok(entry) if self.leads_out(&entry) => {
                    walk.skip_current_dir();
                    collection.add(self.found(entry.path(), Some(leading_out("folder"))));
                }
                Ok(_) => {}
                Err(error) => self.failed(&error, collection),
            }
        }
    }

    /// Whether a folder is entered or a file looked at. A folder is entered once: links can give
    /// it more names than anybody could count.
    fn takes(&self, entry: &DirEntry, entered: &mut HashSet<Identity>) -> bool {
        let name = entry.file_name();
        if name.as_bytes().starts_with(b".") || name.as_bytes().ends_with(PRESET_SUFFIX) {
            return false;
        }
        if !entry.file_type().is_dir() {
            return true;
        }
        let is_result =
            self.is_excluded && entry.depth() == 1 && self.search.excluded_names.contains(name);
        let identity = entry.metadata().map(|metadata| Identity::of(&metadata));
        // One that cannot be looked at will be an error of the walk.
        let Ok(identity) = identity else { return true };
        !is_result && self.excluded != Some(identity) && entered.insert(identity)
    }

    /// Whether an entry is a link to what does not lie below the folder, and is not followed.
    fn leads_out(&self, entry: &DirEntry) -> bool {
        !self.search.follow_links
            && entry.path_is_symlink()
            && !entry.path().canonicalize().is_ok_and(|target| target.starts_with(&self.resolved))
    }

    /// The file, if it looks like an image or cannot be looked into.
    fn look_at(&self, entry: &DirEntry) -> Option<Found> {
        let found = |identity, fault| Found { identity, ..self.found(entry.path(), fault) };
        let file = match open::open_regular(entry.path()) {
            Ok(file) => file,
            Err(fault) => return Some(found(None, Some(fault))),
        };
        match signature::read(&file) {
            Ok(signature) if !signature.looks_like_image(entry.path()) => None,
            Ok(_) => {
                let metadata = file.metadata().ok();
                let fault = self.leads_out(entry).then(|| leading_out("file"));
                Some(found(metadata.as_ref().map(Identity::of), fault))
            }
            Err(error) => Some(found(None, Some(open::reading(&error)))),
        }
    }

    /// A folder that cannot be read is a row; a loop or a dangling link is none.
    fn failed(&self, error: &walkdir::Error, collection: &mut Collection) {
        let path = error.path().unwrap_or(self.root);
        let Some(cause) = error.io_error().filter(|_| error.loop_ancestor().is_none()) else {
            tracing::debug!(path = %path.display(), "a loop of symbolic links is not followed");
            return;
        };
        if cause.kind() == std::io::ErrorKind::NotFound {
            tracing::debug!(path = %path.display(), "a symbolic link leads nowhere");
            return;
        }
        collection.add(self.found(path, Some(open::opening(cause))));
    }

    fn found(&self, path: &Path, fault: Option<Fault>) -> Found {
        let relative = path.strip_prefix(self.root).unwrap_or(path).to_owned();
        let asset = self.prefix.join(&relative);
        let path = path.to_owned();
        Found { path, remote: None, relative, asset, named: false, identity: None, fault }
    }
}

fn leading_out(what: &str) -> Fault {
    let message = format!(
        "It is a link to a {what} that lies elsewhere. Name that one too, or use --follow-links."
    );
    Fault::new(FaultCode::Denied, message)
}

/// Whether a name is a preset file's.
#[must_use]
pub fn is_preset_name(name: &OsStr) -> bool {
    name.as_bytes().ends_with(PRESET_SUFFIX)
}

#[cfg(test)]
mod tests;
