//! What is asked for: the generators of one or several preset files, of which some may be
//! chosen by name, and the values for their parameters.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use cropmark_rules::{
    ContentHash, Format,
    naming::{NameError, NameTemplate},
    plan::AssetFacts,
    preset::{Generator, nearest},
};

use super::{
    parameters::Parameters,
    preset_plan::{AssetPlan, PresetPlan},
    preset_source::PresetSource,
    shared::leave_out_repeated,
};

/// Why generators cannot be chosen.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// No preset has a generator of this name.
    #[error("there is no generator {name:?}; {hint}")]
    Unknown {
        /// The name.
        name: String,
        /// The nearest right name, or all of them.
        hint: String,
    },
    /// A generator that was named has a fault.
    #[error("the generator {name:?} has a fault and cannot be rendered; correct {}", path.display())]
    Broken {
        /// The name.
        name: String,
        /// Its preset file.
        path: PathBuf,
    },
    /// Two presets have a generator of the same name.
    #[error(
        "the generator {name:?} is in {} and in {}; rename one, or render the files one after the other",
        first.display(), second.display()
    )]
    Twice {
        /// The name.
        name: String,
        /// A preset file.
        first: PathBuf,
        /// Another one.
        second: PathBuf,
    },
    /// There is nothing to render.
    #[error("the preset has no generator that can be rendered")]
    Nothing,
}

/// The generators to render.
#[derive(Debug)]
pub struct Rulebook {
    presets: Vec<PresetSource>,
    chosen: Vec<String>,
    parameters: Parameters,
    accepts_files: AtomicBool,
}

impl Rulebook {
    /// Chooses generators by name; no names: all that work.
    ///
    /// # Errors
    /// Where a name is unknown, faulty or ambiguous, or nothing is left to render.
    pub fn new(mut presets: Vec<PresetSource>, chosen: Vec<String>) -> Result<Self, ChoiceError> {
        leave_out_repeated(&mut presets);
        let mut homes: BTreeMap<&str, &PresetSource> = BTreeMap::new();
        for preset in &presets {
            for generator in &preset.preset().generators {
                let wanted = chosen.is_empty() || chosen.contains(&generator.name);
                if let Some(first) = homes.insert(&generator.name, preset).filter(|_| wanted) {
                    return Err(ChoiceError::Twice {
                        name: generator.name.clone(),
                        first: first.path().to_owned(),
                        second: preset.path().to_owned(),
                    });
                }
            }
        }
        for name in &chosen {
            if homes.contains_key(name.as_str()) {
                continue;
            }
            let broken = presets.iter().find(|preset| preset.preset().broken.contains(name));
            return Err(match broken {
                Some(preset) => {
                    ChoiceError::Broken { name: name.clone(), path: preset.path().to_owned() }
                }
                None => unknown(name, &homes),
            });
        }
        if homes.is_empty() {
            return Err(ChoiceError::Nothing);
        }
        let (parameters, accepts_files) = (Parameters::default(), AtomicBool::new(false));
        Ok(Self { presets, chosen, parameters, accepts_files })
    }

    /// The same with values for parameters.
    #[must_use]
    pub fn with_parameters(self, parameters: Parameters) -> Self {
        Self { parameters, ..self }
    }

    /// The preset files.
    #[must_use]
    pub fn presets(&self) -> &[PresetSource] {
        &self.presets
    }

    /// The files that the rules are made of, which are never written to: the preset files, and
    /// those that overlays name without parameters.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.presets.iter().flat_map(PresetSource::files)
    }

    /// Returns the hashes of the files that overlays name, as far as they can be read, in the order
    /// of the presets. Reads the files.
    pub(crate) fn overlay_hashes(&self) -> Vec<Option<ContentHash>> {
        let hashes = self.presets.iter().flat_map(|preset| {
            preset.images().map(|image| preset.file(image).ok().map(|file| file.hash))
        });
        hashes.collect()
    }

    /// Expects these hashes of the files that overlays name, in the order of the presets: another
    /// content is a fault.
    pub(crate) fn expect_overlays(&self, hashes: &[Option<ContentHash>]) {
        let mut hashes = hashes.iter();
        for preset in &self.presets {
            let planned = preset.images().zip(hashes.by_ref());
            let expected = planned.filter_map(|(image, hash)| Some((image.to_owned(), (*hash)?)));
            preset.expect_files(expected.collect());
        }
    }

    /// The generators to render.
    pub fn generators(&self) -> impl Iterator<Item = &Generator> {
        let wanted = |generator: &&Generator| {
            self.chosen.is_empty() || self.chosen.contains(&generator.name)
        };
        self.presets.iter().flat_map(|preset| &preset.preset().generators).filter(wanted)
    }

    /// Takes overlays' files as they are from now on, not as they were planned.
    pub(crate) fn accept_files(&self) {
        self.accepts_files.store(true, Ordering::Release);
        self.presets.iter().for_each(PresetSource::accept_files);
    }

    /// Whether files of overlays are taken as they are.
    pub(crate) fn accepts_files(&self) -> bool {
        self.accepts_files.load(Ordering::Acquire)
    }

    /// The names of the parameters that these generators declare.
    #[must_use]
    pub fn parameter_names(&self) -> BTreeSet<String> {
        self.generators().flat_map(|generator| generator.parameters.keys().cloned()).collect()
    }

    /// Reads a name template, which may use those parameters.
    ///
    /// # Errors
    /// As of [`NameTemplate::parse`].
    pub fn name_template(&self, text: &str) -> Result<NameTemplate, NameError> {
        let names = self.parameter_names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        NameTemplate::parse(text, &names)
    }

    /// Resolves what the generators make of an asset. Reads the files of overlays.
    pub(crate) fn plan(&self, asset: &AssetFacts, writable: &[Format]) -> AssetPlan {
        let given = self.parameters.of(&asset.path);
        let mut whole = PresetPlan::default();
        for preset in &self.presets {
            whole.extend(preset.plan(asset, &self.chosen, &given, writable));
        }
        whole.into()
    }
}

