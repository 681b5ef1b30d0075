//! The alternatives that a schema allows for one value, and the check of a value against them.

use serde_json::Value;
use toml::de::DeValue;

use crate::{
    preset::walk::words::quoted,
    value::{Aspect, Length},
};

/// The largest percentage that a length may be.
const MOST_PERCENT: f64 = 1000.0;

/// One alternative of a schema, with the bounds of the levels above it.
pub(super) struct Leaf<'s> {
    pub(super) schema: &'s Value,
    /// The name of the definition it comes from.
    definition: Option<&'s str>,
    minimum: Option<&'s Value>,
    maximum: Option<&'s Value>,
}

/// Collects all alternatives of a schema, following references.
pub(super) fn leaves<'s>(root: &'s Value, schema: &'s Value) -> Vec<Leaf<'s>> {
    let mut found = Vec::new();
    let top = Leaf { schema, definition: None, minimum: None, maximum: None };
    collect(root, &top, &mut found, 0);
    found
}

fn collect<'s>(root: &'s Value, leaf: &Leaf<'s>, found: &mut Vec<Leaf<'s>>, depth: usize) {
    let schema = leaf.schema;
    let minimum = schema.get("minimum").or(leaf.minimum);
    let maximum = schema.get("maximum").or(leaf.maximum);
    // The preset schema has no circle of references; the bound ends the search if one slips in.
    if depth > 16 {
        return;
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let definition = name.strip_prefix("#/$defs/");
        if let Some(schema) = definition.and_then(|name| root.get("$defs")?.get(name)) {
            let leaf = Leaf { schema, definition, minimum, maximum };
            collect(root, &leaf, found, depth + 1);
        }
        return;
    }
    let alternatives =
        schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    let Some(alternatives) = alternatives else {
        found.push(Leaf { schema, definition: leaf.definition, minimum, maximum });
        return;
    };
    for schema in alternatives {
        let leaf = Leaf { schema, definition: leaf.definition, minimum, maximum };
        collect(root, &leaf, found, depth + 1);
    }
}

