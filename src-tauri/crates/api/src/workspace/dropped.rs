//! Copies dropped files into the workspace: images and preset files only, and never over another
//! file.

use std::path::{Component, Path, PathBuf};

use cropmark_engine::source::{begins_as_image, content_hash, is_preset_name, open_source};
use cropmark_store::atomic::{Conflict, Originals, Outcome, TemporaryFile};

use crate::ApiError;

/// The outcome of copying dropped files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Copies {
    pub(crate) copied: u32,
    /// Sentences.
    pub(crate) refused: Vec<String>,
}

/// The folder below the workspace that files are copied into.
pub(crate) fn target(root: &Path, into: &str) -> Result<PathBuf, ApiError> {
    let wrong = || ApiError::invalid(format!("{into:?} is no folder of this workspace."));
    let is_plain = |part: Component| matches!(part, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b"."));
    if !Path::new(into).components().all(is_plain) {
        return Err(wrong());
    }
    // Links may lead elsewhere.
    let folder = root.join(into).canonicalize().map_err(|_| wrong())?;
    if folder.starts_with(root) && folder.is_dir() { Ok(folder) } else { Err(wrong()) }
}

/// Copies files into a folder of the workspace. Blocks.
pub(crate) fn copy_all(paths: &[PathBuf], root: &Path, folder: &Path) -> Copies {
    let mut copies = Copies::default();
    for path in paths {
        match copy(path, root, folder) {
            Ok(()) => copies.copied += 1,
            Err(reason) => {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                copies.refused.push(format!("{name}: {reason}"));
            }
        }
    }
    copies
}

fn copy(path: &Path, root: &Path, folder: &Path) -> Result<(), String> {
    let name = path.file_name().ok_or("It has no name.")?;
    if path.is_dir() {
        return Err("It is a folder. Drop it alone to open it.".to_owned());
    }
    if name.as_encoded_bytes().starts_with(b".") {
        return Err(
            "It is a hidden file, which workspaces do not show. Rename it first.".to_owned()
        );
    }
    if path.canonicalize().is_ok_and(|path| path.starts_with(root)) {
        return Err("It is in this folder already.".to_owned());
    }
    let file = open_source(path).map_err(|fault| fault.message)?;
    let is_preset = is_preset_name(name);
    if !is_preset && !begins_as_image(&file, path).map_err(|fault| fault.message)? {
        return Err("Not an image or preset.".to_owned());
    }
    let destination = folder.join(name);
    let same = |there: &Path| {
        let there = open_source(there).ok()?;
        Some(content_hash(&there).ok()? == content_hash(&file).ok()?)
    };
    if same(&destination) == Some(true) {
        return Err("The same file is there already.".to_owned());
    }
    let failed = |error: cropmark_store::atomic::WriteError| format!("{error}");
    let temporary = TemporaryFile::beside(&destination).map_err(failed)?;
    temporary.fill_from(&file).map_err(failed)?;
    // `a.preset.toml` would become `a.preset-2.toml`, which is no preset file.
    let conflict = if is_preset { Conflict::Skip } else { Conflict::Unique };
    let committed = temporary.commit(conflict, &Originals::new()).map_err(failed)?;
    if committed.outcome == Outcome::Skipped {
        return Err("There is another preset file of this name. Rename one of them.".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    #[test]
    fn images_and_presets_come_in_and_nothing_is_replaced() {
        let outside = tempfile::tempdir().unwrap();
        let workspace = tempfile::tempdir().unwrap();
        let root = workspace.path().canonicalize().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = outside.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        fs::create_dir(root.join("sub")).unwrap();
        fs::write(root.join("sub/a.png"), b"another").unwrap();
        fs::write(root.join("sub/w.preset.toml"), b"another").unwrap();
        fs::write(root.join("sub/same.png"), PNG).unwrap();
        let paths = [
            put("a.png", PNG),
            put("big", &[PNG, &vec![7; 5 << 20]].concat()),
            put("v.preset.toml", b"version = 1"),
            put("w.preset.toml", b"version = 1"),
            put("same.png", PNG),
            put("notes.txt", b"notes"),
            put(".hidden.png", PNG),
            root.join("sub/a.png"),
            outside.path().to_owned(),
        ];
        let folder = target(&root, "sub").unwrap();
        let copies = copy_all(&paths, &root, &folder);
        assert_eq!((copies.copied, copies.refused.len()), (3, 6), "{copies:?}");
        assert_eq!(fs::read(root.join("sub/a.png")).unwrap(), b"another");
        assert_eq!(fs::read(root.join("sub/a-2.png")).unwrap(), PNG);
        assert_eq!(fs::metadata(root.join("sub/big")).unwrap().len(), 8 + (5 << 20));
        assert_eq!(fs::read(root.join("sub/w.preset.toml")).unwrap(), b"another");
        assert!(copies.refused[0].starts_with("w.preset.toml: There is another"));
    }

    #[test]
    fn folders_outside_are_refused() {
        let workspace = tempfile::tempdir().unwrap();
        let root = workspace.path().canonicalize().unwrap();
        fs::create_dir(root.join(".cropmark")).unwrap();
        std::os::unix::fs::symlink("/", root.join("out")).unwrap();
        assert_eq!(target(&root, "").unwrap(), root);
        for wrong in ["..", "/", ".cropmark", "out", "missing", "a/../.."] {
            assert!(target(&root, wrong).is_err(), "{wrong}");
        }
    }
}
