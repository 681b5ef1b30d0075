//! What is asked of a run, in a form that outlives the process: preset texts as they were, and
//! everything else by value.

use std::{
    env, fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use cropmark_rules::{ContentHash, preset::BaseFile, protocol::PIXEL_VERSION};
use cropmark_store::{atomic::Conflict, path_json};
use serde::{Deserialize, Serialize};

use super::{
    context::RunContext, destination::Destination, error::RunError, on_clash::OnClash, shard::Shard,
};
use crate::{
    Engine,
    intake::Cache,
    presets::{Parameters, PresetSource, Rulebook},
    source::Found,
};

/// The version of the plan's format. A plan of another one is not gone on with.
pub const PLAN_VERSION: u32 = 1;

/// What is asked of a run. Sources are given beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPlan {
    /// [`PLAN_VERSION`].
    pub version: u32,
    /// What begins the run.
    pub origin: RunOrigin,
    /// The folder that relative paths of the plan and the sources are below.
    #[serde(with = "path_json")]
    pub base: PathBuf,
    /// The presets as they are now.
    pub presets: Vec<PresetText>,
    /// The generators to render; empty: all that work.
    pub generators: Vec<String>,
    /// Values for parameters.
    pub parameters: Parameters,
    /// The folder of the results.
    #[serde(with = "path_json")]
    pub destination: PathBuf,
    /// The name template.
    pub names: String,
    /// What happens where a name is taken.
    pub conflict: Conflict,
    /// What happens to results that would have one name.
    #[serde(default, skip_serializing_if = "is_refused")]
    pub on_clash: OnClash,
    /// The part of the sources that is rendered; `None`: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The hashes of the files that overlays name, as far as they could be read.
    overlays: Vec<Option<ContentHash>>,
    /// How many sources it was begun with.
    sources: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_refused(policy: &OnClash) -> bool {
    *policy == OnClash::Refuse
}

/// What begins a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOrigin {
    /// A command, which goes on when it is given again.
    Command,
    /// A window, which shows its runs and asks.
    Studio,
}

/// A preset file as it was when the run was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresetText {
    /// Where it is; files of overlays are named from its folder.
    #[serde(with = "path_json")]
    pub path: PathBuf,
    /// What stood in it.
    pub text: String,
    /// The files that it extends, as they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<BaseFile>,
    /// The generators that are taken from it; `None`: all of those that the plan names.
    pub only: Option<Vec<String>>,
}

impl PresetText {
    /// All of a preset that was read.
    #[must_use]
    pub fn of(preset: &PresetSource) -> Self {
        Self {
            path: preset.path().to_owned(),
            text: preset.text().to_owned(),
            bases: preset.bases().to_vec(),
            only: None,
        }
    }
}

impl RunPlan {
    /// A plan with the default names, unique ones, for the current folder.
    #[must_use]
    pub fn new(origin: RunOrigin, presets: Vec<PresetText>, destination: PathBuf) -> Self {
        Self {
            version: PLAN_VERSION,
            origin,
            base: env::current_dir().unwrap_or_default(),
            presets,
            generators: Vec::new(),
            parameters: Parameters::default(),
            destination,
            names: cropmark_rules::naming::DEFAULT_TEMPLATE.to_owned(),
            conflict: Conflict::default(),
            on_clash: OnClash::default(),
            shard: None,
            overlays: Vec::new(),
            sources: 0,
        }
    }

    /// Notes the hashes of the files that overlays of these rules name, which are then expected.
    /// Reads the files.
    pub(super) fn note_overlays(&mut self, rulebook: &Rulebook) {
        self.overlays = rulebook.overlay_hashes();
        rulebook.expect_overlays(&self.overlays);
    }

