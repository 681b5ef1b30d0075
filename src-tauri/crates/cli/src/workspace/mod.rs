//! `cropmark workspace`: prints figures of a workspace, checks and cleans it, saves and reads back
//! what cannot be made again.

mod arguments;
mod backup;
mod open;
mod progress;
mod statistics;
mod tidy;
mod verify;

use arguments::Task;
pub(crate) use arguments::WorkspaceArguments;
pub(crate) use open::check_folder;

use crate::status::{Failure, Status};

pub(crate) fn run(arguments: &WorkspaceArguments) -> Result<Status, Failure> {
    match &arguments.task {
        Task::Stats(arguments) => statistics::run(arguments),
        Task::Verify(arguments) => verify::run(arguments),
        Task::Gc(arguments) => tidy::collect(arguments),
        Task::Rebuild(arguments) => tidy::rebuild(arguments),
        Task::Export(arguments) => backup::export(arguments),
        Task::Import(arguments) => backup::import(arguments),
    }
}
