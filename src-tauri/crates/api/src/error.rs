//! The error of a command.

use cropmark_rules::{Fault, FaultCode, without_error_numbers};
use cropmark_store::StoreError;
use serde::Serialize;
use ts_rs::TS;

/// A failed command: a code that the window acts on, and a sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// `no_workspace`, `not_found`, `not_granted`, `unmatched` (the generator does not apply to
    /// the asset), `superseded`, `read_only`, `bad_call`, `system`, or a variant's code such as
    /// `unreadable`.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// Whether trying again can help.
    pub can_retry: bool,
}

impl ApiError {
    /// An error of this code.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        let can_retry =
            code != "unmatched" && FaultCode::named(code).is_none_or(FaultCode::may_pass);
        let message = without_error_numbers(message.into());
        Self { code: code.to_owned(), message, can_retry }
    }

    /// No workspace is open.
    #[must_use]
    pub fn no_workspace() -> Self {
        Self::new("no_workspace", "No folder is open. Open one first.")
    }

    /// The object of the request does not exist (any more).
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new("not_found", message)
    }

    /// A newer request took the place of this one.
    #[must_use]
    pub fn superseded() -> Self {
        Self::new("superseded", "A newer request took the place of this one.")
    }

    /// The arguments are not valid.
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

/// Turns an error's message into a sentence: a capital letter and a full stop.
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
        // Errors that are no variant's fault can always be tried again.
        assert!(ApiError::system("why").can_retry && ApiError::no_workspace().can_retry);
    }
}