    /// By what the same request is recognised: the plan, the sources with their lengths and
    /// times, and the version of the pixel code. Looks at each source.
    #[must_use]
    pub fn digest(&self, sources: &[Found]) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&PIXEL_VERSION.to_le_bytes());
        hasher.update(serde_json::to_string(self).unwrap_or_default().as_bytes());
        let mut text = |path: &Path| {
            let bytes = path.as_os_str().as_encoded_bytes();
            hasher.update(&bytes.len().to_le_bytes()).update(bytes);
        };
        let mut states = Vec::new();
        for found in sources {
            text(&found.path);
            text(&found.relative);
            text(&found.asset);
            if let Some(url) = found.remote.clone() {
                text(Path::new(&String::from(url)));
            }
            let metadata = fs::metadata(&found.path).ok();
            let state = metadata.map(|it| (it.len(), it.mtime(), it.mtime_nsec()));
            let (length, seconds, nanoseconds) = state.unwrap_or((u64::MAX, 0, 0));
            states.extend(length.to_le_bytes());
            states.extend([seconds, nanoseconds].map(i64::to_le_bytes).concat());
            states.push(u8::from(found.named));
        }
        hasher.update(&states);
        hasher.finalize().to_hex().to_string()
    }

    pub(super) fn count_sources(&mut self, sources: usize) {
        self.sources = sources;
    }

    pub(super) fn has_sources(&self, sources: usize) -> bool {
        self.sources == sources
    }

    /// Whether another plan differs in its sources at most.
    pub(super) fn asks_the_same(&self, other: &Self) -> bool {
        *self == Self { sources: self.sources, ..other.clone() }
    }

    /// Makes what a run of this plan works with.
    ///
    /// # Errors
    /// Where the generators cannot be rendered, or the name template is wrong.
    pub fn context(&self, engine: &Engine, cache: Option<Cache>) -> Result<RunContext, RunError> {
        let rulebook = self.rulebook()?;
        let destination = self.destination(&rulebook)?;
        let context = RunContext::new(engine, cache, rulebook, destination);
        Ok(context.on_clash(self.on_clash).shard(self.shard))
    }

    fn rulebook(&self) -> Result<Rulebook, RunError> {
        let presets = self.presets.iter().map(|preset| {
            let source =
                PresetSource::from_texts(&self.rooted(&preset.path), &preset.text, &preset.bases);
            match &preset.only {
                Some(generators) => source.only(generators),
                None => source,
            }
        });
        let rulebook = Rulebook::new(presets.collect(), self.generators.clone())?;
        rulebook.expect_overlays(&self.overlays);
        Ok(rulebook.with_parameters(self.parameters.clone()))
    }

    fn destination(&self, rulebook: &Rulebook) -> Result<Destination, RunError> {
        let names = rulebook.name_template(&self.names);
        let names =
            names.map_err(|source| RunError::Name { template: self.names.clone(), source })?;
        Ok(Destination::new(self.rooted(&self.destination), names, self.conflict))
    }

    /// A path of the plan as this process names it: as it is where it means the same here.
    pub(super) fn rooted(&self, path: &Path) -> PathBuf {
        if env::current_dir().is_ok_and(|folder| folder == self.base) {
            return path.to_owned();
        }
        self.base.join(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_outlives_its_text_form_and_relative_paths_their_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.preset.toml");
        let text = "version = 1\n[generators.a]\n[generators.b]\n".to_owned();
        let preset = PresetText { path, text, bases: Vec::new(), only: Some(vec!["b".into()]) };
        let plan = RunPlan::new(RunOrigin::Studio, vec![preset], "out".into());
        let json = serde_json::to_value(&plan).unwrap();
        let mut again: RunPlan = serde_json::from_value(json).unwrap();
        assert_eq!(again, plan);
        assert_eq!(again.rooted(Path::new("out")), Path::new("out"));
        let rulebook = again.rulebook().unwrap();
        let names: Vec<_> = rulebook.generators().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["b"]);
        again.base = folder.path().to_owned();
        assert_eq!(again.destination(&rulebook).unwrap().folder, folder.path().join("out"));
    }

    #[test]
    fn another_source_or_another_rule_is_another_request() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        fs::write(&path, "one").unwrap();
        let found = |named| Found {
            path: path.clone(),
            remote: None,
            relative: "a.jpg".into(),
            asset: "a.jpg".into(),
            named,
            identity: None,
            fault: None,
        };
        let plan = |text: &str| {
            let preset =
                PresetText { path: "p".into(), text: text.into(), bases: Vec::new(), only: None };
            RunPlan::new(RunOrigin::Command, vec![preset], "out".into())
        };
        let digest = plan("a").digest(&[found(false)]);
        assert_eq!(plan("a").digest(&[found(false)]), digest);
        let others = [
            plan("b").digest(&[found(false)]),
            plan("a").digest(&[found(true)]),
            plan("a").digest(&[]),
        ];
        assert!(!others.contains(&digest));
        fs::write(&path, "three").unwrap();
        assert_ne!(plan("a").digest(&[found(false)]), digest);
    }
}
