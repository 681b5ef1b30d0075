//! A picture whose URL brings its rules along, whatever the language of the URL.

use std::{
    fmt,
    path::Path,
    time::{Duration, SystemTime},
};

use cropmark_engine::presets::PresetSource;
use cropmark_rules::protocol::Header;
use hyper::StatusCode;

use crate::{identity::Disposition, locate::Located, refusal::Refusal};

/// A picture that a URL with rules of its own asks for, read before its source is known.
pub(crate) trait ForeignPicture: fmt::Debug + Send + Sync {
    /// Finds the source. May wait for the disk.
    fn locate(&self, root: &Path) -> Result<Located, Refusal>;

    /// Makes the rules for a source: a preset with one generator, whose overlays are files of the
    /// workspace.
    fn preset(&self, root: &Path, header: &Header) -> Result<PresetSource, Refusal>;

    /// When the rules that the URL names were written to last.
    fn rules_modified(&self) -> Option<SystemTime>;

    /// From when on there is no answer.
    fn expires(&self) -> Option<SystemTime>;

    /// The name that browsers save the picture by.
    fn disposition(&self) -> Option<Disposition>;

    /// Whether another `Accept` could have meant another picture.
    fn varies(&self) -> bool;
}

/// Says that a URL asks for what cannot be done.
pub(crate) fn refused(reason: &str) -> Refusal {
    let message = format!("The URL cannot be answered: {reason}.");
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message)
}

/// Makes a preset of a text whose overlays are files of the workspace.
pub(crate) fn preset(root: &Path, name: &str, text: &str) -> Result<PresetSource, Refusal> {
    let preset = PresetSource::from_text(&root.join(name), text);
    match preset.problems().first() {
        None => Ok(preset),
        Some(problem) => Err(refused(&problem.message)),
    }
}

/// The time so many seconds after 1970; `None` where no clock reaches it.
pub(crate) fn time(seconds: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}
