//! The start of the window, workspaces, settings and the session.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The data that the window starts with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StartUp {
    /// The program's version.
    pub version: String,
    /// The workspaces that were open before, the last one first.
    pub recent: Vec<RecentWorkspace>,
    /// The workspace that is open already: named at the start, or still open.
    pub workspace: Option<WorkspaceInfo>,
    /// The folder that the user chose last to export to.
    pub destination: Option<Grant>,
    /// The session that the window saved last; null at the first start.
    pub session: serde_json::Value,
    /// The settings.
    pub settings: Settings,
    /// The preset file's JSON Schema: all operations and options with their types, ranges,
    /// defaults and descriptions.
    pub schema: serde_json::Value,
    /// Formats that can be written, by the names that presets use.
    pub writes: Vec<String>,
    /// Why the folder that the program was started with is not open; until one is.
    pub refused: Option<String>,
    /// Why workers cannot be started, if they cannot: nothing can be shown then.
    pub trouble: Option<String>,
}

/// Fonts that texts can be set in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Fonts {
    /// The families, in alphabetical order.
    pub families: Vec<String>,
}

/// A workspace that was open before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecentWorkspace {
    /// The id of the grant to open it; empty in the user's file.
    #[serde(default)]
    pub grant: String,
    /// The folder.
    pub path: String,
    /// The folder's name.
    pub name: String,
    /// Whether it is there now.
    pub exists: bool,
    /// Whether it was open when the program ended: then the next start opens it.
    #[serde(default)]
    pub open: bool,
    /// When it was last opened: milliseconds since 1970.
    #[ts(type = "number")]
    pub opened_ms: u64,
}

/// The open workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkspaceInfo {
    /// The folder.
    pub path: String,
    /// The folder's name.
    pub name: String,
    /// Whether it is the user's copy of the samples.
    pub samples: bool,
    /// Why nothing can be kept in it, if so: another process has it open, no permission.
    pub read_only: Option<String>,
    /// Damage that was found and repaired on opening, and other news.
    pub notices: Vec<String>,
}

/// The permission to use a file or a folder that the user chose, or that belongs to the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Grant {
    /// The name of the permission in commands; it cannot be guessed.
    pub id: String,
    /// The path, to be shown.
    pub path: String,
}

/// The use that a grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A folder to be opened as the workspace.
    Workspace,
    /// A folder to export to.
    Destination,
    /// A CSV file with values of parameters.
    Table,
    /// An image for an overlay, of which only the path is shown.
    Overlay,
    /// A new file for a run's report, once.
    Report,
    /// A new file for a copy of a preset file, once.
    PresetCopy,
    /// A new file for a variant, once.
    VariantFile,
    /// What was dropped on the window, once.
    Drop,
    /// A file or folder to be shown in the file manager or dragged to another program, once.
    File,
}

impl Purpose {
    pub(crate) fn is_for_one_use(self) -> bool {
        matches!(
            self,
            Self::Report | Self::PresetCopy | Self::VariantFile | Self::Drop | Self::File
        )
    }
}

/// A folder by its grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GrantArguments {
    /// The grant's id.
    pub grant: String,
}

/// The grant of what was dropped on the window, and what to do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DropArguments {
    /// The grant's id.
    pub grant: String,
    /// The folder below the open workspace that files are copied into; empty: the workspace's own.
    /// A single folder is opened instead. Null: the folder, or that of the first file, is opened.
    pub into: Option<String>,
}

/// The outcome of a drop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Dropped {
    /// The workspace that was opened, if one was.
    pub opened: Option<WorkspaceInfo>,
    /// How many files were copied in.
    pub copied: u32,
    /// Those that were not, with the reason.
    pub refused: Vec<String>,
}

/// The window's state to be kept until its next start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SessionArguments {
    /// Anything, up to 256 KiB.
    pub session: serde_json::Value,
}

/// The settings. They are the user's, not a workspace's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Light, dark, or as the system has it.
    pub theme: ThemeSetting,
    /// The size of the window's text and controls, in percent: 100–150.
    pub interface_scale: u16,
    /// Jobs at once; null: chosen by the number of cores. Takes effect with the next start.
    pub workers: Option<u32>,
    /// Of 100 turns, those of work that the user waits for: 0–100.
    pub on_demand_share: u8,
    /// The most bytes of memory for all running jobs; null: half of the machine's.
    #[ts(type = "number | null")]
    pub max_memory: Option<u64>,
    /// Seconds a variant may take.
    pub timeout_seconds: u32,
    /// The most bytes of kept variants in a workspace.
    #[ts(type = "number")]
    pub cache_bytes: u64,
    /// Whether generators marked eager are rendered while the workspace is open.
    pub render_eager: bool,
    /// Whether the system shows a notice when a long batch ends.
    pub notify: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeSetting::System,
            interface_scale: 100,
            workers: None,
            on_demand_share: 80,
            max_memory: None,
            timeout_seconds: 60,
            cache_bytes: 10 << 30,
            render_eager: true,
            notify: true,
        }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeSetting {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A text to be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Text {
    /// The text.
    pub text: String,
}
