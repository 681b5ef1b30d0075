//! The log: warnings on standard error, and files in a folder where the settings name one.

use std::{fs, io};

use cropmark_engine::user_settings::{LogRotation, LogSettings};
use tracing_appender::rolling::{Builder, RollingFileAppender, Rotation};
use tracing_subscriber::{
    EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{status::Failure, terminal};

/// The variable that chooses what standard error shows.
const VARIABLE: &str = "CROPMARK_LOG";

/// What standard error shows where nothing else is chosen. The loss of a worker is left out, because
/// its row reports it, and what was found on opening a workspace, because it is a notice.
const ERRORS: &str = "warn,cropmark_engine::core::dispatcher=error,cropmark_store::open=error";

/// What files hold where nothing else is chosen.
const FILES: &str = "warn,cropmark_engine=info,cropmark_serve=info,cropmark_store=info";

/// Starts logging.
pub(crate) fn start(settings: &LogSettings) -> Result<(), Failure> {
    let chosen = (!settings.level.is_empty()).then(|| filter(&settings.level)).transpose()?;
    let files = settings.folder.is_some();
    let of_errors = EnvFilter::try_from_env(VARIABLE).ok();
    let of_errors = of_errors.or_else(|| chosen.clone().filter(|_| !files));
    let errors = tracing_subscriber::fmt::layer()
        .with_ansi(terminal::has_colors(&io::stderr()))
        .with_writer(io::stderr)
        .with_filter(of_errors.unwrap_or_else(|| EnvFilter::new(ERRORS)));
    let of_files = chosen.unwrap_or_else(|| EnvFilter::new(FILES));
    let files = appender(settings)?
        .map(|file| tracing_subscriber::fmt::layer().with_ansi(false).with_writer(file))
        .map(|layer| layer.with_filter(of_files));
    tracing_subscriber::registry().with(files).with(errors).init();
    Ok(())
}

fn filter(level: &str) -> Result<EnvFilter, Failure> {
    EnvFilter::try_new(level).map_err(|error| {
        let hint = "write a level, or MODULE=LEVEL, with commas between several";
        Failure::Usage(format!("log.level: {level:?}: {error}; {hint}"))
    })
}

/// Opens the file of now, and removes those that are more than may be kept.
fn appender(settings: &LogSettings) -> Result<Option<RollingFileAppender>, Failure> {
    let Some(folder) = &settings.folder else { return Ok(None) };
    let unusable = |reason: String| {
        let folder = folder.display();
        Failure::Usage(format!("log.folder: {folder} cannot be written to ({reason})"))
    };
    fs::create_dir_all(folder).map_err(|error| unusable(error.to_string()))?;
    let rotation = match settings.rotation {
        LogRotation::Hourly => Rotation::HOURLY,
        LogRotation::Daily => Rotation::DAILY,
        LogRotation::Never => Rotation::NEVER,
    };
    let builder = Builder::new()
        .rotation(rotation)
        .filename_prefix("cropmark")
        .filename_suffix("log")
        .max_log_files(settings.keep);
    builder.build(folder).map(Some).map_err(|error| unusable(error.to_string()))
}
