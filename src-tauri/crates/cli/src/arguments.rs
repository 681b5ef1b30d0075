//! The arguments of the command line, with the help that `--help` prints.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use cropmark_engine::run::{OnClash, Shard};
use cropmark_store::atomic::Conflict;

use crate::{
    diff::DiffArguments, exchange::ExchangeArguments, fetching::FetchArguments,
    profile::ProfileArguments, render::shard, serve::ServeArguments, sign::SignArguments,
    watch::WatchArguments, workspace::WorkspaceArguments,
};

/// Makes image variants by the rules of preset files.
#[derive(Debug, Parser)]
#[command(name = "cropmark", version, about, max_term_width = 100, after_help = EXIT_STATUS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Change a setting for this command, such as `--set max_memory=2GiB`; may be given several
    /// times. `cropmark doctor` lists all settings and where each comes from
    #[arg(id = "set", long = "set", global = true, value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<String>,
}

const EXIT_STATUS: &str = "\
Exit status:
  0    all done
  1    some variants or files failed, or the report cannot be written; diff: something changes
  2    the command or a preset file is wrong
  3    the workspace cannot be used, or the workers cannot be started as required
  4    diff: a condition of --fail-if is met
  130  interrupted; the same command continues

Logs go to standard error: CROPMARK_LOG=cropmark=debug";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Render images with every generator of a preset file that takes them
    Render(Box<RenderArguments>),
    /// Check preset files: prints each problem with its file, line and column
    Check(CheckArguments),
    /// Print the JSON Schema of preset files, for editors
    Schema(SchemaArguments),
    /// Translate rules of another system into a preset file
    Import(ExchangeArguments),
    /// Translate a preset file into rules of another system
    Export(ExchangeArguments),
    /// Show what images are: format, size, frames, colour, profile, metadata
    Inspect(InspectArguments),
    /// Render what a workspace's presets mark eager, as files come and change
    Watch(WatchArguments),
    /// Give a workspace's variants by URL, rendered when they are asked for
    Serve(ServeArguments),
    /// Sign the paths of another system's URLs
    Sign(SignArguments),
    /// Show what a change of preset files does to images
    Diff(Box<DiffArguments>),
    /// Show where the time of a picture's variants goes
    Profile(ProfileArguments),
    /// Show versions, formats, sandbox and limits, and whether the workers start
    Doctor(DoctorArguments),
    /// Look after a workspace: figures, checks, cleaning, export and import
    Workspace(WorkspaceArguments),
}

/// Renders images with every generator of a preset file that takes them.
#[derive(Debug, Args)]
#[command(after_long_help = RENDER_DETAILS)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct RenderArguments {
    /// Image files, and folders of them; may be left out where --workspace is given
    ///
    /// A file that is named has a line in the report in any case. Of a folder, every file is
    /// taken whose first bytes are an image's, whatever it is called, also in folders below.
    /// Hidden files and folders are left out, and so are preset files and the --out folder.
    /// A source may be a URL (https://… or http://…) of a host that --allow-host names; its folders
    /// in {path} are then the host and those of the URL.
    #[arg(value_name = "SRC", required_unless_present_any = ["workspace", "sources_from"])]
    pub(crate) sources: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) fetching: FetchArguments,

    /// A file with further sources, a path or URL a line; "-" is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) sources_from: Option<PathBuf>,

    /// The preset file; may be given several times
    #[arg(long = "preset", short, value_name = "FILE", required = true)]
    pub(crate) presets: Vec<PathBuf>,

    /// Where the variants go; made if it is not there
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// Render only this generator; may be given several times
    #[arg(long = "generator", short, value_name = "NAME")]
    pub(crate) generators: Vec<String>,

    /// The opened folder: its .cropmark keeps what was rendered, and path rules of presets are
    /// about paths below it
    #[arg(long, value_name = "DIR")]
    pub(crate) workspace: Option<PathBuf>,

    /// How files are named below the --out folder
    ///
    /// May use {generator}, {path} (the folders between SRC and the file), {name}, {stem},
    /// {variation} (empty, or begins with "-"), {theme}, {ext}, {format}, {width}, {height},
    /// {key}, and the generators' own parameters.
    #[arg(long, value_name = "TEMPLATE", default_value = cropmark_rules::naming::DEFAULT_TEMPLATE)]
    pub(crate) name: String,

    /// What happens where a file of that name is there already
    #[arg(long, value_name = "POLICY", value_enum, default_value_t)]
    pub(crate) on_conflict: OnConflict,

    /// What happens to sources whose results would have the same name, such as a.jpg and a.png that
    /// both become a.webp
    #[arg(long, value_name = "POLICY", value_enum, default_value_t)]
    pub(crate) on_clash: NameClashPolicy,

    /// A value for a parameter of the generators; may be given several times
    #[arg(long = "param", value_name = "K=V", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, String)>,

    /// A table of parameters: the first line names the columns, "asset" (a path below SRC, or a
    /// file name) and parameters; then a row an asset
    #[arg(long, value_name = "FILE")]
    pub(crate) params_csv: Option<PathBuf>,

    /// How many jobs run at once; left out: as set, else twice the processor's cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) workers: Option<u16>,

    /// How many seconds a variant may take; left out: as set, else 60
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(crate) timeout: Option<f64>,

    /// Render only the Kth of N parts, so that N computers share the work
    ///
    /// Each source is in one part, by its content. "auto" takes K and N from the environment of a
    /// task of a Slurm array, of a pod of an indexed job of Kubernetes or of a job of GNU parallel;
    /// where that does not say how many there are, `CROPMARK_SHARDS` does.
    #[arg(long, value_name = "K/N", value_parser = shard::shard)]
    pub(crate) shard: Option<Shard>,

    /// Write figures for Prometheus to this file, every five seconds and at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics_file: Option<PathBuf>,

    /// Follow symbolic links that lead out of SRC; without this, each is a failed row
    #[arg(long)]
    pub(crate) follow_links: bool,

    /// Render and write nothing; say what would be
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Print a line of JSON for each variant as it is finished, and one for the sums at the end
    #[arg(long)]
    pub(crate) json: bool,

    /// Do nothing unless the workers' sandbox is complete
    #[arg(long)]
    pub(crate) require_sandbox: bool,
}

