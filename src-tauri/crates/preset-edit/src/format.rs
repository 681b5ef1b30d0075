//! Writes JSON values as TOML, the way that users write it.

use serde_json::{Map, Value};

use crate::{EditError, quote};

/// How far the elements of a list of tables are indented.
pub(crate) const INDENT: &str = "  ";

/// Keys that stand first, in this order; the others follow by the alphabet.
const ORDER: &[&str] = &[
    "version",
    "op",
    "name",
    "description",
    "match",
    "generator",
    "eager",
    "source",
    "parameters",
    "widths",
    "operations",
    "output",
    "variations",
    "format",
    "quality",
    "text",
    "image",
    "aspect",
    "fit",
    "width",
    "height",
    "x",
    "y",
];

/// Writes a value on one line.
pub(crate) fn inline(value: &Value) -> Result<String, EditError> {
    Ok(match value {
        Value::Null => return Err(EditError::Null),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => self::number(number)?,
        Value::String(text) => quote::text(text),
        Value::Array(elements) => {
            let elements: Result<Vec<_>, _> = elements.iter().map(inline).collect();
            format!("[{}]", elements?.join(", "))
        }
        Value::Object(object) if object.is_empty() => "{}".to_owned(),
        Value::Object(object) => {
            let pairs: Result<Vec<_>, _> = ordered(object)
                .map(|(key, value)| Ok(format!("{} = {}", quote::key(key), inline(value)?)))
                .collect();
            format!("{{ {} }}", pairs?.join(", "))
        }
    })
}

/// Writes the value of a pair that has lines of its own: each table of a list gets a line.
pub(crate) fn on_lines(value: &Value, indent: &str) -> Result<String, EditError> {
    match value {
        Value::Array(elements) if is_chain(elements) => {
            let line = |element| Ok(format!("{indent}{INDENT}{},\n", inline(element)?));
            let lines: Result<String, EditError> = elements.iter().map(line).collect();
            Ok(format!("[\n{}{indent}]", lines?))
        }
        _ => inline(value),
    }
}

fn is_chain(elements: &[Value]) -> bool {
    elements.iter().any(Value::is_object)
}

/// Writes a table's pairs, each on lines of its own.
pub(crate) fn pairs(object: &Map<String, Value>, indent: &str) -> Result<String, EditError> {
    let line = |(name, value): (&String, &Value)| {
        Ok(format!("{indent}{} = {}\n", quote::key(name), on_lines(value, indent)?))
    };
    ordered(object).map(line).collect()
}

/// Lists a table's pairs in a fixed order.
pub(crate) fn ordered(object: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let rank = |key: &str| ORDER.iter().position(|first| *first == key).unwrap_or(ORDER.len());
    let mut pairs: Vec<_> = object.iter().collect();
    pairs.sort_by(|one, other| (rank(one.0), one.0).cmp(&(rank(other.0), other.0)));
    pairs.into_iter()
}

/// Writes a number: a whole one stays whole, another one gets the fewest digits that identify it,
/// rounded to twelve (0.1 + 0.2 is 0.3).
fn number(number: &serde_json::Number) -> Result<String, EditError> {
    if let Some(whole) = number.as_i64() {
        return Ok(whole.to_string());
    }
    let value = number.as_f64().filter(|_| !number.is_u64()).ok_or(EditError::Number)?;
    Ok(format!("{:?}", rounded(value)))
}

/// Rounds a number to twelve significant digits.
pub(crate) fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// Writes a new whole number like the old one: with underscores between thousands.
pub(crate) fn as_before(old: &str, new: String) -> String {
    let digits = new.strip_prefix('-').unwrap_or(&new);
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !old.contains('_') || !is_whole || digits.len() < 5 {
        return new;
    }
    let sign = &new[..new.len() - digits.len()];
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_as_users_write_them() {
        let cases = [
            (json!(80), "80"),
            (json!(-0.5), "-0.5"),
            (json!(0.1 + 0.2), "0.3"),
            (json!(1.0), "1.0"),
            (json!(1e300), "1e300"),
            (json!("a \"b\"\n\u{7f}é"), r#""a \"b\"\n\u007fé""#),
            (json!([1, "x", true]), r#"[1, "x", true]"#),
            (json!({}), "{}"),
            (json!({ "x": 1, "op": "resize", "a b": 2 }), r#"{ op = "resize", x = 1, "a b" = 2 }"#),
        ];
        for (value, expected) in cases {
            let text = inline(&value).unwrap();
            assert_eq!(text, expected);
            let table: toml::Table = format!("a = {text}").parse().unwrap();
            assert!(table.contains_key("a"));
        }
        assert!(inline(&Value::Null).is_err());
        assert!(inline(&json!(u64::MAX)).is_err());
    }

    #[test]
    fn thousands_stay_apart() {
        for (old, new, expected) in [
            ("300_000", "250000", "250_000"),
            ("300_000", "9000", "9000"),
            ("300000", "250000", "250000"),
            ("1_000", "-1250000", "-1_250_000"),
            ("1_0", "0.25", "0.25"),
        ] {
            assert_eq!(as_before(old, new.to_owned()), expected);
        }
    }
}
