//! Snapshots of the generators of all preset files, each with a number that changes when its
//! variants may change: so a moved slider plans only its own generator again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use cropmark_engine::presets::PresetSource;
use cropmark_rules::{Operation, preset::Generator};

use crate::documents::Documents;

/// A snapshot of all preset files.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) revision: u64,
    pub(super) files: Vec<FileRules>,
}

/// A preset file in a snapshot.
#[derive(Debug)]
pub(super) struct FileRules {
    pub(super) file: String,
    pub(super) preset: Arc<PresetSource>,
    pub(super) generators: Vec<GeneratorRule>,
}

/// A generator in a snapshot.
#[derive(Debug)]
pub(super) struct GeneratorRule {
    pub(super) name: String,
    /// Never used again for another rule.
    pub(super) number: u32,
}

/// Makes the snapshots, and keeps the newest.
#[derive(Debug, Default)]
pub(super) struct RuleSnapshots {
    newest: Mutex<Newest>,
}

#[derive(Debug, Default)]
struct Newest {
    rules: Option<Arc<Rules>>,
    numbers: HashMap<blake3::Hash, u32>,
    next: u32,
}

impl RuleSnapshots {
    /// The snapshot of the current revision. A preset that cannot be read has no generators in it.
    /// Blocks where a preset was not read yet.
    pub(super) fn current(&self, documents: &Documents) -> Arc<Rules> {
        // Taken before the texts: a change in between gives the next snapshot.
        let revision = documents.revision();
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = newest.rules.as_ref().filter(|rules| rules.revision == revision) {
            return Arc::clone(rules);
        }
        let mut numbers = HashMap::new();
        let mut files = Vec::new();
        for file in documents.files() {
            let Ok(preset) = documents.preset(&file) else { continue };
            // An unchanged object has unchanged overlay files.
            let same = newest.rules.as_ref().is_some_and(|rules| {
                rules.files.iter().any(|former| Arc::ptr_eq(&former.preset, &preset))
            });
            let generators = preset.preset().generators.iter().map(|generator| {
                let print = fingerprint(&file, &preset, generator);
                let reads_files = generator
                    .operations
                    .iter()
                    .any(|step| step.enabled && matches!(step.operation, Operation::Overlay(_)));
                let number = newest.numbers.get(&print).filter(|_| same || !reads_files).copied();
                let number = number.unwrap_or_else(|| {
                    newest.next += 1;
                    newest.next
                });
                numbers.insert(print, number);
                GeneratorRule { name: generator.name.clone(), number }
            });
            let generators = generators.collect();
            files.push(FileRules { file, preset, generators });
        }
        let rules = Arc::new(Rules { revision, files });
        newest.numbers = numbers;
        newest.rules = Some(Arc::clone(&rules));
        rules
    }
}

/// Hashes all that a generator's plans depend on, except for assets and overlay files.
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
