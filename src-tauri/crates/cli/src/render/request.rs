//! Checks the arguments, and finds everything that can be found wrong before a worker
//! is started.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, Read as _},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use cropmark_engine::{
    presets::{Parameters, PresetSource, Rulebook},
    run::{Destination, PresetText, RunOrigin, RunPlan},
    source::{Search, url::is_url},
};
use cropmark_rules::{preset::Problem, without_error_numbers};
use cropmark_store::atomic::create_folders;

use crate::{arguments::RenderArguments, status::Failure, terminal};

/// The most bytes of a list of sources.
const MOST_LIST_BYTES: u64 = 64 << 20;

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
    let search = search(arguments, &rulebook)?;
    let destination = Destination::new(arguments.out.clone(), names, arguments.on_conflict.into());
    let mut plan = RunPlan::new(RunOrigin::Command, texts, arguments.out.clone());
    plan.generators.clone_from(&arguments.generators);
    plan.parameters = parameters.clone();
    plan.names.clone_from(&arguments.name);
    plan.conflict = arguments.on_conflict.into();
    plan.on_clash = arguments.on_clash.into();
    plan.shard = arguments.shard;
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
    if is_url(out) {
        let out = out.display();
        return Err(Failure::Usage(format!(
            "--out {out}: this build writes to folders only; choose one"
        )));
    }
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

fn search(arguments: &RenderArguments, rulebook: &Rulebook) -> Result<Search, Failure> {
    let mut places = arguments.sources.clone();
    if let Some(list) = &arguments.sources_from {
        places.extend(listed_sources(list)?);
    } else if places.is_empty() {
        places.extend(arguments.workspace.clone());
    }
    // Where results go into a folder that is read, those of an earlier run are known by the
    // generator's name, if they were named so.
    let by_generator = arguments.name.starts_with("{generator}/");
    let folders = rulebook.generators().filter(|_| by_generator).map(|generator| {
        let clean = cropmark_rules::naming::clean_component(&generator.name);
        OsString::from(clean)
    });
    Ok(Search {
        places,
        excluded: Some(arguments.out.clone()),
        base: arguments.workspace.clone(),
        excluded_names: folders.collect(),
        follow_links: arguments.follow_links,
    })
}

/// Reads a list of sources, one a line; `-` is standard input.
fn listed_sources(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut text = Vec::new();
    let read = if list == Path::new("-") {
        io::stdin().lock().take(MOST_LIST_BYTES).read_to_end(&mut text)
    } else {
        File::open(list).and_then(|file| file.take(MOST_LIST_BYTES).read_to_end(&mut text))
    };
    let list = list.display();
    let read = read.map_err(|error| {
        let reason = without_error_numbers(error.to_string());
        Failure::Usage(format!("--sources-from {list}: it cannot be read ({reason})"))
    })?;
    if read as u64 == MOST_LIST_BYTES {
        let most = MOST_LIST_BYTES >> 20;
        return Err(Failure::Usage(format!(
            "--sources-from {list}: it has {most} MiB or more; divide it"
        )));
    }
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines = lines.filter(|line| !line.is_empty());
    Ok(lines.map(|line| PathBuf::from(OsStr::from_bytes(line))).collect())
}

fn usage(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(error.to_string())
}
