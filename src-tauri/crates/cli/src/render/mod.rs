//! `cropmark render`: the arguments become a run, its reports lines.

mod cache;
mod display;
mod request;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use cropmark_engine::{
    BatchId, Engine, Settings,
    export::{Destination, Ending, Export, ExportError, Found, Report, Search, Summary, discover},
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
    setup::runtime()?.block_on(render(arguments, asked))
}

async fn render(arguments: &RenderArguments, asked: Asked) -> Result<Status, Failure> {
    let began = Instant::now();
    let interrupt = Interrupt::listen()?;
    let settings = settings(arguments)?;
    let workers = settings.workers;
    let cache = cache::open(arguments)?;
    let engine = Engine::start(settings).await?;

    let Asked { rulebook, mut destination, search, faulty } = asked;
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

    let batch = BatchId(1);
    let dry_run = arguments.dry_run;
    let (reports, mut told) = mpsc::channel(WAITING_ROWS);
    let engine_handle = engine.clone();
    let export =
        Export { engine: engine_handle, rulebook, destination, cache, batch, workers, dry_run };
    let run = tokio::spawn(Arc::new(export).run(found, reports, interrupt.stop.clone()));
    let mut summary = Summary::default();
    // Ends when nothing of the run is left that could tell anything.
    while let Some(report) = told.recv().await {
        match report {
            Report::Row(row) => {
                summary.add(&row);
                display.row(&row);
            }
            Report::SourceDone => display.source_done(),
        }
    }
    let ending = match run.await {
        Ok(ending) => ending,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
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
            let is_stopped = ending == Ending::Stopped;
            display.end(&summary, is_stopped);
            match summary.failed {
                _ if is_stopped => Status::Interrupted,
                _ if faulty => Status::Wrong,
                0 => Status::Done,
                _ => Status::SomeFailed,
            }
        }
    })
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
