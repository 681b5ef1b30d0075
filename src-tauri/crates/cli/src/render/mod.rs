//! `cropmark render`: renders images by preset files, and prints a line for each variant.

pub(crate) mod cache;
mod display;
mod request;
mod run;
pub(crate) mod shard;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use cropmark_engine::{
    run::{Record, RunContext, RunEvent},
    source::discover,
    user_settings::UserSettings,
};

use self::{
    display::{Display, RunEnd},
    request::RenderRequest,
    run::{follow, record},
};
use crate::{
    arguments::RenderArguments,
    interrupt::Interrupt,
    metrics_file::{self, MetricsFile},
    setup,
    status::{Failure, Status},
    terminal,
};

pub(crate) fn run(arguments: &RenderArguments) -> Result<Status, Failure> {
    metrics_file::check(arguments.metrics_file.as_deref())?;
    let request = request::read(arguments)?;
    setup::run(render(arguments, request))
}

async fn render(arguments: &RenderArguments, request: RenderRequest) -> Result<Status, Failure> {
    let began = Instant::now();
    let interrupt = Interrupt::listen()?;
    let settings = settings(arguments)?;
    let fetcher = arguments.fetching.fetcher(&settings, arguments.dry_run);
    let cache = cache::open(arguments.workspace.as_deref(), settings.cache, arguments.dry_run)?;
    let engine = setup::start_engine(settings.engine).await?;
    let metrics = MetricsFile::start(&engine, arguments.metrics_file.as_deref());

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
        .fetching(fetcher)
        .shard(arguments.shard);
    let show = |display: &mut Display, event: RunEvent| {
        if let RunEvent::Row { row, .. } = &event {
            metrics.count(row);
        }
        display.event(event);
    };
    let end = follow(context, record, found, &interrupt, &mut display, show).await?;
    metrics.end();
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

fn settings(arguments: &RenderArguments) -> Result<UserSettings, Failure> {
    let mut settings = setup::settings()?;
    if let Some(workers) = arguments.workers {
        settings.engine.workers = workers.into();
    }
    if let Some(seconds) = arguments.timeout {
        let timeout = Duration::from_secs_f64(seconds);
        settings.engine.limits.variant_milliseconds =
            u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX).max(1);
    }
    settings.engine.require_sandbox |= arguments.require_sandbox;
    Ok(settings)
}
