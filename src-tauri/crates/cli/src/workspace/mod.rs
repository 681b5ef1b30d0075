//! `cropmark workspace`: prints figures of a workspace, checks and cleans it, saves and reads back
//! what cannot be made again.

mod arguments;
mod backup;
mod merge;
mod open;
mod progress;
mod statistics;
mod tidy;
mod verify;

pub(crate) use arguments::WorkspaceArguments;
use arguments::WorkspaceCommand;
pub(crate) use open::check_folder;

use crate::status::{Failure, Status};

pub(crate) fn run(arguments: &WorkspaceArguments) -> Result<Status, Failure> {
    match &arguments.command {
        WorkspaceCommand::Stats(arguments) => statistics::run(arguments),
        WorkspaceCommand::Verify(arguments) => verify::run(arguments),
        WorkspaceCommand::Gc(arguments) => tidy::collect(arguments),
        WorkspaceCommand::Rebuild(arguments) => tidy::rebuild(arguments),
        WorkspaceCommand::Export(arguments) => backup::export(arguments),
        WorkspaceCommand::Import(arguments) => backup::import(arguments),
        WorkspaceCommand::Merge(arguments) => merge::merge(arguments),
    }
}
