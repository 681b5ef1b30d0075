//! The generators of all preset files as they are now, each known by a number that changes when
//! what it makes may change: so a moved slider makes only its own generator's plans anew.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use cropmark_engine::export::PresetSource;
use cropmark_rules::{Operation, preset::Generator};

use crate::documents::Documents;

/// All preset files at a moment.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) revision: u64,
    pub(super) files: Vec<FileRules>,
}

/// A preset file's generators.
#[derive(Debug)]
pub(super) struct FileRules {
    pub(super) file: String,
    pub(super) preset: Arc<PresetSource>,
    pub(super) generators: Vec<GeneratorRule>,
}

/// A generator.
#[derive(Debug)]
pub(super) struct GeneratorRule {
    pub(super) name: String,
    /// Never used again for another rule.
    pub(super) number: u32,
}

/// The newest rules.
#[derive(Debug, Default)]
pub(super) struct Ruling {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    rules: Option<Arc<Rules>>,
    numbers: HashMap<blake3::Hash, u32>,
    next: u32,
}

impl Ruling {
    /// The rules as they are now. Blocks where a preset was not read yet. A preset that cannot
    /// be read at all has none.
    pub(super) fn now(&self, documents: &Documents) -> Arc<Rules> {
        // Asked before the texts, so that a change in between is seen the next time.
        let revision = documents.revision();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = known.rules.as_ref().filter(|rules| rules.revision == revision) {
            return Arc::clone(rules);
        }
        let mut numbers = HashMap::new();
        let mut files = Vec::new();
        for file in documents.files() {
            let Ok(preset) = documents.preset(&file) else { continue };
            // A file that is the same object has the same overlays.
            let same = known.rules.as_ref().is_some_and(|rules| {
                rules.files.iter().any(|former| Arc::ptr_eq(&former.preset, &preset))
            });
            let generators = preset.preset().generators.iter().map(|generator| {
                let print = fingerprint(&file, &preset, generator);
                let reads_files = generator
                    .operations
                    .iter()
                    .any(|step| step.enabled && matches!(step.operation, Operation::Overlay(_)));
                let number = known.numbers.get(&print).filter(|_| same || !reads_files).copied();
                let number = number.unwrap_or_else(|| {
                    known.next += 1;
                    known.next
                });
                numbers.insert(print, number);
                GeneratorRule { name: generator.name.clone(), number }
            });
            let generators = generators.collect();
            files.push(FileRules { file, preset, generators });
        }
        let rules = Arc::new(Rules { revision, files });
        known.numbers = numbers;
        known.rules = Some(Arc::clone(&rules));
        rules
    }
}

/// All that a generator's plans depend on, besides the assets and the files of overlays.
fn fingerprint(file: &str, preset: &PresetSource, generator: &Generator) -> blake3::Hash {
    let preset = preset.preset();
    let themes: Vec<_> =
        preset.themes_of(&generator.name).map(|theme| (&theme.name, theme)).collect();
    let parts = (file, &generator.name, generator, &preset.defaults, themes);
    let mut hasher = blake3::Hasher::new();
    // Plain data always becomes JSON, and a hasher takes every byte.
    let written = serde_json::to_writer(&mut hasher, &parts);
    debug_assert!(written.is_ok(), "{written:?}");
    hasher.finalize()
}
