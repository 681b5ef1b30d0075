//! `cropmark doctor`: prints the versions, formats, sandbox and limits of this installation, and
//! what it lacks.

use std::{collections::BTreeMap, path::PathBuf};

use cropmark_engine::{Engine, Settings, folders};
use cropmark_rules::{Format, Limits};
use serde::Serialize;

use crate::{
    arguments::DoctorArguments,
    setup,
    status::{Failure, Status},
    terminal::{self, Lines},
};

/// The object that `--json` prints.
#[derive(Serialize)]
struct Findings {
    cropmark: &'static str,
    libvips: String,
    sqlite: &'static str,
    /// The version of the pixel code, which is part of every variant's key.
    pixels: u32,
    reads: Vec<Format>,
    writes: Vec<Format>,
    sandbox: BTreeMap<String, bool>,
    limits: Limits,
    settings: Defaults,
    worker: PathBuf,
    fonts: Option<PathBuf>,
    cache: Option<PathBuf>,
}

#[derive(Serialize)]
struct Defaults {
    workers: usize,
    on_demand_share: u8,
    max_memory: u64,
    max_requests: Option<usize>,
    max_wait: Option<f64>,
    jobs_per_worker: u64,
    worker_resident_limit: u64,
}

pub(crate) fn run(arguments: &DoctorArguments) -> Result<Status, Failure> {
    let findings = setup::run(examine())?;
    let mut lines = Lines::new();
    if arguments.json {
        let text = serde_json::to_string_pretty(&findings);
        lines.line(&text.map_err(|error| Failure::Usage(error.to_string()))?);
    } else {
        for line in findings.in_words() {
            lines.line(&terminal::plain(&line));
        }
    }
    Ok(Status::Done)
}

async fn examine() -> Result<Findings, Failure> {
    let settings = Settings { workers: 1, ..setup::settings()? };
    let defaults = Settings::new(settings.worker_binary.clone());
    let (worker, fonts) = (settings.worker_binary.clone(), settings.fonts.clone());
    let engine = Engine::start(settings).await?;
    let description = engine.description().clone();
    engine.shut_down().await;
    Ok(Findings {
        cropmark: env!("CARGO_PKG_VERSION"),
        libvips: description.libvips,
        sqlite: cropmark_store::sqlite_version(),
        pixels: description.pixels,
        reads: description.reads,
        writes: description.writes,
        sandbox: description.sandbox,
        limits: defaults.limits.clone(),
        settings: Defaults {
            workers: defaults.workers,
            on_demand_share: defaults.on_demand_share,
            max_memory: defaults.max_memory,
            max_requests: defaults.max_requests,
            max_wait: defaults.max_wait.map(|wait| wait.as_secs_f64()),
            jobs_per_worker: defaults.jobs_per_worker,
            worker_resident_limit: defaults.worker_resident_limit,
        },
        worker,
        fonts,
        cache: folders::cache(),
    })
}

impl Findings {
    fn in_words(&self) -> Vec<String> {
        let names = |formats: &[Format]| {
            formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(" ")
        };
        let place = |place: &Option<PathBuf>| {
            place.as_ref().map_or("none".to_owned(), |place| place.display().to_string())
        };
        let missing: Vec<&str> =
            self.sandbox.iter().filter(|(_, on)| !**on).map(|(part, _)| part.as_str()).collect();
        let mut lines = vec![
            format!("cropmark  {}", self.cropmark),
            format!("libvips   {}", self.libvips),
            format!("sqlite    {}", self.sqlite),
            format!("reads     {}", names(&self.reads)),
            format!("writes    {}", names(&self.writes)),
            format!("worker    {}", self.worker.display()),
            format!("fonts     {}", place(&self.fonts)),
            format!("cache     {}", place(&self.cache)),
            String::new(),
            "sandbox of the workers".to_owned(),
        ];
        lines.extend(self.sandbox.iter().map(|(part, on)| {
            format!("  {part:<12} {}", if *on { "active" } else { "not active on this system" })
        }));
        if self.sandbox.is_empty() {
            lines.push("  the workers report none".to_owned());
        }
        if !missing.is_empty() {
            lines.push("  --require-sandbox would refuse to run here".to_owned());
        }
        let limits = &self.limits;
        let seconds = limits.variant_milliseconds / 1000;
        lines.extend([
            String::new(),
            "limits".to_owned(),
            format!(
                "  source       {} pixels, {} a side, {} bands, {} frames",
                limits.source_pixels, limits.side, limits.bands, limits.frames
            ),
            format!("  variant      {seconds} s"),
            format!("  worker       {}", memory(limits.worker_bytes)),
            String::new(),
            "settings".to_owned(),
            format!("  workers      {}", self.settings.workers),
            format!("  on demand    {} of 100 turns", self.settings.on_demand_share),
            format!("  max_memory   {}", memory(self.settings.max_memory)),
            format!(
                "  a worker is replaced after {} jobs, or above {}",
                self.settings.jobs_per_worker,
                memory(self.settings.worker_resident_limit)
            ),
        ]);
        lines
    }
}

fn memory(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
