//! The JSON Schema of the preset file, from the very types that it is read into.

use std::sync::LazyLock;

use schemars::{Schema, generate::SchemaSettings, transform::transform_subschemas};
use serde_json::{Value, json};

use crate::preset::PresetFile;

/// The schema of a preset file, JSON Schema draft 2020-12.
///
/// The preset reader checks files against this same schema, so a key, a word or a range cannot
/// differ between the two. What a schema cannot say (a parameter that is not declared, a theme
/// of a generator that is not there) the reader alone reports.
#[must_use]
pub fn preset_schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
        let settings = SchemaSettings::draft2020_12().with_transform(without_null);
        settings.into_generator().into_root_schema_for::<PresetFile>().to_value()
    });
    &SCHEMA
}

/// TOML has no null: an option is a key that is left out. Links in descriptions lose their
/// brackets, which only Rust's documentation understands.
fn without_null(schema: &mut Schema) {
    if let Some(description) = schema.get("description").and_then(Value::as_str) {
        let plain = description.replace("[`", "`").replace("`]", "`");
        let paragraphs: Vec<String> =
            plain.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
        let plain = paragraphs.join("\n\n");
        schema.insert("description".to_owned(), plain.into());
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(alternatives)) = schema.get_mut("anyOf") {
        alternatives.retain(|alternative| *alternative != json!({ "type": "null" }));
        if let [Value::Object(only)] = alternatives.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.ensure_object().entry(key).or_insert(value);
            }
        }
    }
    transform_subschemas(&mut without_null, schema);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every object in a JSON document, with its path.
    fn objects<'v>(value: &'v Value, path: &str, found: &mut Vec<(String, &'v Value)>) {
        match value {
            Value::Object(object) => {
                found.push((path.to_owned(), value));
                for (key, value) in object {
                    objects(value, &format!("{path}/{key}"), found);
                }
            }
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    objects(value, &format!("{path}/{index}"), found);
                }
            }
            _ => {}
        }
    }

    fn all() -> Vec<(String, &'static Value)> {
        let mut found = Vec::new();
        objects(preset_schema(), "#", &mut found);
        found
    }

    #[test]
    fn every_reference_leads_somewhere_and_nothing_may_be_null() {
        for (path, object) in all() {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let target = preset_schema().pointer(reference.trim_start_matches('#'));
                assert!(target.is_some(), "{path}: {reference}");
            }
            assert_ne!(object.get("type"), Some(&json!("null")), "{path}");
            let several = object.get("type").is_some_and(Value::is_array);
            assert!(!several, "{path}");
        }
    }

    #[test]
    fn every_key_is_described_and_no_other_is_allowed() {
        for (path, object) in all() {
            let Some(Value::Object(properties)) = object.get("properties") else { continue };
            assert_eq!(object.get("additionalProperties"), Some(&json!(false)), "{path}");
            for (key, property) in properties {
                let described = property.get("description").is_some_and(Value::is_string);
                assert!(described || property.get("const").is_some(), "{path}: {key}");
            }
        }
    }

    #[test]
    fn ranges_defaults_and_words_stand_in_the_schema() {
        let at = |pointer: &str| preset_schema().pointer(pointer).cloned();
        assert_eq!(at("/properties/version/maximum"), Some(json!(1)));
        assert_eq!(at("/$defs/OutputRules/properties/quality/minimum"), Some(json!(1)));
        assert_eq!(at("/$defs/OutputRules/properties/quality/maximum"), Some(json!(100)));
        assert_eq!(at("/$defs/SourceRules/properties/density/default"), Some(json!(72.0)));
        let steps = at("/$defs/Step/oneOf").unwrap();
        let ops: Vec<&str> = steps
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|step| step.pointer("/properties/op/const")?.as_str())
            .collect();
        assert_eq!(ops, crate::Operation::NAMES);
        let written = at("/$defs/FormatRule/oneOf").unwrap();
        assert!(!written.to_string().contains("svg"));
        assert!(written.to_string().contains("smallest"));
    }
}
