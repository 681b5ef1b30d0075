//! The preset files of the workspace as they are now, and where a generator is.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use cropmark_engine::{presets::PresetSource, source::is_preset_name, watch::Change};
use cropmark_rules::preset::{Generator, Theme, nearest};
use hyper::StatusCode;

use crate::refusal::Refusal;

/// The paths of the preset files, below the workspace.
#[derive(Debug, Clone, Default)]
pub(crate) struct PresetPaths {
    paths: BTreeSet<PathBuf>,
    is_known: bool,
}

impl PresetPaths {
    /// Whether the files that are there were listed.
    pub(crate) fn is_known(&self) -> bool {
        self.is_known
    }

    /// Takes changes in; returns whether presets must be read again.
    pub(crate) fn apply(&mut self, changes: Vec<Change>) -> bool {
        let mut is_new = !self.is_known;
        self.is_known = true;
        let is_preset = |path: &Path| path.file_name().is_some_and(is_preset_name);
        for change in changes {
            let (gone, come) = match change {
                Change::Appeared(path) | Change::Changed(path) => (None, Some(path)),
                Change::Gone(path) => (Some(path), None),
                Change::Renamed { from, to } => (Some(from), Some(to)),
            };
            is_new |= gone.is_some_and(|path| self.paths.remove(&path));
            if let Some(path) = come.filter(|path| is_preset(path)) {
                self.paths.insert(path);
                is_new = true;
            }
        }
        is_new
    }
}

/// The preset files, read.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    paths: PresetPaths,
    presets: Vec<Preset>,
}

/// A preset file.
#[derive(Debug)]
pub(crate) struct Preset {
    pub(crate) source: PresetSource,
    /// The path below the workspace, for messages.
    name: String,
    /// When it was written to last.
    pub(crate) modified: SystemTime,
}

impl Preset {
    /// The generator of one of its themes.
    pub(crate) fn generator_of(&self, theme: &Theme) -> Result<&Generator, Refusal> {
        self.source.preset().generator(&theme.generator).ok_or_else(|| {
            let (theme, name, generator) = (&theme.name, &self.name, &theme.generator);
            let message = format!(
                "The theme {theme:?} of {name} needs the generator {generator:?}, which is off or \
                 not there."
            );
            Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message)
        })
    }
}

impl Catalogue {
    /// Reads the files; returns what is wrong with them too, as sentences.
    pub(crate) fn read(root: &Path, paths: &PresetPaths) -> (Self, Vec<String>) {
        let (mut presets, mut complaints) = (Vec::new(), Vec::new());
        for path in &paths.paths {
            let name = path.display().to_string();
            let path = root.join(path);
            // Its time first: a write in between is read again.
            let modified = fs::metadata(&path).and_then(|facts| facts.modified());
            match PresetSource::read(&path) {
                Ok(source) => {
                    let problems = source.problems().iter();
                    complaints.extend(problems.map(|problem| problem.located(&name)));
                    let of = |path: PathBuf| fs::metadata(path).and_then(|it| it.modified()).ok();
                    let times = source.base_paths().filter_map(of).chain(modified.ok());
                    let modified = times.max().unwrap_or(SystemTime::UNIX_EPOCH);
                    presets.push(Preset { source, name, modified });
                }
                Err(error) => complaints.push(error.to_string()),
            }
        }
        (Self { paths: paths.clone(), presets }, complaints)
    }

    pub(crate) fn paths(&self) -> &PresetPaths {
        &self.paths
    }

    /// The names of the generators that work, each once.
    pub(crate) fn generators(&self) -> Vec<String> {
        let all = self.presets.iter().flat_map(|preset| &preset.source.preset().generators);
        let names: BTreeSet<&str> = all.map(|generator| generator.name.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Finds a generator and its preset file.
    pub(crate) fn find(&self, name: &str) -> Result<(&Preset, &Generator), Refusal> {
        let mut found = self.presets.iter().filter_map(|preset| {
            let generator = preset.source.preset().generator(name)?;
            Some((preset, generator))
        });
        let first = found.next();
        // A preset that extends the first one has its generators too.
        let other = found.find(|(other, _)| {
            first.is_some_and(|(first, _)| !other.source.shares(&first.source, name))
        });
        match (first, other) {
            (Some(only), None) => Ok(only),
            (Some((first, _)), Some((second, _))) => {
                let message = format!(
                    "The generator {name:?} is in {} and in {}: rename one of them.",
                    first.name, second.name
                );
                Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message))
            }
            (None, _) => Err(self.missing(name)),
        }
    }

    /// Finds a theme and its preset file; `None` where none has it.
    pub(crate) fn find_theme(&self, name: &str) -> Result<Option<(&Preset, &Theme)>, Refusal> {
        let mut found = self.presets.iter().filter_map(|preset| {
            let theme = preset.source.preset().themes.iter().find(|theme| theme.name == name)?;
            Some((preset, theme))
        });
        match (found.next(), found.next()) {
            (only, None) => Ok(only),
            (first, Some((second, _))) => {
                let first = first.map_or("", |(first, _)| first.name.as_str());
                let message = format!(
                    "The theme {name:?} is in {first} and in {}: rename one of them.",
                    second.name
                );
                Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message))
            }
        }
    }

    fn missing(&self, name: &str) -> Refusal {
        for preset in &self.presets {
            let source = &preset.source;
            if source.preset().broken.iter().any(|broken| broken == name) {
                let mut problems = source.problems().iter();
                let problem = problems.find(|problem| problem.generator.as_deref() == Some(name));
                let why = problem.map_or(String::new(), |problem| problem.located(&preset.name));
                let message = format!("The generator {name:?} is off because of a fault. {why}");
                return Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message);
            }
        }
        let known = self.generators();
        let hint = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {near:?}?"),
            None if known.is_empty() => "no preset file of the workspace has one.".to_owned(),
            None => "the address / lists those that there are.".to_owned(),
        };
        Refusal::not_found(format!("There is no generator {name:?}: {hint}"))
    }
}

#[cfg(test)]
mod tests;
