//! A text about the program's state, to be sent to its makers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{Studio, Text};
use crate::model::Activity;

/// The last bytes of the log that go into the text.
const LOG_TAIL: usize = 64 << 10;

pub(super) fn text(studio: &Studio) -> Text {
    let engine = match studio.engine() {
        Ok(engine) => {
            let description = serde_json::to_value(engine.description()).unwrap_or_default();
            json!({ "worker": description, "activity": Activity::from(&engine.snapshot()) })
        }
        Err(error) => json!({ "trouble": error.message }),
    };
    let facts = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "sqlite": cropmark_store::sqlite_version(),
        "running_seconds": studio.started().elapsed().as_secs(),
        "engine": engine,
        "settings": studio.profile().settings(),
        "workspace": studio.find_workspace().map(|workspace| workspace.info().clone()),
    });
    let facts = serde_json::to_string_pretty(&facts).unwrap_or_default();
    let log = studio.paths().log.as_deref().map(tail).unwrap_or_default();
    Text { text: format!("Cropmark diagnostics\n{facts}\n\nLog\n{log}") }
}

fn tail(folder: &Path) -> String {
    let text = newest(folder).and_then(|file| fs::read(file).ok()).unwrap_or_default();
    let from = text.len().saturating_sub(LOG_TAIL);
    String::from_utf8_lossy(&text[from..]).into_owned()
}

/// The last file of a folder by name: log files are named by their days.
fn newest(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).max()
}
