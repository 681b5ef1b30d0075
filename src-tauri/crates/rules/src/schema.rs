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
