//! The variants' files as they lie on the disk.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use cropmark_rules::Key;

use crate::{atomic::Root, os::Entry};

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

/// Lists the variant files, `variants/ab/<key>.<extension>`. Files of other names, links and folders
/// behind links are left out.
pub(crate) fn list(root: &Root, variants: &Path) -> Vec<VariantFile> {
    let mut files = Vec::new();
    for folder in root.entries(variants).unwrap_or_default() {
        let path = variants.join(&folder.name);
        let entries = root.entries(&path).unwrap_or_default();
        files.extend(entries.iter().filter_map(|entry| variant_file(&path, &folder.name, entry)));
    }
    files
}

fn variant_file(path: &Path, folder: &OsStr, entry: &Entry) -> Option<VariantFile> {
    let (key, extension) = entry.name.to_str()?.split_once('.')?;
    if !entry.is_file || !key.starts_with(folder.to_str()?) {
        return None;
    }
    Some(VariantFile {
        path: path.join(&entry.name),
        key: key.parse().ok()?,
        extension: extension.to_owned(),
        bytes: entry.bytes,
        modified_ms: entry.modified_ns / 1_000_000,
    })
}
