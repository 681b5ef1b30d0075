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
};

/// How the names of preset files end.
const PRESET_SUFFIX: &[u8] = b".preset.toml";

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Files and folders.
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
    /// Where it is: a name that was given, or one below it.
    #[serde(with = "path_json")]
    pub path: PathBuf,
    /// Its path below the given folder; of a file named by itself, its file name.
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
    Found { path: path.to_owned(), relative, asset, named: true, identity: None, fault }
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
}

impl Collection {
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
        Found { path: path.to_owned(), relative, asset, named: false, identity: None, fault }
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
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    fn names(search: &Search) -> Vec<String> {
        let found = discover(search, &AtomicBool::new(false));
        found.iter().map(|found| found.relative.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_folder_gives_what_looks_like_an_image_sorted() {
        let folder = tree(&[
            ("b/z.txt", PNG),
            ("a.png", PNG),
            ("notes", b"no image"),
            ("notes.png", b"no image"),
            ("icon", b"\0\0\x01\0"),
            ("long", format!("<!--{}--><svg>", " ".repeat(9000)).as_bytes()),
            ("b/a", PNG),
            (".hidden/a.png", PNG),
            (".cropmark/a.png", PNG),
            ("b/.a.png", PNG),
            ("x.preset.toml", PNG),
            ("empty.png", b""),
        ]);
        let search = Search { places: vec![folder.path().to_owned()], ..Search::default() };
        assert_eq!(
            names(&search),
            ["a.png", "b/a", "b/z.txt", "empty.png", "icon", "long", "notes.png"]
        );
    }

    #[test]
    fn links_are_followed_and_loops_end() {
        let folder = tree(&[("b/c/a.png", PNG)]);
        symlink("..", folder.path().join("b/up")).unwrap();
        symlink("c", folder.path().join("b/d")).unwrap();
        symlink("c/a.png", folder.path().join("b/link")).unwrap();
        symlink("nowhere", folder.path().join("b/dangling")).unwrap();
        let search = Search { places: vec![folder.path().to_owned()], ..Search::default() };
        assert_eq!(names(&search), ["b/c/a.png", "b/link"]);
    }

    #[test]
    fn links_out_of_the_folder_are_rows_unless_they_are_to_be_followed() {
        let outside = tree(&[("deep/o.png", PNG), ("notes", b"no image")]);
        let folder = tree(&[("b/a.png", PNG)]);
        symlink(outside.path(), folder.path().join("b/far")).unwrap();
        symlink(outside.path().join("deep/o.png"), folder.path().join("o.png")).unwrap();
        symlink(outside.path().join("notes"), folder.path().join("notes")).unwrap();
        symlink(".", folder.path().join("b/here")).unwrap();
        let mut search = Search { places: vec![folder.path().to_owned()], ..Search::default() };
        let found = discover(&search, &AtomicBool::new(false));
        let seen: Vec<_> = found
            .iter()
            .map(|found| (found.relative.to_str().unwrap(), found.fault.as_ref().map(|it| it.code)))
            .collect();
        let denied = Some(FaultCode::Denied);
        assert_eq!(seen, [("b/a.png", None), ("b/far", denied), ("o.png", denied)]);
        search.follow_links = true;
        assert_eq!(names(&search), ["b/a.png", "b/far/deep/o.png", "o.png"]);
        // The place itself may be a link.
        let link = outside.path().join("link");
        symlink(folder.path(), &link).unwrap();
        search = Search { places: vec![link], ..Search::default() };
        assert_eq!(names(&search), ["b/a.png", "b/far", "o.png"]);
    }

    #[test]
    fn named_files_are_there_in_any_case_and_once() {
        let folder = tree(&[("a.png", PNG), ("notes", b"no image")]);
        let place = |name: &str| folder.path().join(name);
        let places = vec![place("notes"), place("missing"), folder.path().into(), place("a.png")];
        let found = discover(&Search { places, ..Search::default() }, &AtomicBool::new(false));
        let seen: Vec<_> = found
            .iter()
            .map(|found| (found.relative.to_str().unwrap(), found.named, found.fault.is_some()))
            .collect();
        let expected = [("notes", true, false), ("missing", true, true), ("a.png", true, false)];
        assert_eq!(seen, expected);
    }

    #[test]
    fn patterns_are_about_paths_below_the_base() {
        let folder = tree(&[("photos/a.png", PNG), ("b.png", PNG)]);
        let place = |name: &str| folder.path().join(name);
        let search = Search {
            places: vec![place("photos"), place("b.png")],
            base: Some(folder.path().to_owned()),
            ..Search::default()
        };
        let found = discover(&search, &AtomicBool::new(false));
        let assets: Vec<_> = found.iter().map(|found| found.asset.to_str().unwrap()).collect();
        assert_eq!(assets, ["photos/a.png", "b.png"]);
        assert_eq!(plain(Path::new("./photos/./a.png")).unwrap(), Path::new("photos/a.png"));
        assert_eq!(plain(Path::new("../a.png")), None);
        assert_eq!(plain(Path::new("/a.png")), None);
    }

    #[test]
    fn results_are_not_read_again() {
        let folder = tree(&[("a.png", PNG), ("out/b.png", PNG), ("small/c.png", PNG)]);
        let places = vec![folder.path().to_owned()];
        let out = Some(folder.path().join("out"));
        let below = Search { places: places.clone(), excluded: out, ..Search::default() };
        assert_eq!(names(&below), ["a.png", "small/c.png"]);
        let excluded_names = BTreeSet::from(["small".into()]);
        let excluded = Some(folder.path().to_owned());
        let itself = Search { places, excluded, excluded_names, ..Search::default() };
        assert_eq!(names(&itself), ["a.png", "out/b.png"]);
    }
}
