//! Why a durable run did not begin, or could not be commanded.

use cropmark_rules::naming::NameError;
use cropmark_store::{RunId, StoreError};

use super::super::{ChoiceError, ExportError};

/// Why a durable run did not begin, or could not be commanded.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its plan cannot be written down or read. Where [`StoreError::ReadOnly`] is the reason, an
    /// [`Export`](super::super::Export) works without a record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Two results would have one name.
    #[error(transparent)]
    Clashes(#[from] ExportError),
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
    #[error("run {} cannot go on: {detail}; export again", .id.0)]
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
