//! A number for every format, or a table of numbers by format.

use std::collections::BTreeMap;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Format;

/// A value for every format, or one for each format that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ByFormat<T> {
    /// For every format.
    All(T),
    /// For these formats.
    Each(BTreeMap<Format, T>),
}

impl<T: Copy> ByFormat<T> {
    /// Returns the value for a format.
    #[must_use]
    pub fn of(&self, format: Format) -> Option<T> {
        match self {
            Self::All(value) => Some(*value),
            Self::Each(values) => values.get(&format).copied(),
        }
    }

    /// Completes a table by the values of another one.
    pub(super) fn or(self, other: Option<Self>) -> Self {
        let (Self::Each(own), Some(other)) = (&self, other) else { return self };
        let value = |format: Format| {
            let value = own.get(&format).copied().or_else(|| other.of(format));
            value.map(|value| (format, value))
        };
        Self::Each(written().filter_map(value).collect())
    }
}

fn written() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| format.facts().is_output)
}

/// The schema of a quality or a table of them.
pub(super) fn quality(_: &mut SchemaGenerator) -> Schema {
    schema(1, Some(100), |format| format.facts().preset_quality)
}

/// The schema of an effort or a table of them.
pub(super) fn effort(_: &mut SchemaGenerator) -> Schema {
    schema(0, Some(9), |_| None)
}

/// The schema of a number of bytes or a table of them.
pub(super) fn bytes(_: &mut SchemaGenerator) -> Schema {
    schema(100, None, |_| None)
}

fn schema(minimum: u64, maximum: Option<u64>, default: impl Fn(Format) -> Option<u8>) -> Schema {
    let mut number = json!({ "type": "integer", "minimum": minimum });
    if let Some(maximum) = maximum {
        number["maximum"] = maximum.into();
    }
    let key = |format: Format| {
        let mut number = number.clone();
        number["description"] = format!("For {}", format.facts().label).into();
        if let Some(default) = default(format) {
            number["default"] = default.into();
        }
        (format.name().to_owned(), number)
    };
    let properties: Map<String, Value> = written().map(key).collect();
    let mut schema = json_schema!({
        "anyOf": [
            number,
            {
                "type": "object",
                "properties": properties,
                "minProperties": 1,
                "additionalProperties": false
            }
        ]
    });
    schema.insert("minimum".to_owned(), minimum.into());
    if let Some(maximum) = maximum {
        schema.insert("maximum".to_owned(), maximum.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_completed_by_what_it_leaves_out() {
        let each = |values: &[(Format, u8)]| ByFormat::Each(values.iter().copied().collect());
        let own = each(&[(Format::Avif, 50)]);
        let merged = own.clone().or(Some(ByFormat::All(70)));
        assert_eq!((merged.of(Format::Avif), merged.of(Format::Webp)), (Some(50), Some(70)));
        let merged = own.clone().or(Some(each(&[(Format::Avif, 1), (Format::Jpeg, 2)])));
        assert_eq!(merged, each(&[(Format::Avif, 50), (Format::Jpeg, 2)]));
        assert_eq!(ByFormat::All(3).or(Some(own.clone())), ByFormat::All(3));
        assert_eq!(own.clone().or(None), own);
    }
}
