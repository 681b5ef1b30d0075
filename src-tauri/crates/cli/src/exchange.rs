//! `cropmark import` and `cropmark export`: translate rules between preset files and other systems.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cropmark_engine::presets::base_reader;
use cropmark_exchange::{MAX_BYTES, System, Translated, Unusable};

use crate::{
    status::{Failure, Status},
    terminal::{self, Lines},
    text_file,
};

/// Translates rules between preset files and another system.
#[derive(Debug, Args)]
#[command(after_long_help = EXCHANGE_DETAILS)]
pub(crate) struct ExchangeArguments {
    /// The other system
    #[arg(value_name = "SYSTEM", value_enum)]
    pub(crate) system: OtherSystem,

    /// The file to translate
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Where the translation goes; left out: standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

const EXCHANGE_DETAILS: &str = "\
What has no counterpart in the other language is listed on standard error, with its line and the
reason, and the exit status is 1; the rest is translated. The status is 2 where nothing can be.

A file that --to names is replaced, unless it is an image.";

/// A system whose rules can be translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OtherSystem {
    /// imgproxy and imgforge: presets (`name=option:argument/…`, one a line) and URLs
    Imgproxy,
    /// Konifer: its configuration (HOCON)
    Konifer,
    /// Magnolia: image generators and themes (YAML)
    Magnolia,
    /// Cloudinary: named transformations (`t_name: w_200,c_fill`, one a line) and URLs
    Cloudinary,
}

impl From<OtherSystem> for System {
    fn from(system: OtherSystem) -> Self {
        match system {
            OtherSystem::Imgproxy => Self::Imgproxy,
            OtherSystem::Konifer => Self::Konifer,
            OtherSystem::Magnolia => Self::Magnolia,
            OtherSystem::Cloudinary => Self::Cloudinary,
        }
    }
}

pub(crate) fn import(arguments: &ExchangeArguments) -> Result<Status, Failure> {
    translate(arguments, cropmark_exchange::import)
}

pub(crate) fn export(arguments: &ExchangeArguments) -> Result<Status, Failure> {
    let mut read_base = base_reader(&arguments.file);
    translate(arguments, |system, bytes| cropmark_exchange::export(system, bytes, &mut read_base))
}

fn translate(
    arguments: &ExchangeArguments,
    with: impl FnOnce(System, &[u8]) -> Result<Translated, Unusable>,
) -> Result<Status, Failure> {
    let name = arguments.file.display().to_string();
    let bytes = text_file::read(&arguments.file, MAX_BYTES)?;
    let translated = with(arguments.system.into(), &bytes).map_err(|error| {
        Failure::Usage(match error {
            Unusable::Syntax { line, message } => format!("{name}:{line}: {message}"),
            error => format!("{name}: {error}"),
        })
    })?;
    match &arguments.to {
        Some(to) => text_file::write(to, &translated.text, &[&arguments.file])?,
        None => Lines::new().line(translated.text.trim_end()),
    }
    for note in &translated.notes {
        terminal::complain(&note.located(&name));
    }
    Ok(if translated.notes.is_empty() { Status::Done } else { Status::SomeFailed })
}