impl<'s> Leaf<'s> {
    fn type_name(&self) -> Option<&'s str> {
        self.schema.get("type").and_then(Value::as_str)
    }

    /// The word, where this alternative allows one word only.
    pub(super) fn word(&self) -> Option<&'s str> {
        self.schema.get("const").and_then(Value::as_str)
    }

    /// Returns the key whose fixed word distinguishes this kind of table, such as `op`.
    pub(super) fn tag(&self) -> Option<&'s str> {
        let properties = self.schema.get("properties")?.as_object()?;
        let tag = properties.iter().find(|(_, schema)| schema.get("const").is_some())?;
        Some(tag.0)
    }

    /// The word that the tag must have.
    pub(super) fn tag_word(&self, tag: &str) -> Option<&'s str> {
        self.schema.get("properties")?.get(tag)?.get("const")?.as_str()
    }

    /// Whether it is a colour, whose text [`super::Colors`] checks.
    pub(super) fn is_color(&self) -> bool {
        self.definition == Some("Color")
    }

    /// Whether the value's kind is right; its content is not checked.
    pub(super) fn accepts(&self, value: &DeValue<'_>) -> bool {
        let name = self.type_name();
        match value {
            DeValue::String(_) => name == Some("string"),
            DeValue::Integer(_) => matches!(name, Some("integer" | "number")),
            DeValue::Float(_) => name == Some("number"),
            DeValue::Boolean(_) => name == Some("boolean"),
            DeValue::Datetime(_) => false,
            DeValue::Array(_) => name == Some("array"),
            DeValue::Table(_) => name == Some("object"),
        }
    }

    /// Checks a text or number whose kind is right.
    ///
    /// # Errors
    /// Says what would be right.
    pub(super) fn fault(&self, value: &DeValue<'_>) -> Result<(), String> {
        match value {
            DeValue::String(text) => self.text(text),
            DeValue::Integer(integer) => {
                let parsed = i64::from_str_radix(integer.as_str(), integer.radix());
                let number = parsed.map_err(|_| self.range("this number is too large"))?;
                self.number(number_of(number), &number.to_string())
            }
            DeValue::Float(float) => {
                let number: f64 = float.as_str().parse().unwrap_or(f64::NAN);
                if !number.is_finite() {
                    return Err(self.range(&format!("{} is not a usable number", float.as_str())));
                }
                self.number(number, float.as_str())
            }
            _ => Ok(()),
        }
    }

    fn text(&self, text: &str) -> Result<(), String> {
        if let Some(word) = self.word() {
            return if text == word { Ok(()) } else { Err(format!("expected \"{word}\"")) };
        }
        let notation = match self.definition {
            Some("Aspect") => text.parse::<Aspect>().map(drop).map_err(|error| error.to_string()),
            Some("Length") => match text.parse::<Length>() {
                Ok(length) => return self.percent(length, text),
                Err(error) => Err(error.to_string()),
            },
            _ => Ok(()),
        };
        notation.map_err(|problem| format!("{problem}, found {}", quoted(text)))?;
        let length = text.chars().count() as u64;
        let bound = |key| self.schema.get(key).and_then(Value::as_u64);
        if bound("minLength").is_some_and(|least| length < least) {
            return Err("can’t be empty".to_owned());
        }
        match bound("maxLength").filter(|most| length > *most) {
            Some(most) => Err(format!("is longer than {most} characters")),
            None => Ok(()),
        }
    }

    /// Checks a percentage: at most [`MOST_PERCENT`]; zero and less are allowed where they are for
    /// pixels.
    fn percent(&self, length: Length, text: &str) -> Result<(), String> {
        let percent = length.resolve(100.0);
        let least = self.minimum.and_then(Value::as_f64).unwrap_or(f64::NEG_INFINITY);
        let expected = if least > 0.0 {
            (percent > 0.0 && percent <= MOST_PERCENT, "more than 0% and up to")
        } else if least == 0.0 {
            ((0.0..=MOST_PERCENT).contains(&percent), "0% to")
        } else {
            (percent.abs() <= MOST_PERCENT, "-1000% to")
        };
        let (is_right, range) = expected;
        let message = || format!("{text} is out of range; expected {range} {MOST_PERCENT}%");
        if is_right { Ok(()) } else { Err(message()) }
    }

    fn number(&self, number: f64, shown: &str) -> Result<(), String> {
        let bound = |bound: Option<&Value>| bound.and_then(Value::as_f64);
        let below = bound(self.minimum).is_some_and(|least| number < least);
        let above = bound(self.maximum).is_some_and(|most| number > most);
        if below || above { Err(self.range(&format!("{shown} is out of range"))) } else { Ok(()) }
    }

    /// Adds the allowed range to a sentence.
    fn range(&self, sentence: &str) -> String {
        match (self.minimum, self.maximum) {
            (Some(least), Some(most)) => format!("{sentence}; expected {least} to {most}"),
            (Some(least), None) => format!("{sentence}; expected {least} or more"),
            (None, Some(most)) => format!("{sentence}; expected {most} or less"),
            (None, None) => sentence.to_owned(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
fn number_of(number: i64) -> f64 {
    number as f64
}

/// Says in words what each alternative asks for, without repetition.
pub(super) fn expectations(leaves: &[Leaf<'_>]) -> Vec<String> {
    let mut expected: Vec<String> = Vec::new();
    for leaf in leaves {
        let words = match (leaf.definition, leaf.type_name()) {
            (_, _) if leaf.word().is_some() => format!("\"{}\"", leaf.word().unwrap_or_default()),
            (Some("Color"), _) => "a colour such as \"#1e90ff\"".to_owned(),
            (Some("Aspect"), _) => "a ratio such as \"16:9\"".to_owned(),
            (Some("Length"), Some("string")) => "a text such as \"50%\"".to_owned(),
            (Some("Length"), _) => "a number of pixels".to_owned(),
            (_, Some("string")) => "a text".to_owned(),
            (_, Some("integer")) => "a whole number".to_owned(),
            (_, Some("number")) => "a number".to_owned(),
            (_, Some("boolean")) => "true or false".to_owned(),
            (_, Some("array")) => "a list".to_owned(),
            (_, _) => "a table".to_owned(),
        };
        if !expected.contains(&words) {
            expected.push(words);
        }
    }
    expected
}

/// Says in words what kind of value this is.
pub(super) fn kind(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {}", quoted(text)),
        DeValue::Integer(integer) => format!("the whole number {integer}"),
        DeValue::Float(float) => format!("the number {}", float.as_str()),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(_) => "a date or time".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
