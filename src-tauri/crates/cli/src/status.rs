//! The exit statuses, and the errors that keep a command from its work.

use std::process::ExitCode;

use cropmark_engine::StartError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Everything was done.
    Done,
    /// Some variants failed.
    SomeFailed,
    /// A change of presets changes variants.
    Differs,
    /// The command or a preset is wrong.
    Wrong,
    /// The workspace cannot be used, or the workers cannot be started as required.
    Unusable,
    /// A condition of `diff --fail-if` is met.
    ConditionMet,
    /// Stopped by a signal; the same command goes on.
    Interrupted,
}

impl Status {
    /// The exit status as a number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SomeFailed | Self::Differs => 1,
            Self::Wrong => 2,
            Self::Unusable => 3,
            Self::ConditionMet => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        status.code().into()
    }
}

/// Why a command did not start its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command or a preset is wrong.
    #[error("{0}")]
    Usage(String),
    /// The workspace cannot be used.
    #[error("{0}")]
    Workspace(String),
    /// The workers cannot be started, or not as required.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl Failure {
    /// The exit status that this error ends with.
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Usage(_) => Status::Wrong,
            Self::Workspace(_) | Self::Start(_) => Status::Unusable,
        }
    }
}
