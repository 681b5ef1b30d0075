//! The preset files of the open workspace as texts that are edited: read from the disk and
//! watched, changed by form or text, undone and redone, saved.
//!
//! What blocks says so; the commands run it where waiting holds up nobody.

mod commands;
mod difference;
mod history;

use std::{path::PathBuf, sync::Arc};

use cropmark_engine::export::PresetSource;

pub(crate) use commands::{
    create, document, edit, history, presets, redo, resolve_conflict, revert, save, set_text, undo,
};
#[expect(unused_imports, reason = "for the library")]
pub(crate) use history::{Change, Entry, MarksChange};

use crate::{ApiError, error::unfinished, workspace::Ground};

/// The preset files of the open workspace. A cheap handle.
#[derive(Debug, Clone, Default)]
pub(crate) struct Documents {}

#[expect(dead_code, unused_variables, clippy::unused_self, reason = "built now")]
impl Documents {
    /// Those of a workspace; and what the person should know: unsaved changes that are back.
    /// Blocks. The preset files become known by [`Documents::changed`], and one by one as they
    /// are asked for.
    pub(crate) fn open(ground: &Ground) -> (Self, Vec<String>) {
        (Self {}, Vec::new())
    }

    /// Looks at files that appeared, changed or went (paths below the workspace, of any kind of
    /// file: overlays count too). Blocks.
    pub(crate) fn changed(&self, paths: &[PathBuf]) {}

    /// Keeps what is not saved for the next time, and ends. Blocks.
    pub(crate) fn close(&self) {}

    /// The preset files that are known, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        Vec::new()
    }

    /// Rises with every change of any preset.
    pub(crate) fn revision(&self) -> u64 {
        0
    }

    /// A preset as it is now, unsaved changes included. Blocks where it was not read yet.
    ///
    /// # Errors
    /// `not_found`; or why it cannot be read.
    pub(crate) fn preset(&self, file: &str) -> Result<Arc<PresetSource>, ApiError> {
        Err(unfinished())
    }

    /// Remembers what was done to assets, so that it can be undone. Entries of one gesture are
    /// undone together.
    pub(crate) fn record(&self, entry: Entry, gesture: Option<&str>) {}
}
