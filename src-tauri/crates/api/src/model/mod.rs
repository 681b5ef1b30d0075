//! What the window and the program say to each other: arguments, replies and events, as plain
//! data. The TypeScript types are made from these by `cargo test -p cropmark-api`.
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

/// What the program tells the window without being asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Another workspace is open, or none.
    Workspace {
        /// The one that is open now.
        workspace: Option<WorkspaceInfo>,
    },
    /// Assets appeared, changed or became known better.
    Assets {
        /// As they are now.
        changed: Vec<Asset>,
        /// The numbers of those that are gone.
        removed: Vec<u32>,
        /// Whether the folder was looked through to its end.
        complete: bool,
    },
    /// States of variants became others: what shows these assets' states asks anew.
    States {
        /// The assets' numbers; empty: all.
        assets: Vec<u32>,
    },
    /// The preset files, their generators or their problems are others now.
    Presets {},
    /// A preset's text is another now.
    Document {
        /// The preset file.
        file: String,
        /// The text's number, rising.
        revision: u32,
    },
    /// What can be undone and redone is another now.
    History(History),
    /// What the engine does (at most five times a second).
    Activity(Activity),
    /// An export run went on.
    Run(RunInfo),
    /// Something to tell the person.
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
    /// Something is not as it should be; the work goes on.
    Warning,
    /// Something did not work.
    Error,
}
