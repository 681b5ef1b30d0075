//! Values of rules in words.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The most characters of a text that are shown.
const MOST: usize = 60;

/// Adds a phrase for each difference between two values of the part that is called `name`.
pub(super) fn changes(name: &str, old: &Value, new: &Value, words: &mut Vec<String>) {
    if let (Value::Object(a), Value::Object(b)) = (old, new) {
        let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for key in keys {
            let of = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or_default();
            changes(&format!("{name} {key}"), &of(a), &of(b), words);
        }
    } else if old != new {
        words.push(format!("{name} {} → {}", shown(old), shown(new)).trim_start().to_owned());
    }
}

/// Lists the values of an object that differ from those of another one: `width 800, fit cover`.
pub(super) fn listed(object: &Value, plain: &Value) -> String {
    let own = object.as_object().into_iter().flatten();
    let own = own.filter(|(key, value)| plain.get(key.as_str()).unwrap_or(&Value::Null) != *value);
    let mut listed: Vec<_> = own.map(|(key, value)| format!("{key} {}", shown(value))).collect();
    listed.sort();
    listed.join(", ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => {
            let text = number.to_string();
            text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
        }
        Value::String(text) => quoted(text),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| format!("{key} = {}", shown(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A word as it is, any other text in quotation marks, and long ones cut.
fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "#%:./*_-".contains(letter);
    if !text.is_empty() && text.len() <= MOST && text.chars().all(is_plain) {
        return text.to_owned();
    }
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("“{}…”", &text[..end]),
        None => format!("“{text}”"),
    }
}
