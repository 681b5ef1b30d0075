//! The user's own copy of the samples: made once, then updated with the product, except for files
//! that the user has changed.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use cropmark_engine::source::content_hash;
use cropmark_rules::{ContentHash, Fault};
use cropmark_store::atomic::{
    Conflict, Originals, TemporaryFile, WriteError, create_folders, place_from,
};

/// Why the copy could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SamplesError {
    #[error("{}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: {fault}", path.display())]
    Content { path: PathBuf, fault: Fault },
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The hashes of the copied files: a file with a different hash was changed by the user, and a
/// missing one was removed.
type Copied = BTreeMap<PathBuf, ContentHash>;

/// Makes or refreshes the copy in the folder `copy`. Blocks.
pub(crate) fn refresh(shipped: &Path, copy: &Path) -> Result<(), SamplesError> {
    let list = copy.with_extension("json");
    let before = if copy.is_dir() { read_list(&list) } else { Copied::new() };
    let mut now = Copied::new();
    for path in files(shipped)? {
        let (from, to) = (shipped.join(&path), copy.join(&path));
        let hash = hash(&from)?;
        let is_users = match before.get(&path) {
            Some(copied) => hash_of_copy(&to)?.as_ref() != Some(copied),
            // The user added it, or the list was lost.
            None => to.exists(),
        };
        if !is_users && before.get(&path) != Some(&hash) {
            create_folders(to.parent().unwrap_or(copy))?;
            let file = open(&from)?;
            place_from(&file, &to, Conflict::Overwrite, &Originals::new())?;
        }
        // A file that the user has changed keeps its old hash, so that it stays the user's.
        let copied = before.get(&path).filter(|_| is_users).copied();
        now.insert(path, copied.unwrap_or(hash));
    }
    if now != before {
        write_list(&list, &now)?;
    }
    Ok(())
}

fn read_list(list: &Path) -> Copied {
    fs::read(list).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

fn write_list(list: &Path, copied: &Copied) -> Result<(), SamplesError> {
    let temporary = TemporaryFile::beside(list)?;
    let text = serde_json::to_vec_pretty(copied).unwrap_or_default();
    let written = temporary.file().as_ref().write_all(&text);
    written.map_err(|error| WriteError::at(list, error))?;
    temporary.commit(Conflict::Overwrite, &Originals::new())?;
    Ok(())
}

/// The paths of all shipped files except hidden ones.
fn files(folder: &Path) -> Result<Vec<PathBuf>, SamplesError> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let path = folder.join(&below);
        let failed = |source| SamplesError::Read { path: path.clone(), source };
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let name = below.join(entry.file_name());
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if kind.is_dir() {
                folders.push(name);
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn open(path: &Path) -> Result<File, SamplesError> {
    File::open(path).map_err(|source| SamplesError::Read { path: path.to_owned(), source })
}

fn hash(path: &Path) -> Result<ContentHash, SamplesError> {
    let hash = content_hash(&open(path)?);
    hash.map_err(|fault| SamplesError::Content { path: path.to_owned(), fault })
}

/// `None` where the user has removed the file.
fn hash_of_copy(path: &Path) -> Result<Option<ContentHash>, SamplesError> {
    if path.exists() { hash(path).map(Some) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_changes_stay_and_the_rest_is_refreshed() {
        let folder = tempfile::tempdir().unwrap();
        let (shipped, copy) = (folder.path().join("shipped"), folder.path().join("copy"));
        let put = |folder: &Path, name: &str, text: &str| {
            fs::create_dir_all(folder.join("deep")).unwrap();
            fs::write(folder.join(name), text).unwrap();
        };
        for name in ["same", "changed", "removed", "deep/refreshed"] {
            put(&shipped, name, "1");
        }
        put(&shipped, ".hidden", "1");
        refresh(&shipped, &copy).unwrap();
        assert!(!copy.join(".hidden").exists());
        put(&copy, "changed", "mine");
        put(&copy, "added", "mine");
        fs::remove_file(copy.join("removed")).unwrap();
        for name in ["changed", "removed", "deep/refreshed", "new", "added"] {
            put(&shipped, name, "2");
        }
        for _ in 0..2 {
            refresh(&shipped, &copy).unwrap();
            let read = |name: &str| fs::read_to_string(copy.join(name)).ok();
            assert_eq!(read("same").as_deref(), Some("1"));
            assert_eq!(read("changed").as_deref(), Some("mine"));
            assert_eq!(read("removed"), None);
            assert_eq!(read("deep/refreshed").as_deref(), Some("2"));
            assert_eq!(read("new").as_deref(), Some("2"));
            assert_eq!(read("added").as_deref(), Some("mine"));
        }
        fs::remove_dir_all(&copy).unwrap();
        refresh(&shipped, &copy).unwrap();
        assert!(copy.join("removed").exists(), "copied again where the folder is gone");
    }
}
