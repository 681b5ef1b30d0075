//! The log: one file for each day, kept for a week, and warnings on standard error.

use std::path::Path;

use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::{
    EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// What is logged without `CROPMARK_LOG`.
const DEFAULT: &str =
    "warn,cropmark=info,cropmark_api=info,cropmark_engine=info,cropmark_store=info";

/// The number of days whose files are kept.
const DAYS: usize = 7;

/// Starts logging into a folder, if it can be written to.
pub(crate) fn start(folder: &Path) {
    let wanted = || EnvFilter::try_from_env("CROPMARK_LOG").unwrap_or_else(|_| DEFAULT.into());
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("studio")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .ok()
        .map(|file| tracing_subscriber::fmt::layer().with_ansi(false).with_writer(file));
    let errors = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(EnvFilter::try_from_env("CROPMARK_LOG").unwrap_or_else(|_| "warn".into()));
    tracing_subscriber::registry()
        .with(file.map(|file| file.with_filter(wanted())))
        .with(errors)
        .init();
}
