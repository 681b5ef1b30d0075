//! `cropmark doctor`: prints the versions, formats, sandbox and limits of this installation, and
//! what it lacks.

use std::{collections::BTreeMap, path::PathBuf};

use cropmark_engine::{Engine, Settings, folders, user_settings::SettingNow};
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
    settings: BTreeMap<&'static str, Value>,
    settings_file: Option<PathBuf>,
    worker: PathBuf,
    fonts: Option<PathBuf>,
    cache: Option<PathBuf>,
}

/// A setting.
#[derive(Serialize)]
struct Value {
    /// As the file has it; `None`: no limit.
    value: Option<String>,
    /// The file, the variable or the command that has set it, or `default`.
    from: String,
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
    let chosen = setup::settings()?;
    let values = chosen.all().into_iter().map(|now| {
        let SettingNow { name, value, origin } = now;
        (name, Value { value, from: origin.to_string() })
    });
    let settings = Settings { workers: 1, require_sandbox: false, ..chosen.engine.clone() };
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
        limits: chosen.engine.limits.clone(),
        settings: values.collect(),
        settings_file: setup::settings_file(),
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
        if !missing.is_empty() || self.sandbox.is_empty() {
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
            format!("settings, from {} and elsewhere", place(&self.settings_file)),
        ]);
        lines.extend(self.settings.iter().map(|(name, Value { value, from })| {
            let value = value.as_deref().unwrap_or("no limit");
            format!("  {name:<20} {value:<12} {from}")
        }));
        lines
    }
}

fn memory(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
