//! `cropmark render`: the arguments become a run, its reports lines.

mod cache;
mod display;
mod recorded;
mod request;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use cropmark_engine::{
    BatchId, Engine, Settings,
    export::{
        Destination, Ending, Export, ExportError, Found, Report, Row, RunReport, Search, Summary,
        discover,
    },
};
use tokio::sync::mpsc;

use self::{display::Display, request::Asked};
use crate::{
    arguments::RenderArguments,
    interrupt::Interrupt,
    setup,
    status::{Failure, Status},
    terminal,
};

/// Rows that wait to be shown; the work goes on while they do.
const WAITING_ROWS: usize = 1024;

pub(crate) fn run(arguments: &RenderArguments) -> Result<Status, Failure> {
    let asked = request::read(arguments)?;
    setup::run(render(arguments, asked))
}

async fn render(arguments: &RenderArguments, asked: Asked) -> Result<Status, Failure> {
    let began = Instant::now();
    let interrupt = Interrupt::listen()?;
    let settings = settings(arguments)?;
    let workers = settings.workers;
    let cache = cache::open(arguments)?;
    let engine = Engine::start(settings).await?;

    let Asked { rulebook, mut destination, search, plan, faulty } = asked;
    let mut display = Display::new(arguments);
    display.searching();
    let flag = Arc::clone(&interrupt.flag);
    let found = tokio::task::spawn_blocking(move || {
        let found = find(&search, &flag, &mut destination);
        (found, destination)
    });
    let (found, destination) = match found.await {
        Ok(found) => found,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    display.found(found.len());

    let dry_run = arguments.dry_run;
    let mut told = Told { summary: Summary::default(), display: &mut display };
    let record = if dry_run { None } else { recorded::recording(cache.as_ref()) };
    let ending = match record {
        Some(_) if interrupt.is_raised() => Ok(Ending::Stopped),
        Some(cache) => {
            recorded::render(&engine, &cache, plan, found, &interrupt, &mut told).await?
        }
        None => {
            let (batch, engine) = (BatchId(1), engine.clone());
            let export = Export { engine, rulebook, destination, cache, batch, workers, dry_run };
            unrecorded(export, found, &interrupt, &mut told).await
        }
    };
    let mut summary = told.summary;
    engine.shut_down().await;
    summary.seconds = (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    Ok(match ending {
        Err(ExportError::Clashes(clashes)) => {
            display.clear();
            for clash in &clashes {
                terminal::complain(&clash.to_string());
            }
            terminal::complain("nothing was written");
            Status::Wrong
        }
        Ok(ending) => {
            display.end(&summary, &ending);
            match (ending, summary.failed) {
                (Ending::Stopped, _) => Status::Interrupted,
                (Ending::Complete, _) if faulty => Status::Wrong,
                (Ending::Complete, 0) => Status::Done,
                (Ending::Complete | Ending::Halted(_), _) => Status::SomeFailed,
            }
        }
    })
}

/// A run of which nothing is written down but its results.
async fn unrecorded(
    export: Export,
    found: Vec<Found>,
    interrupt: &Interrupt,
    told: &mut Told<'_>,
) -> Result<Ending, ExportError> {
    let (reports, mut received) = mpsc::channel(WAITING_ROWS);
    let run = tokio::spawn(Arc::new(export).run(found, reports, interrupt.stop.clone()));
    // Ends when nothing of the run is left that could tell anything.
    while let Some(report) = received.recv().await {
        match report {
            Report::Row(row) => told.row(&row),
            Report::SourceDone => told.display.source_done(),
        }
    }
    match run.await {
        Ok(ending) => ending,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// What was told so far, and where it is shown.
struct Told<'a> {
    summary: Summary,
    display: &'a mut Display,
}

impl Told<'_> {
    fn row(&mut self, row: &Row) {
        self.summary.add(row);
        self.display.row(row);
    }

    fn report(&mut self, report: RunReport) {
        match report {
            RunReport::Row { row, .. } => self.row(&row),
            RunReport::SourceDone => self.display.source_done(),
        }
    }
}

fn settings(arguments: &RenderArguments) -> Result<Settings, Failure> {
    let mut settings = setup::settings()?;
    if let Some(workers) = arguments.workers {
        settings.workers = workers.into();
    }
    let timeout = Duration::from_secs_f64(arguments.timeout);
    settings.limits.variant_milliseconds =
        u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX).max(1);
    settings.require_sandbox = arguments.require_sandbox;
    Ok(settings)
}

/// Finds the sources, and puts them among what is never written to.
fn find(search: &Search, stop: &AtomicBool, destination: &mut Destination) -> Vec<Found> {
    let found = discover(search, stop);
    for source in found.iter().filter(|source| source.fault.is_none()) {
        // One that has just gone will be a failed row.
        let _ = destination.originals.insert(&source.path);
    }
    found
}
