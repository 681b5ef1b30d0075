//! Why a run did not begin, or could not be commanded.

use cropmark_rules::naming::NameError;
use cropmark_store::{RunId, StoreError};

use super::name_clashes::NameClash;
use crate::presets::ChoiceError;

/// Why a run did not begin, or could not be commanded.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its plan cannot be written down or read. Where [`StoreError::ReadOnly`] is the reason, the
    /// run works without a record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Two results would have one name.
    #[error("{}", list(.0))]
    Clashes(Vec<NameClash>),
    /// The generators cannot be rendered.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// The name template is wrong.
    #[error("the name template {template:?} is wrong: {source}")]
    Name {
        /// The template.
        template: String,
        /// What is wrong.
        source: NameError,
    },
    /// The plan was written by another version, or is damaged.
    #[error("run {} can’t continue: {detail}; export again", .id.0)]
    Unusable {
        /// The run.
        id: RunId,
        /// Why.
        detail: String,
    },
    /// The run's task has ended.
    #[error("the run was closed before this was done; open it again")]
    Closed,
}

fn list(clashes: &[NameClash]) -> String {
    let lines: Vec<String> = clashes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
