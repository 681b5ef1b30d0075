//! Cropmark's command line. It needs no display and links no web view, and it leaves the parsing of
//! image bytes to worker processes.

mod arguments;
mod check;
mod doctor;
mod fetching;
mod inspect;
mod interrupt;
mod render;
mod serve;
mod setup;
mod status;
mod terminal;
mod watch;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    arguments::{Arguments, Command},
    status::{Failure, Status},
};

/// Runs the command that the arguments name; the result is the process's exit status.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    setup::start_logging();
    let outcome = match arguments.command {
        Command::Render(arguments) => render::run(&arguments),
        Command::Check(arguments) => Ok(check::run(&arguments)),
        Command::Schema => schema(),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Watch(arguments) => watch::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Workspace(arguments) => workspace::run(&arguments),
    };
    let status = outcome.unwrap_or_else(|failure| {
        terminal::complain(&failure.to_string());
        failure.status()
    });
    match status {
        Status::Done if terminal::has_lost_lines() => Status::SomeFailed.into(),
        status => status.into(),
    }
}

fn schema() -> Result<Status, Failure> {
    let text = serde_json::to_string_pretty(cropmark_rules::preset_schema());
    let text = text.map_err(|error| Failure::Usage(error.to_string()))?;
    terminal::Lines::new().line(&text);
    Ok(Status::Done)
}
