//! The arguments of `cropmark workspace`, with the help that `--help` prints.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Looks after the folder .cropmark of a workspace.
#[derive(Debug, Args)]
#[command(after_help = EXIT_STATUS)]
pub(crate) struct WorkspaceArguments {
    #[command(subcommand)]
    pub(super) command: WorkspaceCommand,
}

const EXIT_STATUS: &str = "\
Originals and exported files are never touched, only what lies in DIR/.cropmark. While another
process has the workspace open, stats works, and the others say who has it.

Exit status:
  0    all done; what verify found is repaired
  1    verify found faults that it could not repair
  2    the command, or a file that it names, is wrong
  3    the workspace cannot be used";

#[derive(Debug, Subcommand)]
pub(super) enum WorkspaceCommand {
    /// Show what the workspace holds, and whether another process has it open
    Stats(OutputArguments),
    /// Read every kept variant and the whole index; remove what is damaged, to be rendered again
    Verify(OutputArguments),
    /// Remove files that are not needed, and variants over the limit
    Gc(GcArguments),
    /// Make the index agree with the files; focal points, crops, settings and runs stay
    Rebuild(FolderArguments),
    /// Save what cannot be made again: focal points, crops, marks, settings and export runs, as JSON
    Export(ExportArguments),
    /// Take in what export has saved, here or elsewhere
    Import(ImportArguments),
    /// Take in the variants, focal points, crops and favourites of other workspaces, such as those of
    /// shards
    Merge(MergeArguments),
}

#[derive(Debug, Args)]
pub(super) struct FolderArguments {
    /// The opened folder, which has .cropmark in it
    #[arg(value_name = "DIR")]
    pub(super) workspace: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct OutputArguments {
    #[command(flatten)]
    pub(super) place: FolderArguments,

    /// Print JSON: stats one object; verify a line for each fault, and one for the sums at the end
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct GcArguments {
    #[command(flatten)]
    pub(super) place: FolderArguments,

    /// The most bytes that variants may take. Where they take more, the least recently used are
    /// removed until they take nine tenths of it; left out: 10 GiB
    #[arg(long, value_name = "N")]
    pub(super) max_bytes: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    pub(super) place: FolderArguments,

    /// The file to write, whole or not at all; an earlier export is replaced, any other file is
    /// not. Left out: standard output
    #[arg(long, value_name = "FILE")]
    pub(super) to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    #[command(flatten)]
    pub(super) place: FolderArguments,

    /// What export has written. Focal points, crops and marks go to the files with the same path or
    /// content, also to those that come later; taking it in twice changes nothing
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// The folder that takes in what the others have; its own focal points and marks stay
    #[arg(value_name = "DIR")]
    pub(super) workspace: PathBuf,

    /// The folders whose .cropmark is taken in and stays as it is. Only what was written with the
    /// key of this user is taken: every computer needs the same `trust.key`
    #[arg(value_name = "DIR", required = true)]
    pub(super) others: Vec<PathBuf>,
}
