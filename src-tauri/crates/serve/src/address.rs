//! The parts of a URL's path, decoded once and checked by their names alone.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use percent_encoding::percent_decode_str;

use crate::refusal::Refusal;

/// The longest path of a URL, in bytes.
pub(crate) const MOST_BYTES: usize = 4096;

/// The most parts of a path.
const MOST_PARTS: usize = 64;

/// Splits a path at its slashes and decodes each part once. A part is never empty, hidden, upwards
/// or more than one: a slash that is encoded is refused.
pub(crate) fn parts(path: &str) -> Result<Vec<OsString>, Refusal> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let mut parts = Vec::new();
    for part in path.split('/') {
        let decoded: Vec<u8> = percent_decode_str(part).collect();
        if !is_plain(&decoded) || parts.len() == MOST_PARTS {
            let message = "There is nothing at such an address: write /GENERATOR/PATH.EXTENSION.";
            return Err(Refusal::not_found(message));
        }
        parts.push(OsString::from_vec(decoded));
    }
    Ok(parts)
}

/// Splits a path that is decoded already, by the same rules; `None` where one is broken.
pub(crate) fn decoded_parts(path: &[u8]) -> Option<Vec<OsString>> {
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let fits = parts.len() <= MOST_PARTS && parts.iter().all(|part| is_plain(part));
    fits.then(|| parts.into_iter().map(|part| OsString::from_vec(part.to_vec())).collect())
}

/// Whether a part is never empty, hidden, upwards or more than one.
fn is_plain(part: &[u8]) -> bool {
    let is_wrong = |byte: &u8| matches!(byte, 0..=0x1f | 0x7f | b'/');
    part.first().is_some_and(|first| *first != b'.') && !part.iter().any(is_wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str) -> Option<Vec<String>> {
        let names = parts(path).ok()?.into_iter();
        Some(names.map(|name| name.to_string_lossy().into_owned()).collect())
    }

    #[test]
    fn parts_are_decoded_once() {
        assert_eq!(names("/hero/a%20b/%C3%BC.jpg").unwrap(), ["hero", "a b", "ü.jpg"]);
        assert_eq!(names("/hero/a%252e.jpg").unwrap(), ["hero", "a%2e.jpg"]);
        assert_eq!(names("/hero/100%.jpg").unwrap(), ["hero", "100%.jpg"]);
    }

    #[test]
    fn nothing_leads_upwards_or_to_hidden_files() {
        let hostile = [
            "/",
            "//a.jpg",
            "/hero//a.jpg",
            "/hero/../a.jpg",
            "/hero/%2e%2e/a.jpg",
            "/hero/%2E./a.jpg",
            "/hero/..%2fa.jpg",
            "/hero/a%2Fb.jpg",
            "/hero/a.jpg%00.png",
            "/hero/a%0a.jpg",
            "/hero/.cropmark/index.sqlite",
            "/hero/%2ecropmark/index.sqlite",
            "/hero/",
        ];
        for path in hostile {
            assert_eq!(names(path), None, "{path}");
        }
        assert_eq!(names(&"/a".repeat(64)).unwrap().len(), 64);
        assert_eq!(names(&"/a".repeat(65)), None);
    }
}
