//! The names that are tried one after another where the first is taken.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// `name.ext`, then `name-2.ext` and so on. A name near the limit of 255 bytes loses the end of
/// its stem.
pub(super) fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_path_buf();
    }
    let stem = path.file_stem().unwrap_or_default();
    let mut ending = OsString::from(format!("-{number}"));
    if let Some(extension) = path.extension() {
        ending.push(".");
        ending.push(extension);
    }
    let space = 255_usize.saturating_sub(ending.len());
    let mut name = match stem.to_str() {
        Some(stem) if stem.len() > space => {
            let end = (0..=space).rev().find(|&end| stem.is_char_boundary(end)).unwrap_or(0);
            stem[..end].into()
        }
        _ => stem.to_os_string(),
    };
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_names_keep_their_extension_and_fit() {
        let cases = [
            ("out/a.jpg", 1, "out/a.jpg"),
            ("out/a.jpg", 2, "out/a-2.jpg"),
            ("a", 3, "a-3"),
            ("a.b.c", 12, "a.b-12.c"),
            (".hidden", 2, ".hidden-2"),
        ];
        for (path, number, expected) in cases {
            assert_eq!(numbered(Path::new(path), number), Path::new(expected));
        }
        let long = format!("{}.jpg", "é".repeat(125));
        let name = numbered(Path::new(&long), 10);
        assert!(name.as_os_str().len() <= 255 && name.to_str().unwrap().ends_with("é-10.jpg"));
    }
}
