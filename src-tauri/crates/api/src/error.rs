//! What a command answers when it cannot do its work.

use cropmark_rules::{Fault, FaultCode};
use cropmark_store::StoreError;
use serde::Serialize;
use ts_rs::TS;

/// A failed command: a code where the window acts on it, and a sentence that people read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// `no_workspace`, `not_found`, `superseded`, `read_only`, `bad_call`, `system`, or a
    /// variant's code such as `unreadable`.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// Whether the same may go better the next time.
    pub can_retry: bool,
}

impl ApiError {
    /// An error of this code.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        let can_retry = FaultCode::named(code).is_none_or(FaultCode::may_pass);
        Self { code: code.to_owned(), message: message.into(), can_retry }
    }

    /// No workspace is open.
    #[must_use]
    pub fn no_workspace() -> Self {
        Self::new("no_workspace", "No folder is open. Open one first.")
    }

    /// What was asked for is not there (any more).
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new("not_found", message)
    }

    /// A newer request took the place of this one.
    #[must_use]
    pub fn superseded() -> Self {
        Self::new("superseded", "A newer request took the place of this one.")
    }

    /// What was asked for is not possible as it was asked.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(FaultCode::Invalid.name(), message)
    }

    /// The system refused something.
    pub fn system(message: impl Into<String>) -> Self {
        Self::new("system", message)
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self::new(fault.code.name(), fault.message)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = if error.pauses_a_run() { error.fault().code.name() } else { "system" };
        Self::new(code, error.to_string())
    }
}

/// A message of the program's as people read it.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if message.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_rule_refuses_is_not_offered_again() {
        let of = |code| ApiError::from(Fault::new(code, "why")).can_retry;
        assert!(of(FaultCode::Timeout) && of(FaultCode::Unreadable));
        assert!(!of(FaultCode::TooLarge) && !ApiError::invalid("why").can_retry);
        // Of what is no fault of a variant, the person knows best.
        assert!(ApiError::system("why").can_retry && ApiError::no_workspace().can_retry);
    }
}
