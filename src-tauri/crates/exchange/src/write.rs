//! Writes generators as the text of a preset file, as short as it can be said.

use std::fmt::Write as _;

use cropmark_rules::{
    Operation,
    preset::{Generator, Step},
};
use serde_json::{Map, Value};

use crate::number;

/// Tells editors which schema the file follows (Taplo's and Even Better TOML's notation).
const HEAD: &str = "#:schema ./preset.schema.json\n\nversion = 1\n";

/// The keys that are written first, in this order.
const ORDER: [&str; 26] = [
    "op",
    "name",
    "enabled",
    "fit",
    "aspect",
    "width",
    "height",
    "min_width",
    "min_height",
    "dpr",
    "enlarge",
    "undersized",
    "text",
    "image",
    "font",
    "size",
    "format",
    "quality",
    "max_bytes",
    "color",
    "gravity",
    "x",
    "y",
    "all",
    "top",
    "right",
];

pub(crate) fn preset<'a>(generators: impl Iterator<Item = &'a Generator>) -> String {
    let mut text = HEAD.to_owned();
    for it in generators {
        let _ = write!(text, "\n[generators.{}]\n", key(&it.name));
        generator(&mut text, it);
    }
    text
}

fn generator(text: &mut String, generator: &Generator) {
    let Value::Object(mut keys) = json(generator) else { return };
    keys.remove("operations");
    if let Some(Value::Object(source)) = keys.get_mut("source") {
        without(source, &json(&cropmark_rules::SourceRules::default()));
    }
    let mut line = |key: &str| {
        if let Some(given) = keys.remove(key) {
            let _ = writeln!(text, "{key} = {}", value(&given));
        }
    };
    for key in ["description", "match", "eager", "source", "widths", "parameters"] {
        line(key);
    }
    if !generator.operations.is_empty() {
        text.push_str("operations = [\n");
        for step in &generator.operations {
            let _ = writeln!(text, "  {},", value(&operation(step)));
        }
        text.push_str("]\n");
    }
    for (key, given) in keys {
        let _ = writeln!(text, "{key} = {}", value(&given));
    }
}

/// The step without the keys whose values are the defaults.
fn operation(step: &Step) -> Value {
    let Value::Object(mut keys) = json(step) else { return Value::Null };
    let name = Value::from(step.operation.op());
    let plain = serde_json::json!({ "op": name });
    if let Ok(plain) = serde_json::from_value::<Operation>(plain) {
        without(&mut keys, &json(&plain));
    }
    keys.insert("op".to_owned(), name);
    Value::Object(keys)
}

fn without(keys: &mut Map<String, Value>, plain: &Value) {
    keys.retain(|key, value| plain.get(key) != Some(value));
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(is_so) => is_so.to_string(),
        Value::Number(given) => given.as_u64().map_or_else(
            || number::write(given.as_f64().unwrap_or_default()),
            |whole| whole.to_string(),
        ),
        Value::String(text) => string(text),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(self::value).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(keys) => table(keys),
    }
}

fn table(keys: &Map<String, Value>) -> String {
    let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    let mut keys: Vec<_> = keys.iter().filter(|(_, value)| !value.is_null()).collect();
    keys.sort_by_key(|(key, _)| rank(key));
    let pairs: Vec<String> =
        keys.into_iter().map(|(name, it)| format!("{} = {}", key(name), value(it))).collect();
    if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
}

/// Writes a key, in quotation marks where it needs them.
pub(crate) fn key(key: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !key.is_empty() && key.bytes().all(is_bare) { key.to_owned() } else { string(key) }
}

/// Writes a text in quotation marks. JSON's escapes are TOML's, but for one character that JSON
/// need not escape.
pub(crate) fn string(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
