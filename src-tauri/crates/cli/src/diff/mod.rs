//! `cropmark diff`: shows what a change of preset files does to the variants of images.

mod arguments;
mod asset;
mod condition;
mod git;
mod html;
mod markdown;
mod measure;
mod output;
mod pairs;
mod phrases;
mod pictures;
mod report;
mod row;
mod sides;
mod text;
mod words;
mod work;

use std::sync::Arc;

use cropmark_engine::{
    intake::Intake,
    source::{Search, discover},
};
use cropmark_rules::preset::Problem;
use indicatif::{ProgressBar, ProgressStyle};

pub(crate) use self::arguments::DiffArguments;
use self::{
    asset::Sides,
    measure::{Measurer, blocking},
    output::Output,
    report::Report,
    work::{AssetWork, Compared},
};
use crate::{
    in_order::in_order,
    interrupt::Interrupt,
    render::cache,
    setup,
    status::{Failure, Status},
    terminal,
};

pub(crate) fn run(arguments: &DiffArguments) -> Result<Status, Failure> {
    let (old, new) =
        sides::read(&arguments.old, arguments.new.as_deref(), arguments.presets.as_deref())?;
    let pairs = pairs::pairs(&old, &new, &arguments.generators)?;
    let is_wanted = |problem: &Problem| match &problem.generator {
        Some(name) => arguments.generators.is_empty() || arguments.generators.contains(name),
        None => true,
    };
    let mut is_faulty = false;
    for (side, is_new) in [(&old, false), (&new, true)] {
        for preset in &side.presets {
            let name = preset.source.path().display().to_string();
            for problem in preset.source.problems().iter().filter(|it| is_wanted(it)) {
                terminal::complain(&problem.located(&name));
                is_faulty |= is_new;
            }
        }
    }
    let status = setup::run(diff(arguments, Sides { old, new, pairs }))?;
    let is_through = !matches!(status, Status::Interrupted);
    Ok(if is_faulty && is_through { Status::Wrong } else { status })
}

async fn diff(arguments: &DiffArguments, sides: Sides) -> Result<Status, Failure> {
    let mut interrupt = Interrupt::listen()?;
    let mut settings = setup::settings()?;
    if let Some(workers) = arguments.workers {
        settings.engine.workers = workers.into();
    }
    let at_once = settings.engine.workers + 2;
    let workspace = arguments.workspace.as_deref();
    let cache = cache::open(workspace, settings.cache, arguments.dry_run)?;
    let engine = setup::start_engine(settings.engine).await?;
    let search = Search {
        places: arguments.places.clone(),
        base: arguments.workspace.clone(),
        ..Search::default()
    };
    let flag = Arc::clone(&interrupt.flag);
    let found = blocking(move || discover(&search, &flag)).await;

    let labels = (sides.old.label.clone(), sides.new.label.clone());
    let on: Vec<_> = arguments.places.iter().map(|place| place.display().to_string()).collect();
    let labels = (labels.0.as_str(), labels.1.as_str());
    let report = Report::new(labels, on.join(", "), &sides.pairs, arguments.dry_run);
    let measurer = Measurer::new(&engine, cache.as_ref());
    let intake = Intake::new(engine.clone(), cache);
    let worker = AssetWork {
        engine: engine.clone(),
        intake,
        measurer,
        sides: Arc::new(sides),
        is_dry_run: arguments.dry_run,
    };
    let mut output = Output::new(arguments, report);
    let bar = bar(found.len(), arguments.json);
    let begin = |next| tokio::spawn(worker.clone().compare(next));
    let take = |compared: Compared| {
        bar.suspend(|| output.add(compared, &worker));
        bar.inc(1);
    };
    let is_through = in_order(found, at_once, &mut interrupt, begin, take).await;
    bar.finish_and_clear();
    engine.shut_down().await;
    if is_through { output.end(arguments, &worker) } else { Ok(Status::Interrupted) }
}

fn bar(images: usize, is_silent: bool) -> ProgressBar {
    if is_silent || !terminal::can_redraw() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(images as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} images  {eta} left") {
        bar.set_style(style);
    }
    bar
}
