//! Cropmark's command line. It needs no display and links no web view, and it leaves the parsing of
//! image bytes to worker processes.

mod arguments;
mod check;
mod diff;
mod doctor;
mod environment;
mod exchange;
mod fetching;
mod html_text;
mod imgproxy;
mod in_order;
mod inspect;
mod interrupt;
mod konifer;
mod log;
mod metrics_file;
mod profile;
mod render;
mod serve;
mod setup;
mod sign;
mod status;
mod terminal;
mod text_file;
mod watch;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;
use cropmark_engine::user_settings;

use crate::{
    arguments::{Arguments, Command, SchemaArguments},
    status::{Failure, Status},
};

/// Runs the command that the arguments name; the result is the process's exit status.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    setup::set(arguments.settings);
    setup::check_variables();
    let outcome = log::start(&setup::log_settings()).and_then(|()| execute(arguments.command));
    let status = outcome.unwrap_or_else(|failure| {
        terminal::complain(&failure.to_string());
        failure.status()
    });
    match status {
        Status::Done if terminal::has_lost_lines() => Status::SomeFailed.into(),
        status => status.into(),
    }
}

fn execute(command: Command) -> Result<Status, Failure> {
    match command {
        Command::Render(arguments) => render::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Schema(arguments) => schema(&arguments),
        Command::Import(arguments) => exchange::import(&arguments),
        Command::Export(arguments) => exchange::export(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Watch(arguments) => watch::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Profile(arguments) => profile::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Workspace(arguments) => workspace::run(&arguments),
    }
}

fn schema(arguments: &SchemaArguments) -> Result<Status, Failure> {
    let text = if arguments.settings {
        serde_json::to_string_pretty(&user_settings::schema())
    } else {
        serde_json::to_string_pretty(cropmark_rules::preset_schema())
    };
    let text = text.map_err(|error| Failure::Usage(error.to_string()))?;
    terminal::Lines::new().line(&text);
    Ok(Status::Done)
}
