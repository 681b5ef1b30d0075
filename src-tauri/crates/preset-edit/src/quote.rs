//! Keys and texts as TOML writes them.

use serde_json::Value;

/// Writes a key, in quotation marks where it needs them.
pub(crate) fn key(key: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(is_bare) { key.to_owned() } else { text(key) }
}

/// Writes a text in quotation marks. JSON's escapes are TOML's as well, but for one character
/// that JSON need not escape.
pub(crate) fn text(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
