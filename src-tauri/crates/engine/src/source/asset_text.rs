//! How an asset is called in rules and names: a text, whatever bytes the disk has.

use std::{fmt::Write as _, os::unix::ffi::OsStrExt as _, path::Path};

/// A relative path as a text with forward slashes. Bytes that are not Unicode become `%FF`, so
/// that two different names stay different.
#[must_use]
pub fn asset_text(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a text cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, path::PathBuf};

    use super::*;

    #[test]
    fn names_that_are_no_text_stay_different() {
        let path = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
        assert_eq!(asset_text(&path("a/ü.jpg".as_bytes())), "a/ü.jpg");
        assert_eq!(asset_text(&path(b"a\xff.jpg")), "a%FF.jpg");
        assert_ne!(asset_text(&path(b"\xfe")), asset_text(&path(b"\xff")));
    }
}