fn unknown(name: &str, homes: &BTreeMap<&str, &PresetSource>) -> ChoiceError {
    let hint = match nearest(name, homes.keys().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None if homes.is_empty() => "the preset has none that works".to_owned(),
        None => format!("known are {}", homes.keys().copied().collect::<Vec<_>>().join(", ")),
    };
    ChoiceError::Unknown { name: name.to_owned(), hint }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn preset(folder: &Path, name: &str, text: &str) -> PresetSource {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        PresetSource::read(&path).unwrap()
    }

    const TWO: &str =
        "version = 1\n[generators.small]\n[generators.large]\nparameters.title = \"\"\n";

    #[test]
    fn names_choose_and_wrong_ones_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let two = || preset(folder.path(), "two.preset.toml", TWO);
        let broken = "version = 1\n[generators.b]\nwidths = \"x\"\n";
        let broken = || preset(folder.path(), "broken.preset.toml", broken);
        let choose = |presets, names: &[&str]| {
            Rulebook::new(presets, names.iter().map(|name| (*name).to_owned()).collect())
        };
        let book = choose(vec![two(), broken()], &["large"]).unwrap();
        assert_eq!(book.generators().map(|one| &one.name).collect::<Vec<_>>(), ["large"]);
        assert_eq!(book.parameter_names(), BTreeSet::from(["title".to_owned()]));
        assert_eq!(choose(vec![two(), broken()], &[]).unwrap().generators().count(), 2);
        let message = |presets, names: &[&str]| choose(presets, names).unwrap_err().to_string();
        assert!(message(vec![two()], &["smal"]).ends_with("did you mean \"small\"?"));
        assert!(message(vec![two(), broken()], &["b"]).contains("broken.preset.toml"));
        assert!(message(vec![two(), two()], &[]).contains("is in"));
        assert!(message(vec![broken()], &[]).contains("no generator"));
    }
    #[test]
    fn a_generator_that_a_preset_has_from_another_is_rendered_once() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str, text: &str| preset(folder.path(), name, text);
        let brand = || of("brand.preset.toml", TWO);
        let site = |own: &str| {
            let text = format!("version = 1\nextends = [\"brand.preset.toml\"]\n{own}");
            of("site.preset.toml", &text)
        };
        let names = |presets| -> Result<Vec<String>, ChoiceError> {
            let book = Rulebook::new(presets, Vec::new())?;
            Ok(book.generators().map(|one| one.name.clone()).collect())
        };
        let own = "[generators.own]\n";
        assert_eq!(names(vec![brand(), site(own)]).unwrap(), ["small", "large", "own"]);
        assert_eq!(names(vec![site(own), brand()]).unwrap(), ["own", "small", "large"]);
        for other in ["[generators.small]\nwidths = [9]\n", "[defaults.output]\nquality = 9\n"] {
            let error = names(vec![brand(), site(other)]).unwrap_err();
            assert!(matches!(error, ChoiceError::Twice { .. }), "{other}");
        }
        let site = site("[generators.small]\nwidths = [9]\n");
        let bases: Vec<_> = site.base_paths().collect();
        assert_eq!(bases, [folder.path().join("brand.preset.toml")]);
        fs::write(&bases[0], "version = 1\n").unwrap();
        let again = PresetSource::from_texts(site.path(), site.text(), site.bases());
        assert_eq!(again.preset(), site.preset(), "as it was when it was read");
        let now = PresetSource::read(site.path()).unwrap();
        assert_eq!(now.preset().generators.len(), 1);
    }
}
