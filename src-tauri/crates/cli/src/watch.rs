//! `cropmark watch`: renders what a workspace's presets mark eager, as files come and change.

use std::{
    path::{Path, PathBuf},
    time::{Instant, SystemTime},
};

use clap::Args;
use cropmark_engine::{
    eager::EagerWatcher,
    folders,
    run::{CacheUse, Row, Status as RowStatus, Summary},
    user_settings::UserSettings,
    watch::{Watch, WatchEvent, WatchSettings},
};
use cropmark_store::{Access, CacheSettings, Notice, Store};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::{
    interrupt::Interrupt,
    metrics_file::{self, MetricsFile},
    setup,
    status::{Failure, Status},
    terminal::{self, Lines},
};

/// Rows that wait to be shown; the work goes on while they do.
const WAITING_ROWS: usize = 256;

/// Renders what a workspace's presets mark eager, as files come and change.
#[derive(Debug, Args)]
#[command(after_long_help = DETAILS)]
pub(crate) struct WatchArguments {
    /// The workspace: a folder of images with *.preset.toml files at any depth
    #[arg(value_name = "DIR")]
    workspace: PathBuf,

    /// A folder in DIR that is not watched, such as one that results are written to; may be
    /// given several times
    #[arg(long, value_name = "DIR")]
    ignore: Vec<PathBuf>,

    /// How many jobs run at once; left out: as set, else twice the processor's cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,

    /// Print a line of JSON for each variant as it is finished, and one for the sums at the end
    #[arg(long)]
    json: bool,

    /// Write figures for Prometheus to this file, every five seconds and at the end
    #[arg(long, value_name = "FILE")]
    metrics_file: Option<PathBuf>,
}

const DETAILS: &str = "\
Renders the generators with eager = true into .cropmark/variants of DIR, from where the studio and
`render --workspace DIR` take them. First what is missing, then what comes and changes, until
Ctrl-C.

A file counts once it has stayed the same for half a second and no program has it locked for writing,
so that half-copied ones wait. Hidden files, Cropmark's own, those called .part, .partial, .tmp,
.download, .crdownload or ending in ~, and folders behind symbolic links are not looked at.

The system reports most changes at once. In addition, the whole folder is scanned every 10 seconds
(a large one less often, so that scanning takes at most a tenth of the time). This finds what the
system does not report: changes on network drives, or too many at once.

Without --json, variants that were there already are not listed.";

/// The last line of `--json`.
#[derive(Serialize)]
struct Last<'a> {
    summary: &'a Summary,
}

pub(crate) fn run(arguments: &WatchArguments) -> Result<Status, Failure> {
    setup::run(watch(arguments))
}

async fn watch(arguments: &WatchArguments) -> Result<Status, Failure> {
    let began = Instant::now();
    let mut interrupt = Interrupt::listen()?;
    metrics_file::check(arguments.metrics_file.as_deref())?;
    let UserSettings { engine: mut settings, cache, .. } = setup::settings()?;
    let store = open(&arguments.workspace, cache)?;
    if let Some(workers) = arguments.workers {
        settings.workers = workers.into();
    }
    let at_once = settings.workers + 2;
    let mut watched = WatchSettings::new(&arguments.workspace);
    watched.excluded.clone_from(&arguments.ignore);
    let mut watch =
        Watch::start(watched).map_err(|error| unusable(&arguments.workspace, &error))?;
    let engine = setup::start_engine(settings).await?;
    let metrics = MetricsFile::start(&engine, arguments.metrics_file.as_deref());

    let (rows, mut reported) = mpsc::channel(WAITING_ROWS);
    let mut display = Display::new(arguments.json);
    let mut eager = EagerWatcher::new(engine.clone(), store, &arguments.workspace, rows);
    if !arguments.json {
        let place = arguments.workspace.display().to_string();
        display.lines.line(&format!("Watching {}; Ctrl-C ends it.", terminal::plain(&place)));
    }
    loop {
        eager.start(at_once);
        tokio::select! {
            biased;
            _ = interrupt.stop.wait_for(|stop| *stop) => break,
            Some(row) = reported.recv() => {
                metrics.count(&row);
                display.row(&row);
            }
            () = eager.asset_done() => {}
            report = watch.next() => match report {
                Some(WatchEvent::Changes(changes)) => {
                    for complaint in eager.apply(changes) {
                        terminal::complain(&complaint);
                    }
                }
                Some(WatchEvent::Problem(problem)) => terminal::complain(&problem.to_string()),
                None => return Err(Failure::Workspace("the watching has ended; start it again".to_owned())),
            },
        }
    }
    drop(watch);
    eager.stop().await;
    // Variants that were being kept meanwhile are reported too.
    while let Some(row) = reported.recv().await {
        display.row(&row);
    }
    metrics.end();
    engine.shut_down().await;
    display.end((began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0);
    Ok(Status::Interrupted)
}

/// Opens the workspace to write to it: two processes would render everything twice.
fn open(workspace: &Path, settings: CacheSettings) -> Result<Store, Failure> {
    // Nothing is asked for twice, so that nothing need be kept in memory.
    let settings = CacheSettings { hot_bytes: 0, hot_variant_bytes: 0, ..settings };
    let opened = folders::trust_key(folders::data().as_deref())
        .and_then(|key| Store::open(workspace, settings, &key, SystemTime::now()));
    let opened = opened.map_err(|error| Failure::Workspace(error.to_string()))?;
    if let Access::ReadOnly(reason) = opened.store.access() {
        return Err(unusable(workspace, reason));
    }
    for notice in opened.notices.iter().filter(|notice| !matches!(notice, Notice::ReadOnly(_))) {
        terminal::complain(&notice.to_string());
    }
    Ok(opened.store)
}

fn unusable(workspace: &Path, reason: &dyn std::fmt::Display) -> Failure {
    Failure::Workspace(format!("{} cannot be watched: {reason}", workspace.display()))
}

struct Display {
    lines: Lines,
    json: bool,
    summary: Summary,
}

impl Display {
    fn new(json: bool) -> Self {
        Self { lines: Lines::new(), json, summary: Summary::default() }
    }

    fn row(&mut self, row: &Row) {
        self.summary.add(row);
        if self.json {
            if let Ok(line) = terminal::json(row) {
                self.lines.line(&line);
            }
        } else if row.cache != Some(CacheUse::Hit) {
            let line = self.in_words(row);
            self.lines.line(&line);
        }
    }

    fn in_words(&self, row: &Row) -> String {
        let names = [row.generator.as_deref(), row.variation.as_deref()];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let mut about = terminal::plain(&row.source);
        if !names.is_empty() {
            about = format!("{about} ({})", terminal::plain(&names.join(" ")));
        }
        match (&row.error, row.status, row.width, row.height, row.bytes) {
            (Some(fault), ..) => {
                format!(
                    "{}  {about}: {}",
                    self.lines.red("failed"),
                    terminal::plain(&fault.message)
                )
            }
            (None, RowStatus::Rendered, Some(width), Some(height), Some(bytes)) => {
                format!("rendered  {about}  {width} x {height}, {}", terminal::size(bytes))
            }
            _ => about,
        }
    }

    fn end(&mut self, seconds: f64) {
        self.summary.seconds = seconds;
        let Summary { rendered, failed, .. } = self.summary;
        let line = if self.json {
            terminal::json(&Last { summary: &self.summary }).unwrap_or_default()
        } else {
            let variants = terminal::count(rendered, "variant", "variants");
            format!("Stopped; {variants} rendered, {failed} failed. No partial files are left.")
        };
        self.lines.line(&line);
    }
}
