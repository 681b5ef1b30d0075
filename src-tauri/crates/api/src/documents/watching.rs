//! Follows changes of preset files on the disk while they are open.

use std::{
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use cropmark_engine::source::is_preset_name;

use super::{
    Documents,
    disk::{self, Found},
    document::Document,
};

impl Documents {
    /// Reads files again that appeared, changed or were removed (paths below the workspace, of any kind of
    /// file: overlays count too). Blocks.
    pub(crate) fn changed(&self, paths: &[PathBuf]) {
        let _turn = self.turn();
        let mut files = Vec::new();
        for path in paths {
            if let Some(file) = preset_path(path)
                && self.read_again(&file, &self.inner.root.join(path))
            {
                files.push(file);
            }
        }
        // Presets are extended by others, and other files are in overlays.
        let all: Vec<PathBuf> = paths.iter().map(|path| self.inner.root.join(path)).collect();
        files.extend(self.refresh(&all));
        if !files.is_empty() {
            self.report_changes(&files);
        }
    }

    /// Reads one preset file again. Whether anything is another now.
    pub(super) fn read_again(&self, file: &str, path: &Path) -> bool {
        if preset_path(Path::new(file)).is_none() {
            return false;
        }
        let found = disk::read(path);
        let mut state = self.state();
        let is_changed = match (found, state.documents.get_mut(file)) {
            (Found::Nothing, None) => false,
            (Found::Text(text), None) => {
                let revision = state.next_revision();
                state.documents.insert(file.to_owned(), Document::new(path, &text, revision));
                true
            }
            (Found::Trouble(trouble), None) => {
                let revision = state.next_revision();
                let mut document = Document::new(path, "", revision);
                document.trouble = Some(trouble);
                state.documents.insert(file.to_owned(), document);
                true
            }
            (Found::Text(text), Some(document)) if document.trouble.is_some() => {
                document.trouble = None;
                document.saved = Some(text.as_str().into());
                state.put_text(file, text);
                true
            }
            (Found::Text(text), Some(document)) => {
                let is_saved = document.saved.as_deref() == Some(text.as_str());
                let is_own = document.version.raw() == text;
                if is_saved || is_own {
                    let had_conflict = document.conflict.take().is_some();
                    document.saved = Some(text.into());
                    had_conflict || !is_saved
                } else if document.is_dirty() {
                    let text: Arc<str> = text.into();
                    let is_new = document.conflict.as_ref() != Some(&text);
                    document.conflict = Some(text);
                    is_new
                } else {
                    document.saved = Some(text.as_str().into());
                    state.change_text(file, text, format!("Load {file} from the disk"));
                    true
                }
            }
            (Found::Nothing, Some(document)) if document.is_dirty() => {
                document.conflict = None;
                document.saved.take().is_some()
            }
            (Found::Nothing, Some(_)) => {
                state.documents.remove(file);
                state.history.forget(file);
                state.next_revision();
                true
            }
            // It can still be looked at, and saved when the file can be read again.
            (Found::Trouble(_), Some(document)) if document.is_dirty() => false,
            (Found::Trouble(trouble), Some(document)) => {
                let is_new = document.trouble.as_ref() != Some(&trouble);
                document.trouble = Some(trouble);
                if is_new {
                    state.put_text(file, String::new());
                    state.history.forget(file);
                }
                is_new
            }
        };
        if is_changed {
            state.unkept.insert(file.to_owned());
            drop(state);
            self.inner.unkept.notify_one();
        }
        is_changed
    }

    /// Refreshes the presets that depend on changed files, and returns their names.
    fn refresh(&self, changed: &[PathBuf]) -> Vec<String> {
        let versions: Vec<_> = {
            let state = self.state();
            let readable = state.documents.iter().filter(|(_, it)| it.trouble.is_none());
            readable.map(|(file, it)| (file.clone(), Arc::clone(&it.version))).collect()
        };
        let mut files = Vec::new();
        for (file, version) in versions {
            if !version.uses(changed) {
                continue;
            }
            let mut state = self.state();
            let revision = state.next_revision();
            if let Some(document) = state.documents.get_mut(&file) {
                document.version = Arc::new(version.refreshed());
                document.revision = revision;
                files.push(file);
            }
        }
        files
    }
}

/// Returns the name of a preset file by its path below the workspace, with forward slashes; `None` for
/// what is no preset, hidden, or not below it. A name that is not Unicode is shown as far as it
/// is.
pub(super) fn preset_path(path: &Path) -> Option<String> {
    if !path.file_name().is_some_and(is_preset_name) {
        return None;
    }
    let mut parts = Vec::new();
    for part in path.components() {
        let Component::Normal(part) = part else { return None };
        let part = part.to_string_lossy();
        if part.starts_with('.') {
            return None;
        }
        parts.push(part.into_owned());
    }
    Some(parts.join("/"))
}
