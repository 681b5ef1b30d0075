//! What an export would do: its names, how many, and what stands in its way.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use cropmark_engine::{
    BatchId,
    export::{Export, ExportError, NameClash, Report, Row, Status},
};
use tokio::sync::mpsc;

use super::{
    Exports,
    report::{below, fault},
};
use crate::{
    ApiError,
    model::{ExportArguments, ExportPlan, PlannedName},
    workspace::blocking,
};

/// The most names that are listed.
const LISTED: usize = 200;

/// The most clashes that are listed.
const CLASHES: usize = 20;

/// The number by which the engine knows the looking into sources.
const BATCH: BatchId = BatchId(3);

impl Exports {
    /// Plans without rendering. A newer call takes the place of this one, which then ends as
    /// `superseded`.
    pub(super) async fn foretell(&self, wanted: ExportArguments) -> Result<ExportPlan, ApiError> {
        let stop = self.end_planning();
        let mut foretold = ExportPlan {
            total: 0,
            refused: 0,
            names: Vec::new(),
            clashes: Vec::new(),
            folder: None,
            template: None,
            problems: Vec::new(),
            without: 0,
        };
        let (exports, folder) = (self.clone(), wanted.destination.clone());
        let (asked, problems) = blocking(move || exports.consider(&wanted)).await?;
        (foretold.folder, foretold.template) = (problems.folder, problems.template);
        foretold.problems = problems.others;
        let Some(asked) = asked else { return Ok(foretold) };
        let engine = self.inner.ground.engine()?.clone();
        let workers = engine.snapshot().workers.len().max(1);
        let sources = asked.sources.len();
        let places = asked.sources.iter().enumerate();
        let places: HashMap<_, _> = places
            .map(|(place, found)| (found.path.to_string_lossy().into_owned(), place))
            .collect();
        let export = Arc::new(Export {
            engine,
            rulebook: asked.rulebook,
            destination: asked.destination,
            cache: Some(self.cache()),
            batch: BATCH,
            workers,
            dry_run: true,
        });
        let (reports, mut told) = mpsc::channel(256);
        let run = tokio::spawn(export.run(asked.sources, reports, stop.clone()));
        let root = self.inner.ground.root();
        // Sources are looked into several at a time; their names are listed in the asked order.
        let mut names = BTreeMap::new();
        let mut giving = HashSet::new();
        while let Some(report) = told.recv().await {
            let Report::Row(row) = report else { continue };
            if row.generator.is_none() {
                continue;
            }
            // What two sources would both be called is seen beforehand where it can be, else here.
            if let Some(fault) = row.error.as_ref().filter(|_| row.clash)
                && foretold.clashes.len() < CLASHES
            {
                let generator = row.generator.as_deref().unwrap_or_default();
                let source = below(&row.source, root);
                foretold.clashes.push(format!("{source} ({generator}): {}", fault.message));
            }
            let place = places.get(&row.source).copied().unwrap_or(usize::MAX);
            let order = foretold.total + foretold.refused;
            names.insert((place, order), named(&row, root, Path::new(&folder)));
            if names.len() > LISTED {
                names.pop_last();
            }
            let is_refused = row.error.is_some() && !row.clash;
            *(if is_refused { &mut foretold.refused } else { &mut foretold.total }) += 1;
            giving.insert(row.source);
        }
        match run.await {
            Ok(Err(ExportError::Clashes(clashes))) => {
                foretold.clashes =
                    clashes.iter().map(|clash| meeting(clash, root, Path::new(&folder))).collect();
            }
            Ok(Ok(_)) => {}
            Err(error) => return Err(ApiError::system(error.to_string())),
        }
        if *stop.borrow() {
            return Err(ApiError::superseded());
        }
        // Several sizes of one generator meet others in the same words.
        let mut said = HashSet::new();
        foretold.clashes.retain(|clash| said.insert(clash.clone()));
        foretold.names = names.into_values().collect();
        foretold.without = u32::try_from(sources - giving.len().min(sources)).unwrap_or(u32::MAX);
        Ok(foretold)
    }
}

/// Two outputs that would have one name.
fn meeting(clash: &NameClash, root: &Path, folder: &Path) -> String {
    let output = |(source, generator): &(PathBuf, String)| {
        format!("{} ({generator})", below(&source.to_string_lossy(), root))
    };
    format!(
        "{} and {} would both become {}.",
        output(&clash.first),
        output(&clash.second),
        below(&clash.path.to_string_lossy(), folder)
    )
}

fn named(row: &Row, root: &Path, folder: &Path) -> PlannedName {
    let path = row.path.as_deref().map(Path::new);
    let name = path.map(|path| path.strip_prefix(folder).unwrap_or(path));
    PlannedName {
        source: below(&row.source, root),
        generator: row.generator.clone().unwrap_or_default(),
        name: name
            .filter(|_| row.status != Status::Failed)
            .map(|name| name.to_string_lossy().into_owned()),
        fault: row.error.as_ref().filter(|_| !row.clash).map(fault),
        taken: folder.is_absolute() && path.is_some_and(Path::exists),
    }
}
