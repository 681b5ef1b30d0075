//! The named colours of a preset file: read before the rest, and put in where a colour is named.

use std::{borrow::Cow, collections::BTreeMap};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    preset::walk::words::{nearest, quoted},
    value::Color,
};

/// The keys of operations whose values are colours.
pub(super) const KEYS: [&str; 4] = ["background", "color", "highlights", "shadows"];

/// The colours that a file names; `None` stands for one with a fault.
#[derive(Debug, Clone, Default)]
pub(super) struct Colors(BTreeMap<String, Option<Color>>);

impl Colors {
    /// Reads a file's `[colors]`.
    pub(super) fn of(root: &DeTable<'_>) -> Self {
        let table = root.get("colors").and_then(|value| value.get_ref().as_table());
        let named = table.into_iter().flatten().map(|(name, value)| {
            let color = value.get_ref().as_str().and_then(|text| text.parse().ok());
            (name.get_ref().to_string(), color)
        });
        Self(named.collect())
    }

    /// Checks a text that stands where a colour is expected.
    ///
    /// # Errors
    /// Where it is neither a colour nor the name of one, with the nearest name.
    pub(super) fn check(&self, text: &str) -> Result<(), String> {
        match (self.0.get(text), text.parse::<Color>()) {
            (Some(Some(_)), _) | (None, Ok(_)) => Ok(()),
            (Some(None), _) => Err(format!("the colour {} has a fault", quoted(text))),
            (None, Err(error)) => {
                let own: Vec<&str> = self.0.keys().map(String::as_str).collect();
                let near = nearest(text, own.into_iter()).or_else(|| nearest(text, Color::names()));
                let near = near.filter(|_| !text.starts_with('#'));
                Err(near.map_or_else(
                    || format!("{error}, found {}", quoted(text)),
                    |near| format!("unknown colour {}; did you mean \"{near}\"?", quoted(text)),
                ))
            }
        }
    }

    /// Replaces the names of colours in a generator's operations by the colours.
    pub(super) fn put_into(&self, generator: &mut Spanned<DeValue<'_>>) {
        if self.0.is_empty() {
            return;
        }
        let DeValue::Table(table) = generator.get_mut() else { return };
        let Some(operations) = table.get_mut("operations") else { return };
        let DeValue::Array(operations) = operations.get_mut() else { return };
        for operation in operations.iter_mut() {
            let DeValue::Table(operation) = operation.get_mut() else { continue };
            for key in KEYS {
                let Some(DeValue::String(text)) = operation.get_mut(key).map(Spanned::get_mut)
                else {
                    continue;
                };
                if let Some(Some(color)) = self.0.get(text.as_ref()) {
                    *text = Cow::Owned(color.to_string());
                }
            }
        }
    }
}

/// Says why a colour cannot have a name.
pub(super) fn name_fault(name: &str) -> Option<&'static str> {
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if !begins || !name.chars().all(is_plain) {
        return Some("must begin with a letter and have letters, digits, \"_\" and \"-\" only");
    }
    let is_basic = Color::names().any(|basic| basic.eq_ignore_ascii_case(name));
    is_basic.then_some("is that of a basic colour; choose another one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset_schema;

    /// The keys of operations that are colours by the schema.
    #[test]
    fn the_keys_of_colours_are_those_of_the_schema() {
        let steps = preset_schema().pointer("/$defs/Step/oneOf").unwrap().as_array().unwrap();
        let properties = steps.iter().flat_map(|step| step["properties"].as_object().unwrap());
        let is_color = |schema: &serde_json::Value| schema.to_string().contains("$defs/Color\"");
        let mut keys: Vec<_> =
            properties.filter(|(_, it)| is_color(it)).map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys, KEYS);
    }
}
