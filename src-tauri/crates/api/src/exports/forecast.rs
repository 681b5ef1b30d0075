//! Forecasts an export: its names, how many files, and what keeps it from beginning.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

use cropmark_engine::run::{NameClash, Record, Row, Run, RunContext, RunError, RunEvent, Status};
use tokio::sync::watch;

use super::{ExportRequest, Exports, refused, report::below};
use crate::{
    ApiError,
    context::blocking,
    model::{ExportPlan, FaultInfo, PlannedName, SkippedAsset},
};

/// The most names that are listed.
const LISTED: usize = 200;

/// The most skipped assets that are listed.
const SKIPPED: usize = 200;

/// The most clashes that are listed.
const CLASHES: usize = 20;

impl Exports {
    /// Plans without rendering. A newer call ends this one as `superseded`.
    pub(crate) async fn forecast(&self, wanted: ExportRequest) -> Result<ExportPlan, ApiError> {
        let mut stop = self.end_forecast();
        let mut forecast = ExportPlan {
            total: 0,
            refused: 0,
            names: Vec::new(),
            clashes: Vec::new(),
            folder: None,
            template: None,
            problems: Vec::new(),
            without: 0,
            skipped: Vec::new(),
            bytes: None,
        };
        let (exports, folder) = (self.clone(), wanted.destination.clone());
        let (request, problems) = blocking(move || exports.check_partly(&wanted)).await?;
        (forecast.folder, forecast.template) = (problems.folder, problems.template);
        forecast.problems = problems.others;
        let Some(request) = request else { return Ok(forecast) };
        let engine = self.inner.context.engine()?;
        let positions: HashMap<String, usize> = request
            .sources
            .iter()
            .enumerate()
            .map(|(position, found)| (found.path.to_string_lossy().into_owned(), position))
            .collect();
        let sources = request.sources.len();
        let store = self.inner.context.store().clone();
        let mut estimate = Estimate::new(blocking(move || store.bytes_per_pixel()).await??);
        let context =
            RunContext::new(engine, Some(self.cache()), request.rulebook, request.destination);
        let root = self.inner.context.root();
        let clash_text = |clash| name_clash(clash, root, &folder);
        let begun = until(&mut stop, Run::begin(context, Record::DryRun, request.sources)).await?;
        let (run, mut events) = match begun {
            Ok(begun) => begun,
            Err(RunError::Clashes(clashes)) => {
                forecast.clashes = distinct(clashes.iter().map(clash_text).collect());
                forecast.without = u32::try_from(sources).unwrap_or(u32::MAX);
                return Ok(forecast);
            }
            Err(error) => return Err(refused(error)),
        };
        // Several sources are read at a time; their names are listed in the requested order.
        let mut names = BTreeMap::new();
        let mut used = HashSet::new();
        let mut unreadable = HashMap::new();
        while let Some(event) = until(&mut stop, events.recv()).await? {
            let RunEvent::Row { row, .. } = event else { continue };
            if row.generator.is_none() {
                let Row { source, error, .. } = *row;
                unreadable.extend(error.map(|fault| (source, fault.message)));
                continue;
            }
            estimate.add(&row);
            // Names that depend on the result clash only now.
            if let Some(fault) = row.error.as_ref().filter(|_| row.clash)
                && forecast.clashes.len() < CLASHES
            {
                let generator = row.generator.as_deref().unwrap_or_default();
                let source = below(&row.source, root);
                forecast.clashes.push(format!("{source} ({generator}): {}", fault.message));
            }
            let position = positions.get(&row.source).copied().unwrap_or(usize::MAX);
            let order = forecast.total + forecast.refused;
            names.insert((position, order), named(&row, root, &folder));
            if names.len() > LISTED {
                names.pop_last();
            }
            let is_refused = row.error.is_some() && !row.clash;
            *(if is_refused { &mut forecast.refused } else { &mut forecast.total }) += 1;
            used.insert(row.source);
        }
        drop(run);
        forecast.clashes = distinct(forecast.clashes);
        forecast.names = names.into_values().collect();
        forecast.without = u32::try_from(sources - used.len().min(sources)).unwrap_or(u32::MAX);
        forecast.bytes = estimate.bytes();
        let mut skipped: Vec<_> =
            positions.into_iter().filter(|(source, _)| !used.contains(source)).collect();
        skipped.sort_by_key(|&(_, position)| position);
        forecast.skipped = skipped
            .into_iter()
            .take(SKIPPED)
            .map(|(source, _)| SkippedAsset {
                reason: unreadable.remove(&source),
                source: below(&source, root),
            })
            .collect();
        Ok(forecast)
    }
}

/// Bytes of the files of an export: the pixels of each times what a pixel of its format takes on
/// average in the workspace.
struct Estimate {
    bytes_per_pixel: HashMap<String, f64>,
    bytes: f64,
    /// Files that could be estimated.
    known: u32,
    /// Files of whose format or size nothing is known: they count as much as the others.
    open: u32,
}

impl Estimate {
    fn new(bytes_per_pixel: HashMap<String, f64>) -> Self {
        Self { bytes_per_pixel, bytes: 0.0, known: 0, open: 0 }
    }

    fn add(&mut self, row: &Row) {
        if row.error.is_some() {
            return;
        }
        let known = row.format.and_then(|format| self.bytes_per_pixel.get(format.name()));
        match (known, row.width, row.height) {
            (Some(bytes), Some(width), Some(height)) => {
                self.bytes += bytes * f64::from(width) * f64::from(height);
                self.known += 1;
            }
            _ => self.open += 1,
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate")]
    fn bytes(&self) -> Option<u64> {
        let files = f64::from(self.known) + f64::from(self.open);
        let all = self.bytes * files / f64::from(self.known);
        (self.known > 0 && self.known >= self.open).then_some(all.round() as u64)
    }
}

/// Waits for a future unless a newer forecast stops this one.
async fn until<T>(
    stop: &mut watch::Receiver<bool>,
    future: impl Future<Output = T>,
) -> Result<T, ApiError> {
    tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => Err(ApiError::superseded()),
        done = future => Ok(done),
    }
}

/// The texts without repetitions: several sizes of one generator clash in the same words.
fn distinct(texts: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    texts.into_iter().filter(|text| seen.insert(text.clone())).collect()
}

/// Describes two outputs that would have the same name.
fn name_clash(clash: &NameClash, root: &Path, folder: &Path) -> String {
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
        fault: row.error.as_ref().filter(|_| !row.clash).map(FaultInfo::from),
        taken: folder.is_absolute() && path.is_some_and(Path::exists),
    }
}
