//! `cropmark profile`: says where the time of a picture's variants goes, step by step.

mod chart;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use clap::Args;
use cropmark_engine::{
    Class, Engine,
    intake::{Accepts, ContentIdentity, Intake, IntakeRequest, KnownSource},
    presets::{PresetPlan, PresetSource},
    render::{Purpose, RenderJob, Target, render_one},
    source::asset_text,
};
use cropmark_rules::{
    Fault,
    parameters::GivenValues,
    plan::PlannedVariant,
    protocol::{Rendered, StepTime},
};
use serde::Serialize;

use crate::{
    setup,
    status::{Failure, Status},
    terminal::{self, Lines},
};

/// Says where the time of a picture's variants goes.
#[derive(Debug, Args)]
#[command(after_long_help = DETAILS)]
pub(crate) struct ProfileArguments {
    /// An image file
    #[arg(value_name = "SRC")]
    source: PathBuf,

    /// The preset file; may be given several times
    #[arg(long = "preset", short, value_name = "FILE", required = true)]
    presets: Vec<PathBuf>,

    /// Measure only this generator; may be given several times
    #[arg(long = "generator", short, value_name = "NAME")]
    generators: Vec<String>,

    /// How often each variant is rendered; the quickest counts
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u16).range(1..=100))]
    runs: u16,

    /// Write the times as a chart too, a page of HTML
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Print JSON: a line for each variant
    #[arg(long)]
    json: bool,
}

const DETAILS: &str = "\
Each variant is rendered by itself, and the pixels after each step are computed before the next one
begins: in a real run, steps overlap, sizes are made from one another and one decoding serves all
variants, so that it takes less. \"decode\" reads the source, reduced as far as the variant allows;
\"colours\" converts to the output's; \"copy\" is what the engine adds: sending, checking and copying the
result. Nothing is kept.";

/// The times of a variant.
#[derive(Debug, Clone, Serialize)]
struct Profile {
    generator: String,
    variation: Option<String>,
    format: Option<&'static str>,
    /// Milliseconds, all steps together.
    ms: f64,
    steps: Vec<StepTime>,
    error: Option<Fault>,
}

pub(crate) fn run(arguments: &ProfileArguments) -> Result<Status, Failure> {
    if let Some(path) = &arguments.html {
        chart::check(path)?;
    }
    setup::run(profile(arguments))
}

async fn profile(arguments: &ProfileArguments) -> Result<Status, Failure> {
    let presets = arguments
        .presets
        .iter()
        .map(|path| PresetSource::read(path).map_err(|error| Failure::Usage(error.to_string())));
    let presets = presets.collect::<Result<Vec<_>, _>>()?;
    for preset in &presets {
        for problem in preset.problems() {
            terminal::complain(&problem.located(&preset.path().display().to_string()));
        }
    }
    let mut settings = setup::settings()?.engine;
    settings.workers = 1;
    settings.measures_steps = true;
    let engine = setup::start_engine(settings).await?;
    let began = Instant::now();
    let source = take_in(&engine, &arguments.source).await;
    let source = source.map_err(|fault| {
        Failure::Usage(format!("{}: {}", arguments.source.display(), fault.message))
    })?;
    let taken_in = began.elapsed().as_secs_f64() * 1000.0;
    let mut profiles = Vec::new();
    for preset in &presets {
        let writable = &engine.description().writes;
        let names = &arguments.generators;
        let plan = preset.plan(&source.facts, names, &GivenValues::default(), writable);
        for refused in &plan.refused {
            profiles.push(Profile {
                generator: refused.generator.clone(),
                variation: refused.variation.clone(),
                format: None,
                ms: 0.0,
                steps: Vec::new(),
                error: Some(refused.fault.clone()),
            });
        }
        for variant in &plan.variants {
            profiles.push(measure(&engine, &source, &plan, variant, arguments.runs).await);
        }
    }
    engine.shut_down().await;
    if profiles.is_empty() {
        let message = "no generator takes this image; nothing was measured";
        return Err(Failure::Usage(message.to_owned()));
    }
    print(arguments, taken_in, &profiles);
    if let Some(path) = &arguments.html {
        chart::write(path, &arguments.source.display().to_string(), &profiles)?;
    }
    let failed = profiles.iter().any(|profile| profile.error.is_some());
    Ok(if failed { Status::SomeFailed } else { Status::Done })
}

