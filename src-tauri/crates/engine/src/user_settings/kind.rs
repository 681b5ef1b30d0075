//! What the value of a setting may be. Its bounds stand here alone: reading and the schema take them
//! from a row's kind.

use std::time::Duration;

use super::value::{bytes, count, flag, or_none, seconds};

/// More bytes than any machine has.
pub(super) const MOST_BYTES: u64 = 1 << 50;

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Count {
        least: u64,
        most: u64,
    },
    /// A count, or -1 for no limit.
    CountOrNone {
        most: u64,
    },
    /// A number of bytes, [`MOST_BYTES`] at most.
    Bytes {
        least: u64,
    },
    Seconds,
    /// Seconds, or -1 for no limit.
    SecondsOrNone,
    Flag,
    /// A list of texts.
    List,
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// A value as its kind has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Number(u64),
    Time(Duration),
    Flag(bool),
    Text(String),
    /// No limit.
    None,
}

impl Kind {
    /// Reads a value.
    pub(super) fn read(self, text: &str) -> Result<Value, String> {
        let of = |value: Option<Value>| value.unwrap_or(Value::None);
        match self {
            Self::Count { least, most } => count(text, least..=most).map(Value::Number),
            Self::CountOrNone { most } => {
                or_none(text, |text| count(text, 1..=most).map(Value::Number)).map(of)
            }
            Self::Bytes { least } => bytes(text, least..=MOST_BYTES).map(Value::Number),
            Self::Seconds => seconds(text).map(Value::Time),
            Self::SecondsOrNone => or_none(text, |text| seconds(text).map(Value::Time)).map(of),
            Self::Flag => flag(text).map(Value::Flag),
            Self::List | Self::Text => Ok(Value::Text(text.to_owned())),
            Self::Word(words) if words.contains(&text) => Ok(Value::Text(text.to_owned())),
            Self::Word(words) => Err(format!("{text:?} is none of {}", words.join(", "))),
        }
    }
}

/// The reason where a row takes another kind of value than it says.
fn mismatch<T>() -> Result<T, String> {
    Err("the program expects another kind of value here; this is a fault of it".to_owned())
}

impl Value {
    /// The number, or the number of bytes.
    pub(super) fn number<N: TryFrom<u64>>(self) -> Result<N, String> {
        match self {
            Self::Number(number) => N::try_from(number)
                .map_err(|_| format!("{number} is more than this machine counts")),
            _ => mismatch(),
        }
    }

    /// The number; `None` for no limit.
    pub(super) fn limit<N: TryFrom<u64>>(self) -> Result<Option<N>, String> {
        if self == Self::None { Ok(None) } else { self.number().map(Some) }
    }

    pub(super) fn time(self) -> Result<Duration, String> {
        match self {
            Self::Time(time) => Ok(time),
            _ => mismatch(),
        }
    }

    /// The time; `None` for no limit.
    pub(super) fn time_limit(self) -> Result<Option<Duration>, String> {
        if self == Self::None { Ok(None) } else { self.time().map(Some) }
    }

    pub(super) fn flag(self) -> Result<bool, String> {
        match self {
            Self::Flag(flag) => Ok(flag),
            _ => mismatch(),
        }
    }

    pub(super) fn text(self) -> Result<String, String> {
        match self {
            Self::Text(text) => Ok(text),
            _ => mismatch(),
        }
    }
}
