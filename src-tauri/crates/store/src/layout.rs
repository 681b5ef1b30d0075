//! Where what lies in the folder `.cropmark/` of a workspace.

use std::path::{Path, PathBuf};

use cropmark_rules::Key;

use crate::StoreError;

/// The name of Cropmark's own folder in a workspace.
pub const FOLDER_NAME: &str = ".cropmark";

/// The paths of one workspace.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// That of the workspace in this folder.
    #[must_use]
    pub fn of(workspace: &Path) -> Self {
        Self { root: workspace.join(FOLDER_NAME) }
    }

    /// `.cropmark/` itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The index.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("index.sqlite")
    }

    /// The memory that the processes which have the index open share.
    pub(crate) fn shared_memory(&self) -> PathBuf {
        self.root.join("index.sqlite-shm")
    }

    /// The finished variants.
    #[must_use]
    pub fn variants(&self) -> PathBuf {
        self.root.join("variants")
    }

    /// Downloads in progress.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.root.join("spool")
    }

    /// Variants in progress.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// The lock of the process that writes.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// Where a variant lies: `variants/ab/<key>.<extension>`.
    ///
    /// # Errors
    /// [`StoreError::Extension`] for what is no extension and might lead elsewhere.
    pub fn variant(&self, key: Key, extension: &str) -> Result<PathBuf, StoreError> {
        let good_extension = (1..=8).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !good_extension {
            return Err(StoreError::Extension { text: extension.to_owned() });
        }
        let key = key.to_string();
        Ok(self.variants().join(&key[..2]).join(format!("{key}.{extension}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_extensions_lead_to_files() {
        let layout = Layout::of(Path::new("w"));
        let key = "ab".repeat(32);
        let parsed: Key = key.parse().unwrap();
        let path = layout.variant(parsed, "jpg").unwrap();
        assert_eq!(path, Path::new("w/.cropmark/variants/ab").join(format!("{key}.jpg")));
        for bad in ["", "j/g", "..", "JPG", "muchtoolong"] {
            let outcome = layout.variant(parsed, bad);
            assert!(matches!(outcome, Err(StoreError::Extension { .. })), "{bad}");
        }
    }
}
