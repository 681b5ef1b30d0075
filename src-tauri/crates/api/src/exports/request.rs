//! Turns the window's export arguments into a run's plan and sources, or into problems.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use cropmark_engine::{
    presets::{Parameters, PresetSource, Rulebook},
    run::{Destination, PresetText, RunOrigin, RunPlan},
    source::Found,
};
use cropmark_store::{RunId, atomic::Conflict};
use rustix::fs::{Access, access};

use super::Exports;
use crate::{
    ApiError,
    error::sentence,
    model::{ConflictPolicy, ExportArguments, ExportProfile, GeneratorChoice},
};

/// What the window wants to export, with the paths that it was granted.
#[derive(Debug)]
pub(crate) struct ExportRequest {
    pub(crate) arguments: ExportArguments,
    /// The folder; empty: none is chosen yet.
    pub(crate) destination: PathBuf,
    /// A CSV file with values of parameters.
    pub(crate) table: Option<PathBuf>,
}

/// A checked request, as far as it can be checked without reading sources.
pub(super) struct Request {
    pub(super) plan: RunPlan,
    pub(super) sources: Vec<Found>,
    pub(super) rulebook: Rulebook,
    pub(super) destination: Destination,
}

/// The reasons why a run cannot begin, each as a sentence.
#[derive(Debug, Default)]
pub(super) struct Problems {
    /// About the folder.
    pub(super) folder: Option<String>,
    /// About the name template.
    pub(super) template: Option<String>,
    /// All else.
    pub(super) others: Vec<String>,
}

impl Problems {
    fn all(self) -> Vec<String> {
        self.folder.into_iter().chain(self.template).chain(self.others).collect()
    }

    fn is_empty(&self) -> bool {
        self.folder.is_none() && self.template.is_none() && self.others.is_empty()
    }
}

impl Exports {
    /// Checks the request of a run that is to begin. Blocks: a table of values is read.
    pub(super) fn check(&self, wanted: &ExportRequest) -> Result<Request, Vec<String>> {
        match self.check_partly(wanted) {
            (Some(request), problems) if problems.is_empty() => Ok(request),
            (_, problems) => Err(problems.all()),
        }
    }

    /// Checks a request. Where only the folder is wrong, the names can be forecast all the same.
    /// Blocks.
    pub(super) fn check_partly(&self, wanted: &ExportRequest) -> (Option<Request>, Problems) {
        let folder = self.check_folder(&wanted.destination).err();
        let mut problems = Problems { folder, ..Problems::default() };
        let request = self.read(wanted, &mut problems);
        (request, problems)
    }

    fn read(&self, request: &ExportRequest, problems: &mut Problems) -> Option<Request> {
        let (wanted, folder) = (&request.arguments, request.destination.clone());
        let presets =
            self.presets(wanted).map_err(|error| problems.others.push(error.message)).ok()?;
        let texts = presets.iter().map(|(preset, only)| PresetText {
            only: Some(only.clone()),
            ..PresetText::of(preset)
        });
        let mut plan = RunPlan::new(RunOrigin::Studio, texts.collect(), folder.clone());
        self.inner.context.root().clone_into(&mut plan.base);
        plan.names.clone_from(&wanted.template);
        plan.conflict = conflict(wanted.on_conflict);
        let chosen = presets.iter().map(|(preset, only)| {
            PresetSource::from_texts(preset.path(), preset.text(), preset.bases()).only(only)
        });
        let rulebook = Rulebook::new(chosen.collect(), Vec::new())
            .map_err(|error| problems.others.push(sentence(&error.to_string())))
            .ok()?;
        match parameters(request, &rulebook) {
            Ok(parameters) => plan.parameters = parameters,
            Err(problem) => problems.others.push(problem),
        }
        let names = rulebook.name_template(&wanted.template).map_err(|error| {
            problems.template = Some(sentence(&format!("The name template is wrong: {error}")));
        });
        let destination = Destination::new(folder, names.ok()?, plan.conflict);
        let sources = self.sources(&wanted.assets);
        if sources.is_empty() {
            problems.others.push("There is no picture to export.".to_owned());
        }
        let rulebook = rulebook.with_parameters(plan.parameters.clone());
        let is_whole = problems.others.is_empty();
        is_whole.then_some(Request { plan, sources, rulebook, destination })
    }