async fn take_in(engine: &Engine, path: &Path) -> Result<KnownSource, Fault> {
    let request = IntakeRequest {
        path: path.to_owned(),
        remote: None,
        known_as: None,
        asset: asset_text(path.file_name().map_or(path, Path::new)),
        class: Class::OnDemand,
        accepts: Accepts::Everything,
        identity: ContentIdentity::Bytes,
    };
    Intake::new(engine.clone(), None).take(request).await.map_err(|error| error.fault)
}

/// Renders a variant several times, and returns the times of the quickest.
async fn measure(
    engine: &Engine,
    source: &KnownSource,
    plan: &PresetPlan,
    variant: &PlannedVariant,
    runs: u16,
) -> Profile {
    let mut best: Option<Profile> = None;
    for _ in 0..runs {
        let overlays = plan.overlays.clone();
        let job = RenderJob::one(source.clone(), variant, overlays, Purpose::Answer);
        let began = Instant::now();
        let rendered = render(engine, Arc::new(job)).await;
        let took = began.elapsed().as_secs_f64() * 1000.0;
        let profile = Profile {
            generator: variant.generator.clone(),
            variation: variant.variation.clone(),
            format: rendered.as_ref().ok().map(|rendered| rendered.format.name()),
            ms: took,
            steps: rendered.as_ref().map_or_else(|_| Vec::new(), |it| steps(it, took)),
            error: rendered.err(),
        };
        if best.as_ref().is_none_or(|best| best.error.is_some() || profile.ms < best.ms) {
            best = Some(profile);
        }
    }
    best.unwrap_or_else(|| unreachable!("there is one run at least"))
}

async fn render(engine: &Engine, job: Arc<RenderJob>) -> Result<Rendered, Fault> {
    let answer = render_one(engine, &job, Target::unnamed()?).await?;
    answer.verify().map(|verified| verified.rendered)
}

/// The worker's steps, and what the engine adds to them.
fn steps(rendered: &Rendered, took: f64) -> Vec<StepTime> {
    let mut steps = rendered.steps.clone();
    let worker: f64 = steps.iter().map(|step| step.milliseconds).sum();
    steps.push(StepTime { name: "copy".to_owned(), milliseconds: (took - worker).max(0.0) });
    steps
}

fn print(arguments: &ProfileArguments, taken_in: f64, profiles: &[Profile]) {
    let mut lines = Lines::new();
    if arguments.json {
        for profile in profiles {
            lines.line(&serde_json::to_string(profile).unwrap_or_default());
        }
        return;
    }
    let source = terminal::plain(&arguments.source.display().to_string());
    lines.line(&format!("{source}: opened, hashed and its header read in {taken_in:.1} ms"));
    for profile in profiles {
        lines.line("");
        let title = terminal::plain(&profile.title());
        if let Some(fault) = &profile.error {
            let failed = lines.red("failed");
            lines.line(&format!("{failed}  {title}: {}", terminal::plain(&fault.message)));
            continue;
        }
        lines.line(&format!("{title}  {:.1} ms", profile.ms));
        for step in &profile.steps {
            let share = step.milliseconds / profile.ms.max(f64::MIN_POSITIVE) * 100.0;
            let name = terminal::plain(&step.name);
            lines.line(&format!("  {name:<14} {:>9.1} ms {share:>5.1} %", step.milliseconds));
        }
    }
}

impl Profile {
    /// The generator, the variation and the format.
    fn title(&self) -> String {
        let parts = [Some(self.generator.as_str()), self.variation.as_deref(), self.format];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
