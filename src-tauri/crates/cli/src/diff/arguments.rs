//! The arguments of `cropmark diff`, with the help that `--help` prints.

use std::path::{Path, PathBuf};

use clap::Args;

use super::condition::Condition;

/// Shows what a change of preset files does to images.
#[derive(Debug, Args)]
#[command(after_long_help = DETAILS)]
pub(crate) struct DiffArguments {
    /// The preset files before the change: a file, a folder or a git revision, or both sides as
    /// OLD..NEW
    #[arg(value_name = "OLD")]
    pub(super) old: PathBuf,

    /// The preset files after the change: a file, a folder or a git revision
    #[arg(value_name = "NEW")]
    pub(super) new: Option<PathBuf>,

    /// The images: a folder, or a file; may be given several times
    #[arg(long = "on", value_name = "FOLDER", required = true)]
    pub(super) places: Vec<PathBuf>,

    /// Of revisions, take only the preset files at or below this path; left out: below the current
    /// folder
    #[arg(long, value_name = "PATH")]
    pub(super) presets: Option<PathBuf>,

    /// Compare only this generator; may be given several times
    #[arg(long = "generator", short, value_name = "NAME")]
    pub(super) generators: Vec<String>,

    /// Write a report: a page (.html) or the text of a pull request (.md); may be given several
    /// times
    #[arg(long = "to", value_name = "FILE", value_parser = report_file)]
    pub(super) reports: Vec<PathBuf>,

    /// End with status 4 if this condition is met, such as 'bytes > +5%' or 'score < 70'; may be given
    /// several times
    #[arg(long = "fail-if", value_name = "CONDITION", conflicts_with = "dry_run")]
    pub(super) conditions: Vec<Condition>,

    /// The opened folder: its .cropmark keeps what was rendered, with focal points and crops, and
    /// path rules of presets are about paths below it
    #[arg(long, value_name = "DIR")]
    pub(super) workspace: Option<PathBuf>,

    /// How many jobs run at once; left out: as set, else twice the processor's cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) workers: Option<u16>,

    /// Render nothing: show which rules and variants change, without bytes, scores and pictures
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Print JSON: a line for each variant that differs, one for each generator that does, and the
    /// sums
    #[arg(long)]
    pub(super) json: bool,
}

const DETAILS: &str = "\
  cropmark diff main..HEAD --on photos --to report.html
  cropmark diff web.preset.toml new.preset.toml --on photos --fail-if 'bytes > +5%'

OLD and NEW are files or folders where such exist, otherwise git revisions. Revisions are read from
the repository of the current folder, overlay images included. OLD...NEW compares NEW with the
commit at which the two histories parted.

Only variants that differ are rendered, and those that were rendered before are taken from the cache.
A change is a variant that differs, is added, is removed or newly fails. A rule that is only written
in another way, or that applies to none of the images, changes nothing.

Conditions of --fail-if (not with --dry-run; >= and <= include the limit):
  bytes > +5%     all files of one generator that differ grow by more than 5 % in total
  bytes > +20kB   all files of one generator that differ grow by more than 20 kB in total
  bytes > 300kB   a new or changed file is larger than 300 kB (1 kB is 1000 bytes)
  score < 70      a new or changed file has an SSIMULACRA2 score below 70
  score < -2      the score of a changed file falls by more than 2

An image that cannot be read is left out with a message; the exit status does not tell of it.

Exit status: 0 nothing changes, 1 something does, 4 a condition of --fail-if is met, 2 the command
or a preset file after the change is wrong, 3 the workspace cannot be used, 130 interrupted.";

/// A kind of report that is a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportKind {
    /// A page of HTML.
    Page,
    /// Markdown.
    Markdown,
}

impl ReportKind {
    /// The kind that a file's name asks for.
    pub(super) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "html" | "htm" => Some(Self::Page),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

fn report_file(text: &str) -> Result<PathBuf, String> {
    match ReportKind::of(Path::new(text)) {
        Some(_) => Ok(text.into()),
        None => Err("the name must end in .html or .md".to_owned()),
    }
}
