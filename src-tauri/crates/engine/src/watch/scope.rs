//! What is watched and what is not, by names alone.

use std::{
    io,
    path::{Component, Path, PathBuf},
};

/// How the names of files end that somebody is still writing: downloads, copies, backups of
/// editors. They are renamed when they are whole.
const UNFINISHED: [&[u8]; 6] = [b".part", b".partial", b".crdownload", b".download", b".tmp", b"~"];

/// A workspace's folder, and what is left out of it.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    root: PathBuf,
    /// Relative to the root.
    excluded: Vec<PathBuf>,
}

impl Scope {
    /// # Errors
    /// Where the root is not there or is no folder.
    pub(super) fn new(root: &Path, excluded: &[PathBuf]) -> io::Result<Self> {
        let root = root.canonicalize()?;
        if !root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let relative = |path: &PathBuf| {
            // One that is not there yet keeps the name that it was given.
            let path = path.canonicalize().or_else(|_| std::path::absolute(path)).ok()?;
            path.strip_prefix(&root).ok().map(Path::to_owned)
        };
        let excluded = excluded.iter().filter_map(relative).collect();
        Ok(Self { root, excluded })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A path as seen from the root, if it can be of interest.
    pub(super) fn relative(&self, path: &Path) -> Option<PathBuf> {
        let relative = path.strip_prefix(&self.root).ok()?;
        self.enters(relative).then(|| relative.to_owned())
    }

    /// Whether a folder with this relative path is looked into.
    pub(super) fn enters(&self, relative: &Path) -> bool {
        let is_hidden =
            |component: Component| component.as_os_str().as_encoded_bytes().starts_with(b".");
        !relative.components().any(is_hidden)
            && !self.excluded.iter().any(|excluded| relative.starts_with(excluded))
    }

    /// Whether a file with this relative path counts.
    pub(super) fn takes(&self, relative: &Path) -> bool {
        let name = relative.file_name().unwrap_or_default().as_encoded_bytes();
        self.enters(relative) && !UNFINISHED.iter().any(|ending| name.ends_with(ending))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_hidden_and_unfinished_files_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("web/out");
        let scope = Scope::new(folder.path(), &[out, "/elsewhere".into()]).unwrap();
        let cases = [
            ("a.jpg", true),
            ("deep/er/a", true),
            ("p.preset.toml", true),
            ("web/outside.jpg", true),
            ("web/out/a.jpg", false),
            ("web/out", false),
            (".cropmark/variants/ab/x.jpg", false),
            ("deep/.git/a.jpg", false),
            (".a.jpg", false),
            ("a.jpg.part", false),
            ("a.jpg~", false),
        ];
        for (path, expected) in cases {
            assert_eq!(scope.takes(Path::new(path)), expected, "{path}");
        }
        assert!(scope.enters(Path::new("a.part")), "a folder may be called so");
        assert_eq!(scope.relative(&scope.root().join("a")), Some("a".into()));
        assert_eq!(scope.relative(Path::new("/elsewhere/a")), None);
    }
}
