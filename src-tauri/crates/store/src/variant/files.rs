//! The variants' files as they lie on the disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cropmark_rules::Key;

use crate::lock::milliseconds;

/// A file where variants lie, with a name as a variant has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantFile {
    pub(crate) path: PathBuf,
    pub(crate) key: Key,
    pub(crate) extension: String,
    pub(crate) bytes: u64,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: i64,
}

/// All of them, `variants/ab/<key>.<extension>`. Whatever has another name is nobody's business.
pub(crate) fn list(variants: &Path) -> Vec<VariantFile> {
    let folders = fs::read_dir(variants).into_iter().flatten().flatten();
    let entries = folders.flat_map(|folder| fs::read_dir(folder.path())).flatten().flatten();
    entries.filter_map(|entry| variant_file(&entry.path())).collect()
}

fn variant_file(path: &Path) -> Option<VariantFile> {
    let (key, extension) = path.file_name()?.to_str()?.split_once('.')?;
    let folder = path.parent()?.file_name()?.to_str()?;
    if !key.starts_with(folder) {
        return None;
    }
    let key = key.parse().ok()?;
    let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(VariantFile {
        path: path.to_path_buf(),
        key,
        extension: extension.to_owned(),
        bytes: metadata.len(),
        modified_ms: metadata.modified().map_or(0, milliseconds),
    })
}
