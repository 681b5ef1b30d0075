//! The messages between the window and the program: arguments, replies and events, as plain data. The TypeScript types are made from these by `cargo test -p cropmark-api`.
//!
//! Numbers are JSON's: whole ones up to 2^53. Pixels, bytes and milliseconds are meant where a
//! name does not say otherwise. Paths of assets and preset files are below the workspace's
//! folder, with forward slashes.

mod activity;
mod export;
mod library;
mod preset;
mod preview;
mod session;

pub use activity::*;
pub use export::*;
pub use library::*;
pub use preset::*;
pub use preview::*;
pub use session::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A command without arguments, or without a reply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// An event that the program sends to the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Another workspace is open, or none.
    Workspace {
        /// The one that is open now.
        workspace: Option<WorkspaceInfo>,
    },
    /// Assets appeared, changed or were read.
    Assets {
        /// As they are now.
        changed: Vec<Asset>,
        /// The numbers of those that are gone.
        removed: Vec<u32>,
        /// Whether the whole folder is listed.
        complete: bool,
    },
    /// States of variants changed: views of these assets' states request them again.
    States {
        /// The assets' numbers; empty: all.
        assets: Vec<u32>,
    },
    /// The list of preset files, their generators or their problems changed.
    Presets {},
    /// A preset's text changed.
    Document {
        /// The preset file.
        file: String,
        /// The text's number, rising.
        revision: u32,
    },
    /// The next steps to undo and redo changed.
    History(History),
    /// The engine's activity (at most five times a second).
    Activity(Activity),
    /// An export run made progress.
    Run(RunInfo),
    /// A notice for the user.
    Notice {
        /// How much it matters.
        level: NoticeLevel,
        /// A sentence.
        message: String,
    },
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// Good to know.
    Information,
    /// Something failed; the work continues.
    Warning,
    /// Something did not work.
    Error,
}