const RENDER_DETAILS: &str = "\
Originals are never written to, whatever --out and --name say. A file has its final name only
once it is whole.

A generator with a fault is off, the others work; the exit status is then 2, since not all was
done. With --generator, only faults that concern the named generators count.

Ctrl-C stops cleanly: finished files stay, no partial files are left, and the same command continues.
A second Ctrl-C stops at once.

In the lines of --json, status is rendered, cached (written, but rendered before), skipped
(nothing written: the file was there, or --dry-run, or no generator takes a file that was named)
or failed. Where the whole source failed, generator is null.";

/// What to do where a file of a variant's name exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum OnConflict {
    /// Keep both: the new file is called name-2, name-3 …; where a file with the same content
    /// is there already, none is added
    #[default]
    Unique,
    /// Replace it
    Overwrite,
    /// Replace it only where the content differs
    IfChanged,
    /// Keep it, and do not even render
    Skip,
}

/// What to do where results would have the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum NameClashPolicy {
    /// Fail these, render the others
    #[default]
    Fail,
    /// Add the extension of each source: a-jpg.webp, a-png.webp
    Extension,
    /// Number all but the first: a.webp, a-2.webp
    Number,
}

impl From<NameClashPolicy> for OnClash {
    fn from(policy: NameClashPolicy) -> Self {
        match policy {
            NameClashPolicy::Fail => Self::Fail,
            NameClashPolicy::Extension => Self::Extension,
            NameClashPolicy::Number => Self::Number,
        }
    }
}

impl From<OnConflict> for Conflict {
    fn from(policy: OnConflict) -> Self {
        match policy {
            OnConflict::Unique => Self::Unique,
            OnConflict::Overwrite => Self::Overwrite,
            OnConflict::IfChanged => Self::IfChanged,
            OnConflict::Skip => Self::Skip,
        }
    }
}

/// Checks preset files.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The preset files
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// A folder of images: warns of generators that take none of them
    #[arg(long, value_name = "FOLDER")]
    pub(crate) on: Option<PathBuf>,

    /// How problems are printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: ProblemFormat,
}

/// How the problems of preset files are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ProblemFormat {
    /// One line per problem: `file:line:column: message`
    #[default]
    Text,
    /// Annotations of GitHub's workflows
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Prints a JSON Schema.
#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// That of settings.toml in place of that of preset files
    #[arg(long)]
    pub(crate) settings: bool,
}

/// Shows what images are.
#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// Image files, folders of them, and URLs of hosts that --allow-host names
    #[arg(value_name = "SRC", required = true)]
    pub(crate) sources: Vec<PathBuf>,

    /// Follow symbolic links that lead out of SRC; without it, they are failures
    #[arg(long)]
    pub(crate) follow_links: bool,

    #[command(flatten)]
    pub(crate) fetching: FetchArguments,

    /// Print a line of JSON for each file
    #[arg(long)]
    pub(crate) json: bool,
}

/// Shows what this installation is and can do.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "this is no number of seconds".to_owned())?;
    if (0.001..=86_400.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("it must be between 0.001 and 86400 seconds".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn parameters_and_seconds_are_read() {
        assert_eq!(parameter("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(parameter("a="), Ok(("a".to_owned(), String::new())));
        assert!(parameter("=b").is_err() && parameter("a").is_err());
        assert_eq!(seconds("0.5"), Ok(0.5));
        for text in ["0", "-1", "NaN", "inf", "x"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