    fn check_folder(&self, folder: &Path) -> Result<(), String> {
        if folder.as_os_str().is_empty() {
            return Err("Choose the folder that the files are written to.".to_owned());
        }
        if !folder.is_absolute() {
            return Err(format!("{} is no full path. Choose a folder.", folder.display()));
        }
        if folder.exists() && !folder.is_dir() {
            return Err(format!("{} is a file. Choose a folder.", folder.display()));
        }
        // Folders that are missing are made: the nearest existing one counts.
        let there = folder.ancestors().find_map(|place| place.canonicalize().ok());
        if let Some(there) = &there
            && let Err(error) = access(there, Access::WRITE_OK)
        {
            return Err(format!(
                "{} may not be written to ({error}). Choose another folder, or ask for permission.",
                there.display()
            ));
        }
        if there.is_some_and(|there| there.starts_with(self.inner.context.root())) {
            return Err(format!(
                "{} lies in the opened folder: what is written there would become pictures to \
                 export itself. Choose a folder outside.",
                folder.display()
            ));
        }
        Ok(())
    }

    /// The presets of the chosen generators, with the names chosen of each.
    #[expect(clippy::type_complexity, reason = "a pair is all it is")]
    fn presets(
        &self,
        wanted: &ExportArguments,
    ) -> Result<Vec<(std::sync::Arc<PresetSource>, Vec<String>)>, ApiError> {
        let mut chosen: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for choice in &wanted.generators {
            chosen.entry(&choice.file).or_default().push(choice.generator.clone());
        }
        if chosen.is_empty() {
            return Err(ApiError::invalid("Choose at least one generator."));
        }
        let presets = chosen.into_iter().map(|(file, names)| {
            let preset = self.inner.documents.preset(file)?;
            for name in &names {
                if preset.preset().generator(name).is_none() {
                    return Err(ApiError::invalid(format!(
                        "The generator {name:?} of {file} has a problem or is no longer there."
                    )));
                }
            }
            Ok((preset, names))
        });
        presets.collect()
    }

    fn sources(&self, assets: &[u32]) -> Vec<Found> {
        let library = &self.inner.library;
        let ids = if assets.is_empty() { library.ids() } else { assets.to_vec() };
        let paths = ids.into_iter().filter_map(|id| library.asset(id)).map(|asset| asset.path);
        let found = paths.map(|path| Found {
            remote: None,
            path: self.inner.context.root().join(&path),
            relative: path.clone().into(),
            asset: path.into(),
            named: false,
            identity: None,
            fault: None,
        });
        found.collect()
    }

    /// The choices that a run was started with, and the folder that it writes to. Values that a table
    /// gave are not among them.
    pub(crate) async fn choices(&self, id: i64) -> Result<(ExportProfile, PathBuf), ApiError> {
        let plan = self.record(RunId(id)).await?.plan;
        let plan = plan.ok_or_else(|| {
            ApiError::invalid("A newer Cropmark made this export; it cannot be repeated here.")
        })?;
        let generators = plan.presets.iter().flat_map(|preset| {
            let file = preset.path.strip_prefix(&plan.base).unwrap_or(&preset.path);
            let file = file.to_string_lossy().into_owned();
            let names = preset.only.iter().flatten();
            names.map(move |name| GeneratorChoice { file: file.clone(), generator: name.clone() })
        });
        let choices = ExportProfile {
            name: String::new(),
            generators: generators.collect(),
            destination: None,
            template: plan.names.clone(),
            on_conflict: policy(plan.conflict),
            parameters: plan.parameters.for_every_asset().clone(),
        };
        Ok((choices, plan.base.join(&plan.destination)))
    }
}

fn policy(conflict: Conflict) -> ConflictPolicy {
    match conflict {
        Conflict::Unique => ConflictPolicy::Unique,
        Conflict::Overwrite => ConflictPolicy::Overwrite,
        Conflict::IfChanged => ConflictPolicy::IfChanged,
        Conflict::Skip => ConflictPolicy::Skip,
    }
}

fn conflict(policy: ConflictPolicy) -> Conflict {
    match policy {
        ConflictPolicy::Unique => Conflict::Unique,
        ConflictPolicy::Overwrite => Conflict::Overwrite,
        ConflictPolicy::IfChanged => Conflict::IfChanged,
        ConflictPolicy::Skip => Conflict::Skip,
    }
}

fn parameters(request: &ExportRequest, rulebook: &Rulebook) -> Result<Parameters, String> {
    let wanted = &request.arguments;
    let known = rulebook.parameter_names();
    // The window offers the names; one of a generator that is not chosen any more does no harm.
    let given = wanted.parameters.iter().filter(|(name, _)| known.contains(*name));
    let given = given.map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut parameters =
        Parameters::for_all(given, &known).map_err(|error| sentence(&error.to_string()))?;
    if let Some(table) = &request.table {
        parameters.add_table(table, &known).map_err(|error| sentence(&error.to_string()))?;
    }
    Ok(parameters)
}
