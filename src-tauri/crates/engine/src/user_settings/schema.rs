//! The JSON Schema of `settings.toml`, for editors.

use serde_json::{Map, Value, json};

use super::{
    kind::{Kind, MOST_BYTES},
    table::{Row, TABLE},
};

/// Makes the schema of the table of settings.
#[must_use]
pub fn schema() -> Value {
    let mut properties = Map::new();
    for row in TABLE {
        let (table, name) = row.name.split_once('.').unwrap_or(("", row.name));
        let place = if table.is_empty() {
            &mut properties
        } else {
            let inner = properties.entry(table).or_insert_with(
                || json!({ "type": "object", "additionalProperties": false, "properties": {} }),
            );
            match inner.get_mut("properties").and_then(Value::as_object_mut) {
                Some(inner) => inner,
                None => continue,
            }
        };
        place.insert(name.to_owned(), of(row));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cropmark settings file",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn of(row: &Row) -> Value {
    let mut schema = match row.kind {
        Kind::Count { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Kind::CountOrNone { most } => {
            json!({ "type": "integer", "minimum": -1, "maximum": most, "not": { "const": 0 } })
        }
        Kind::Bytes { least } => json!({
            "oneOf": [
                { "type": "integer", "minimum": least, "maximum": MOST_BYTES },
                { "type": "string", "pattern": "^[0-9_]+ *(B|kB|MB|GB|KiB|MiB|GiB)?$" },
            ]
        }),
        Kind::Seconds => json!({ "type": "number", "minimum": 0.001, "maximum": 86_400 }),
        Kind::SecondsOrNone => json!({
            "oneOf": [
                { "const": -1 },
                { "type": "number", "minimum": 0.001, "maximum": 86_400 },
            ]
        }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
    };
    schema["description"] = row.about.into();
    schema
}
