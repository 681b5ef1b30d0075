//! Export runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What to export, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportArguments {
    /// The assets' numbers; empty: all.
    pub assets: Vec<u32>,
    /// The generators.
    pub generators: Vec<GeneratorChoice>,
    /// The grant of the folder; null: none is chosen yet.
    pub destination: Option<String>,
    /// The name template, such as `{generator}/{path}/{stem}{variation}.{ext}`.
    pub template: String,
    /// What happens where a name is taken.
    pub on_conflict: ConflictPolicy,
    /// Values for parameters, for all assets.
    pub parameters: BTreeMap<String, String>,
    /// The grant of a CSV file with values, a row an asset.
    pub parameters_csv: Option<String>,
}

/// The choices of an export under a name, to be used again in any workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportProfile {
    /// Its name, unique among the profiles.
    pub name: String,
    /// The generators; those that a workspace lacks are left out there.
    pub generators: Vec<GeneratorChoice>,
    /// The folder, if one was chosen.
    pub destination: Option<super::Grant>,
    /// The name template.
    pub template: String,
    /// What happens where a name is taken.
    pub on_conflict: ConflictPolicy,
    /// Values for parameters, for all assets.
    pub parameters: BTreeMap<String, String>,
}

/// The saved profiles, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportProfiles {
    /// The profiles.
    pub profiles: Vec<ExportProfile>,
}

/// A profile by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProfileArguments {
    /// The name.
    pub name: String,
}

/// An asset that an export leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SkippedAsset {
    /// The asset's path, below the workspace's folder.
    pub source: String,
    /// Why it cannot be read; null: no chosen generator takes it.
    pub reason: Option<String>,
}

/// A generator of a preset file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GeneratorChoice {
    /// The preset file.
    pub file: String,
    /// The generator.
    pub generator: String,
}

/// What happens where a name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictPolicy {
    /// The new file gets a number.
    #[default]
    Unique,
    /// The new file takes the place.
    Overwrite,
    /// The new file takes the place if its content is another.
    IfChanged,
    /// What is there stays.
    Skip,
}

/// The forecast of an export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExportPlan {
    /// How many files.
    pub total: u32,
    /// How many variants cannot be made, as far as that is known beforehand.
    pub refused: u32,
    /// The first names that will be written (at most 200).
    pub names: Vec<PlannedName>,
    /// Outputs of the same name, each pair as a sentence.
    pub clashes: Vec<String>,
    /// Why the folder cannot be used, if so; the names are listed all the same.
    pub folder: Option<String>,
    /// Why the name template cannot be used, if so.
    pub template: Option<String>,
    /// What else keeps the run from beginning: no generators, a wrong table of values.
    pub problems: Vec<String>,
    /// Assets that give nothing: unreadable, or taken by no generator.
    pub without: u32,
    /// The first of these assets (at most 200).
    pub skipped: Vec<SkippedAsset>,
    /// Bytes of the files, estimated from what the workspace keeps; null: nothing is known yet.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
}

/// A name that will be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlannedName {
    /// The asset's path, below the workspace's folder.
    pub source: String,
    /// The generator.
    pub generator: String,
    /// Below the destination; null where only the result knows, or nothing can be made.
    pub name: Option<String>,
    /// Why nothing can be made, where that is known.
    pub fault: Option<super::FaultInfo>,
    /// Whether a file has this name already.
    pub taken: bool,
}

/// An export run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunInfo {
    /// Its number in the workspace.
    #[ts(type = "number")]
    pub id: i64,
    /// Answers and events may overtake each other: the larger number is the later state.
    #[ts(type = "number")]
    pub seen: u64,
    /// Its state.
    pub state: RunState,
    /// Why it is paused or has failed, as a sentence.
    pub reason: Option<String>,
    /// When it began: milliseconds since 1970.
    #[ts(type = "number")]
    pub created_ms: i64,
    /// The folder that it writes to.
    pub destination: String,
    /// The generators' names.
    pub generators: Vec<String>,
    /// Variants in all; null while they are being counted.
    pub total: Option<u32>,
    /// Rendered.
    pub rendered: u32,
    /// Taken from the cache.
    pub cached: u32,
    /// There already.
    pub skipped: u32,
    /// Failed.
    pub failed: u32,
    /// Whether trying some of the failed ones again can help.
    pub can_retry: bool,
    /// Bytes written.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Seconds of work so far.
    pub seconds: f64,
    /// Files a second lately.
    pub rate: f64,
    /// Seconds that it will still take, by the rate.
    pub eta_seconds: Option<f64>,
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Being executed.
    Running,
    /// Stopped until the user resumes it.
    Paused,
    /// Ended early by the user.
    Cancelled,
    /// At its end; rows may have failed.
    Done,
}

/// All runs of the workspace, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Runs {
    /// The runs.
    pub runs: Vec<RunInfo>,
}

/// A run by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunArguments {
    /// The run's number.
    #[ts(type = "number")]
    pub id: i64,
}

/// Some rows of a run's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RowsArguments {
    /// The run's number.
    #[ts(type = "number")]
    pub id: i64,
    /// Only those that failed.
    pub failed: bool,
    /// From this row on.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}

/// Rows of a run's report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Rows {
    /// How many there are in all.
    pub total: u32,
    /// The rows.
    pub rows: Vec<RunRow>,
}

/// A variant of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunRow {
    /// Its place in the run.
    pub position: u32,
    /// The source's path, below the workspace's folder where it lies there.
    pub source: String,
    /// The generator.
    pub generator: Option<String>,
    /// The variation.
    pub variation: Option<String>,
    /// `waiting`, `running`, `rendered`, `cached`, `skipped` or `failed`.
    pub status: String,
    /// The file.
    pub path: Option<String>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// The file's length.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// Milliseconds that it cost.
    pub ms: Option<f64>,
    /// Why it failed.
    pub fault: Option<super::FaultInfo>,
    /// Whether it failed and trying again can help; not where the rule refuses the source, say.
    pub can_retry: bool,
    /// Remarks about the file for the user: a limit not met, alpha dropped.
    pub notes: Vec<String>,
}

/// Which rows are tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RetryArguments {
    /// The run's number.
    #[ts(type = "number")]
    pub id: i64,
    /// Their places; empty: all that failed and that trying again can help.
    pub positions: Vec<u32>,
}

/// Where a report is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReportArguments {
    /// The run's number.
    #[ts(type = "number")]
    pub id: i64,
    /// The grant of a new file whose name ends in `.csv`, `.json` or `.jsonl`.
    pub grant: String,
}
