//! What is compared: the preset files of two files, folders or revisions.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use cropmark_engine::{presets::PresetSource, source::asset_text};

use super::git;
use crate::{status::Failure, terminal};

/// How the names of preset files end.
const SUFFIX: &str = ".preset.toml";

/// The most preset files of one side.
const MOST_FILES: usize = 10_000;

/// The deepest folder that is looked into.
const MOST_DEPTH: usize = 64;

/// The preset files before or after a change.
#[derive(Debug)]
pub(super) struct Side {
    /// What it was called by the user.
    pub(super) label: String,
    pub(super) presets: Vec<PresetFile>,
}

/// A preset file of a side.
#[derive(Debug)]
pub(super) struct PresetFile {
    /// Its path below what was named.
    pub(super) name: String,
    pub(super) source: PresetSource,
}

/// What a side is read from.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Path(PathBuf),
    /// A commit, and what the user called it.
    Commit {
        id: String,
        label: String,
    },
}

impl Place {
    fn is_file(&self) -> bool {
        matches!(self, Self::Path(path) if !path.is_dir())
    }
}

/// Reads both sides; without `new`, `old` names both as a range of revisions. Of revisions, only files
/// at or below `presets` are read.
pub(super) fn read(
    old: &Path,
    new: Option<&Path>,
    presets: Option<&Path>,
) -> Result<(Side, Side), Failure> {
    let (from, to) = places(old, new)?;
    let (mut old, new) = (side(&from, presets)?, side(&to, presets)?);
    if from.is_file() && to.is_file() {
        // Two files that are named are versions of one.
        old.presets[0].name.clone_from(&new.presets[0].name);
    }
    if old.presets.is_empty() && new.presets.is_empty() {
        let message = format!(
            "neither {} nor {} has a file that ends in {SUFFIX}; name preset files, their folder, or \
             for revisions --presets",
            old.label, new.label
        );
        return Err(Failure::Usage(message));
    }
    Ok((old, new))
}

fn places(old: &Path, new: Option<&Path>) -> Result<(Place, Place), Failure> {
    if let Some(new) = new {
        return Ok((place(old)?, place(new)?));
    }
    let both = old.to_str().filter(|_| fs::symlink_metadata(old).is_err());
    let Some((old, new)) = both.and_then(|both| both.split_once("..")) else {
        let old = old.display();
        return Err(Failure::Usage(format!(
            "what is {old} compared with? Name a second file, folder or revision, or write OLD..NEW"
        )));
    };
    let (new, from_base) = new.strip_prefix('.').map_or((new, false), |new| (new, true));
    let head = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
    let (old, new) = (head(old), head(new));
    let (mut id, to) = (git::commit(&old)?, git::commit(&new)?);
    if from_base {
        id = git::merge_base(&id, &to)?;
    }
    Ok((Place::Commit { id, label: old }, Place::Commit { id: to, label: new }))
}

/// A file or folder of this name, else a revision.
fn place(name: &Path) -> Result<Place, Failure> {
    match (fs::metadata(name), name.to_str()) {
        (Ok(_), _) => Ok(Place::Path(name.to_owned())),
        (Err(error), Some(label)) if error.kind() == io::ErrorKind::NotFound => {
            let label = label.to_owned();
            Ok(Place::Commit { id: git::commit(&label)?, label })
        }
        (Err(error), _) => Err(Failure::Usage(format!("{}: {error}", name.display()))),
    }
}

fn side(place: &Place, presets: Option<&Path>) -> Result<Side, Failure> {
    match place {
        Place::Path(path) if path.is_dir() => folder(path),
        Place::Path(path) => {
            let name = asset_text(path.file_name().map_or(path, Path::new));
            let presets = vec![PresetFile { name, source: on_disk(path)? }];
            Ok(Side { label: path.display().to_string(), presets })
        }
        Place::Commit { id, label } => revision(id, label, presets),
    }
}

fn on_disk(path: &Path) -> Result<PresetSource, Failure> {
    PresetSource::read(path).map_err(|error| Failure::Usage(error.to_string()))
}

fn folder(root: &Path) -> Result<Side, Failure> {
    let mut found = Vec::new();
    search(root, 0, &mut found);
    if found.len() > MOST_FILES {
        return Err(too_many(&root.display().to_string()));
    }
    found.sort();
    let presets = found.into_iter().map(|path| {
        let name = asset_text(path.strip_prefix(root).unwrap_or(&path));
        Ok(PresetFile { name, source: on_disk(&path)? })
    });
    let presets = presets.collect::<Result<_, Failure>>()?;
    Ok(Side { label: root.display().to_string(), presets })
}

/// Finds the preset files below a folder, hidden folders and links to folders aside.
fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            terminal::complain(&format!("{} is left out: {error}", folder.display()));
            return;
        }
    };
    for entry in entries.flatten() {
        let (name, kind) = (entry.file_name(), entry.file_type());
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        if kind.is_ok_and(|kind| kind.is_dir()) {
            if !is_hidden && depth < MOST_DEPTH && found.len() <= MOST_FILES {
                search(&entry.path(), depth + 1, found);
            }
        } else if is_preset(&entry.path()) && entry.path().is_file() {
            found.push(entry.path());
        }
    }
}

fn is_preset(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    !name.starts_with(b".") && name.ends_with(SUFFIX.as_bytes())
}

fn revision(commit: &str, label: &str, below: Option<&Path>) -> Result<Side, Failure> {
    let tree = Arc::new(git::Tree::of(commit)?);
    let below: PathBuf = below
        .unwrap_or(Path::new(""))
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .collect();
    let is_hidden = |path: &Path| path.iter().any(|part| part.as_encoded_bytes().starts_with(b"."));
    let wanted = |path: &&Path| path.starts_with(&below) && is_preset(path) && !is_hidden(path);
    let paths: Vec<&Path> = tree.paths().filter(wanted).collect();
    if paths.len() > MOST_FILES {
        return Err(too_many(label));
    }
    let presets = paths.into_iter().map(|path| {
        let shown = PathBuf::from(format!("{label}:{}", path.display()));
        let content = tree.read(path);
        let content =
            content.map_err(|fault| Failure::Usage(format!("{}: {fault}", shown.display())))?;
        let (files, folder) = (Arc::clone(&tree), path.parent().map(Path::to_owned));
        let open = move |name: &str| files.open(&folder.clone().unwrap_or_default().join(name));
        let source = PresetSource::from_elsewhere(&shown, &content, Box::new(open));
        let name = path.strip_prefix(&below).ok().filter(|name| !name.as_os_str().is_empty());
        let name = name.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
        Ok(PresetFile { name: asset_text(name), source })
    });
    let presets = presets.collect::<Result<_, Failure>>()?;
    Ok(Side { label: label.to_owned(), presets })
}

fn too_many(label: &str) -> Failure {
    Failure::Usage(format!("{label} has more than {MOST_FILES} preset files; name a folder in it"))
}
