//! The reason why a variant failed: a code for programs and a sentence for the user.

use std::fmt;

use serde::{
    Deserialize, Serialize,
    de::{
        IntoDeserializer as _,
        value::{self, StrDeserializer},
    },
};

use crate::Format;

/// The kind of a failure. Stable: scripts rely on the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The source's bytes are no image, or a broken one.
    Unreadable,
    /// The source's or the output's format, or a feature of it, is not supported here.
    Unsupported,
    /// The source or the job is over a limit.
    TooLarge,
    /// It took longer than allowed.
    Timeout,
    /// The worker died.
    Crashed,
    /// The worker was out of its memory limit.
    OutOfMemory,
    /// It waited longer than allowed for a place.
    Busy,
    /// No space is left where the result goes.
    DiskFull,
    /// No permission to read or write.
    Denied,
    /// The source changed while it was read.
    SourceChanged,
    /// The rule asks for what cannot be done with this source.
    Invalid,
}

impl FaultCode {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unsupported => "unsupported",
            Self::TooLarge => "too_large",
            Self::Timeout => "timeout",
            Self::Crashed => "crashed",
            Self::OutOfMemory => "out_of_memory",
            Self::Busy => "busy",
            Self::DiskFull => "disk_full",
            Self::Denied => "denied",
            Self::SourceChanged => "source_changed",
            Self::Invalid => "invalid",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, value::Error> = name.into_deserializer();
        Self::deserialize(name).ok()
    }

    /// Whether a fault of this kind may be gone the next time without another preset: because the
    /// machine was busy, or because a file can be mended or put in its place.
    #[must_use]
    pub fn may_pass(self) -> bool {
        match self {
            Self::Unreadable
            | Self::Timeout
            | Self::Crashed
            | Self::OutOfMemory
            | Self::Busy
            | Self::DiskFull
            | Self::Denied
            | Self::SourceChanged => true,
            Self::Unsupported | Self::TooLarge | Self::Invalid => false,
        }
    }
}

/// A failure: the code, and a sentence that says what happened and what to do. The sentence
/// does not name the file; whoever shows it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct Fault {
    /// The kind.
    pub code: FaultCode,
    /// The fault and the remedy, as a sentence.
    pub message: String,
}

impl Fault {
    /// Of a format that workers with these cannot write.
    #[must_use]
    pub fn unwritable(format: Format, writable: &[Format]) -> Self {
        let names: Vec<&str> = writable.iter().map(|format| format.name()).collect();
        let message = format!(
            "{} cannot be written by this build: choose one of {}.",
            format.name(),
            names.join(", ")
        );
        Self::new(FaultCode::Unsupported, message)
    }

    /// A fault of this kind.
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self { code, message: without_error_numbers(message.into()) }
    }
}

/// Removes the system's error numbers, such as ` (os error 13)`, from a message.
#[must_use]
pub fn without_error_numbers(mut message: String) -> String {
    while let Some(start) = message.find(" (os error ") {
        let Some(length) = message[start..].find(')') else { break };
        message.replace_range(start..=start + length, "");
    }
    message
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultCode};

    #[test]
    fn messages_have_no_error_numbers() {
        let of = |message: &str| Fault::new(FaultCode::Denied, message).message;
        let cause = std::io::Error::from_raw_os_error(13);
        assert_eq!(
            of(&format!("a: {cause}; b: {cause}.")),
            "a: Permission denied; b: Permission denied."
        );
        assert_eq!(of("an (os error without its end"), "an (os error without its end");
    }

    #[test]
    fn what_the_rule_or_the_source_rules_out_does_not_pass() {
        for (code, expected) in [
            (FaultCode::Unreadable, true),
            (FaultCode::Crashed, true),
            (FaultCode::Denied, true),
            (FaultCode::SourceChanged, true),
            (FaultCode::Invalid, false),
            (FaultCode::Unsupported, false),
            (FaultCode::TooLarge, false),
        ] {
            assert_eq!(code.may_pass(), expected, "{}", code.name());
            assert_eq!(FaultCode::named(code.name()), Some(code));
        }
        assert_eq!(FaultCode::named("Unreadable"), None);
    }
}
