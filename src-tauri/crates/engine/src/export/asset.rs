//! How an asset is called in rules and names: a text, whatever bytes the disk has.

use std::{fmt::Write as _, os::unix::ffi::OsStrExt as _, path::Path};

/// A relative path as a text with forward slashes. Bytes that are not Unicode become `%FF`, so
/// that two different names stay different.
pub(super) fn text_of(path: &Path) -> String {
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
        assert_eq!(text_of(&path("a/ü.jpg".as_bytes())), "a/ü.jpg");
        assert_eq!(text_of(&path(b"a\xff.jpg")), "a%FF.jpg");
        assert_ne!(text_of(&path(b"\xfe")), text_of(&path(b"\xff")));
    }
}
