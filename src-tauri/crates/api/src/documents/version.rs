//! One version of a document's text, parsed once, with everything that is derived from it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use cropmark_engine::presets::{OverlayFaults, PresetSource, base_reader};
use cropmark_preset_edit::Source;
use cropmark_rules::{Operation, parameters::Template, preset};
use serde_json::Value;
use toml::de::DeTable;

use super::{
    encoding,
    lists::{Lists, lists},
};
use crate::model::{Problem, Warning};

/// A text that does not change. It is parsed when something of it is asked for first.
#[derive(Debug)]
pub(super) struct Version {
    path: PathBuf,
    raw: String,
    view: String,
    parsed: OnceLock<Parsed>,
    problems: OnceLock<Vec<Problem>>,
    /// The files of overlays that were checked, for this version or one before it.
    overlays: Mutex<OverlayFaults>,
}

/// The results of parsing the text once.
#[derive(Debug)]
struct Parsed {
    preset: Arc<PresetSource>,
    /// `None` where the text is not TOML.
    source: Option<Source>,
    lists: Lists,
    inherited: Value,
}

impl Version {
    /// Takes a file's text. Nothing is known of the files that it names.
    pub(super) fn new(path: &Path, raw: String) -> Self {
        Self::with_overlays(path, raw, OverlayFaults::new())
    }

    /// Takes the text that follows this version: files that were checked are not opened again.
    pub(super) fn next(&self, raw: String) -> Self {
        let overlays = self.overlays.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self::with_overlays(&self.path, raw, overlays)
    }

    /// Takes the same text after files that it names were changed.
    pub(super) fn refreshed(&self) -> Self {
        Self::new(&self.path, self.raw.clone())
    }

    fn with_overlays(path: &Path, raw: String, overlays: OverlayFaults) -> Self {
        Self {
            path: path.to_owned(),
            view: encoding::view(&raw).into_owned(),
            raw,
            parsed: OnceLock::new(),
            problems: OnceLock::new(),
            overlays: Mutex::new(overlays),
        }
    }

    /// Returns the file's text.
    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    /// The text that is edited.
    pub(super) fn view(&self) -> &str {
        &self.view
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| parse(&self.path, &self.view))
    }

    /// The preset, for rendering.
    pub(super) fn preset(&self) -> &Arc<PresetSource> {
        &self.parsed().preset
    }

    /// The text as it can be edited by a form; `None` where it is not TOML.
    pub(super) fn source(&self) -> Option<&Source> {
        self.parsed().source.as_ref()
    }

    /// Returns the text's value as JSON; null where it is not TOML.
    pub(super) fn value(&self) -> Value {
        self.source().map(|source| source.value().clone()).unwrap_or_default()
    }

    /// What the files say that it extends, as JSON; null where there are none.
    pub(super) fn inherited(&self) -> Value {
        self.parsed().inherited.clone()
    }

    /// Its generators and themes.
    pub(super) fn lists(&self) -> &Lists {
        &self.parsed().lists
    }

    /// Returns the problems of the text and of the files that it names. Opens those that were not checked.
    pub(super) fn problems(&self) -> &[Problem] {
        self.problems.get_or_init(|| {
            let preset = self.preset();
            let mut overlays = self.overlays.lock().unwrap_or_else(PoisonError::into_inner);
            let of_files = preset.check_files(&mut overlays);
            let all = preset.problems().iter().cloned().chain(of_files);
            let mut problems: Vec<Problem> = all.map(Into::into).collect();
            problems.sort_by_key(|problem| (problem.line, problem.column));
            problems
        })
    }

    /// Returns what the text says and surely does not mean.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        self.preset().warnings().iter().cloned().map(Into::into).collect()
    }

    /// Tells whether its variants may depend on one of these files or on a file below one of
    /// them, all by absolute paths.
    pub(super) fn uses(&self, files: &[PathBuf]) -> bool {
        if self.preset().base_paths().any(|base| files.iter().any(|file| base.starts_with(file))) {
            return true;
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let steps = self.preset().preset().generators.iter().flat_map(|it| &it.operations);
        let mut images = steps.filter_map(|step| match &step.operation {
            Operation::Overlay(overlay) => Some(&overlay.image),
            _ => None,
        });
        images.any(|image| {
            let is_fixed = Template::parse(image).is_ok_and(|it| it.names().next().is_none());
            let image = folder.join(image);
            let is_meant = |file: &PathBuf| {
                if is_fixed {
                    image.starts_with(file)
                } else {
                    file.starts_with(folder) || folder.starts_with(file)
                }
            };
            files.iter().any(is_meant)
        })
    }
}

/// Parses a text, once for all that is derived from it.
fn parse(path: &Path, text: &str) -> Parsed {
    #[cfg(test)]
    parses::add();
    let (root, errors) = DeTable::parse_recoverable(text);
    let parsed = preset::read_with(text, &root, &errors, &mut base_reader(path));
    let is_toml = errors.is_empty();
    Parsed {
        source: is_toml.then(|| Source::of(text, root.get_ref())).flatten(),
        lists: lists(&parsed, &root, text),
        inherited: parsed.inherited.clone(),
        preset: Arc::new(PresetSource::from_parsed(path, text.to_owned(), parsed)),
    }
}

/// Counts, for tests, how often this thread parses a text.
#[cfg(test)]
pub(super) mod parses {
    use std::cell::Cell;

    thread_local! { static COUNT: Cell<usize> = const { Cell::new(0) } }

    pub(super) fn add() {
        COUNT.set(COUNT.get() + 1);
    }

    /// Counts the parses of some work.
    pub(in crate::documents) fn during(work: impl FnOnce()) -> usize {
        let before = COUNT.get();
        work();
        COUNT.get() - before
    }
}
