//! `cropmark render`: renders images by preset files, and prints a line for each variant.

mod cache;
mod display;
mod request;
mod run;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use cropmark_engine::{
    Settings,
    run::{Record, RunContext},
    source::discover,
};

use self::{
    display::{Display, RunEnd},
    request::RenderRequest,
    run::{follow, record},
};
use crate::{
    arguments::RenderArguments,
    interrupt::Interrupt,
    setup,
    status::{Failure, Status},
    terminal,
};

pub(crate) fn run(arguments: &RenderArguments) -> Result<Status, Failure> {
    let request = request::read(arguments)?;
    setup::run(render(arguments, request))
}

async fn render(arguments: &RenderArguments, request: RenderRequest) -> Result<Status, Failure> {
    let began = Instant::now();
    let interrupt = Interrupt::listen()?;
    let settings = settings(arguments)?;
    let cache = cache::open(arguments)?;
    let engine = setup::start_engine(settings).await?;

    let RenderRequest { rulebook, destination, search, plan, faulty } = request;
    let mut display = Display::new(arguments);
    display.searching();
    let flag = Arc::clone(&interrupt.flag);
    let found = tokio::task::spawn_blocking(move || discover(&search, &flag)).await;
    let found = found.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    display.found(found.len());

    let record = if arguments.dry_run { Record::DryRun } else { record(cache.as_ref(), plan) };
    let context = RunContext::new(&engine, cache, rulebook, destination)
        .on_clash(arguments.on_clash.into())
        .fetching(arguments.fetching.fetcher(arguments.dry_run));
    let end = follow(context, record, found, &interrupt, &mut display).await?;
    engine.shut_down().await;
    if let RunEnd::Clashes(clashes) = &end {
        display.clear();
        for clash in clashes {
            terminal::complain(&clash.to_string());
        }
        terminal::complain("nothing was written");
        return Ok(Status::Wrong);
    }
    let seconds = (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    let failed = display.end(seconds, &end);
    Ok(match (end, failed) {
        (RunEnd::Stopped, _) => Status::Interrupted,
        (RunEnd::Complete, _) if faulty => Status::Wrong,
        (RunEnd::Complete, 0) => Status::Done,
        _ => Status::SomeFailed,
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
