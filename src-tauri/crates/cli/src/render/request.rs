//! Checks the arguments, and finds everything that can be found wrong before a worker
//! is started.

use std::{collections::BTreeMap, ffi::OsString, fs};

use cropmark_engine::{
    presets::{Parameters, PresetSource, Rulebook},
    run::{Destination, PresetText, RunOrigin, RunPlan},
    source::Search,
};
use cropmark_rules::preset::Problem;
use cropmark_store::atomic::create_folders;

use crate::{arguments::RenderArguments, status::Failure, terminal};

/// A checked request to render.
#[derive(Debug)]
pub(super) struct RenderRequest {
    pub(super) rulebook: Rulebook,
    pub(super) destination: Destination,
    pub(super) search: Search,
    /// The plan that is recorded.
    pub(super) plan: RunPlan,
    /// Whether a requested generator has a problem.
    pub(super) faulty: bool,
}

pub(super) fn read(arguments: &RenderArguments) -> Result<RenderRequest, Failure> {
    let presets = presets(arguments)?;
    let texts = presets.iter().map(PresetText::of).collect();
    let faulty = report_problems(&presets, &arguments.generators);
    let rulebook = Rulebook::new(presets, arguments.generators.clone()).map_err(usage)?;
    let parameters = parameters(arguments, &rulebook)?;
    let names = rulebook
        .name_template(&arguments.name)
        .map_err(|error| Failure::Usage(format!("--name {:?}: {error}", arguments.name)))?;
    prepare_out(arguments)?;
    let search = search(arguments, &rulebook);
    let destination = Destination::new(arguments.out.clone(), names, arguments.on_conflict.into());
    let mut plan = RunPlan::new(RunOrigin::Command, texts, arguments.out.clone());
    plan.generators.clone_from(&arguments.generators);
    plan.parameters = parameters.clone();
    plan.names.clone_from(&arguments.name);
    plan.conflict = arguments.on_conflict.into();
    plan.on_clash = arguments.on_clash.into();
    let rulebook = rulebook.with_parameters(parameters);
    Ok(RenderRequest { rulebook, destination, search, plan, faulty })
}

fn presets(arguments: &RenderArguments) -> Result<Vec<PresetSource>, Failure> {
    arguments.presets.iter().map(|path| PresetSource::read(path).map_err(usage)).collect()
}

/// Prints all problems. Those count that concern what is rendered.
fn report_problems(presets: &[PresetSource], wanted: &[String]) -> bool {
    let concerns = |problem: &Problem| match &problem.generator {
        Some(generator) => wanted.is_empty() || wanted.contains(generator),
        None => wanted.is_empty(),
    };
    let mut faulty = false;
    for preset in presets {
        for problem in preset.problems() {
            terminal::complain(&problem.located(&preset.path().display().to_string()));
            faulty |= concerns(problem);
        }
    }
    faulty
}

fn parameters(arguments: &RenderArguments, rulebook: &Rulebook) -> Result<Parameters, Failure> {
    let known = rulebook.parameter_names();
    let given: BTreeMap<String, String> = arguments.parameters.iter().cloned().collect();
    let mut parameters = Parameters::for_all(given, &known)
        .map_err(|error| Failure::Usage(format!("--param: {error}")))?;
    if let Some(table) = &arguments.params_csv {
        parameters.add_table(table, &known).map_err(usage)?;
    }
    Ok(parameters)
}

fn prepare_out(arguments: &RenderArguments) -> Result<(), Failure> {
    let out = &arguments.out;
    let failure = |reason: &str| {
        let out = out.display();
        Failure::Usage(format!("--out {out}: {reason}; choose another folder"))
    };
    match fs::metadata(out) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(failure("this is a file")),
        Err(_) if arguments.dry_run => Ok(()),
        Err(_) => create_folders(out).map_err(|error| Failure::Usage(format!("--out: {error}"))),
    }
}

fn search(arguments: &RenderArguments, rulebook: &Rulebook) -> Search {
    let mut places = arguments.sources.clone();
    if places.is_empty() {
        places.extend(arguments.workspace.clone());
    }
    // Where results go into a folder that is read, those of an earlier run are known by the
    // generator's name, if they were named so.
    let by_generator = arguments.name.starts_with("{generator}/");
    let folders = rulebook.generators().filter(|_| by_generator).map(|generator| {
        let clean = cropmark_rules::naming::clean_component(&generator.name);
        OsString::from(clean)
    });
    Search {
        places,
        excluded: Some(arguments.out.clone()),
        base: arguments.workspace.clone(),
        excluded_names: folders.collect(),
        follow_links: arguments.follow_links,
    }
}

fn usage(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(error.to_string())
}
