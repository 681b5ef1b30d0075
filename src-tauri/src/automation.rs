//! The answers to dialogs while `WebDriver` steers the window, which cannot click native dialogs.

use std::{env, fs, path::PathBuf};

/// Set by `WebDriver` for the program that it starts.
const STEERED: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Names a file that holds the path to choose.
const ANSWER: &str = "CROPMARK_DIALOG_ANSWER";

/// The path that a test chose; `None` where the user is asked.
pub(crate) fn chosen() -> Option<PathBuf> {
    if env::var_os(STEERED).is_none_or(|value| value != "true") {
        return None;
    }
    fs::read_to_string(env::var_os(ANSWER)?).ok().map(PathBuf::from)
}
