//! Templates: texts into which values are inserted, such as `{asset.stem}` or a generator's
//! `{title}`.
//!
//! `{{` and `}}` stand for the braces themselves. An inserted value is not expanded again: braces
//! in it stay as they are.

use std::collections::BTreeMap;

use crate::{asset::AssetFacts, preset::Generator};

/// The values of an asset that every template may name, besides `exif.*` and `iptc.*`.
pub const ASSET_VALUES: [&str; 7] = [
    "asset.name",
    "asset.stem",
    "asset.folder",
    "asset.width",
    "asset.height",
    "asset.title",
    "asset.alt",
];

/// The most characters of an expanded template.
pub const MAX_EXPANDED: usize = 10_000;

/// A text with names of values in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A text that stays as it is.
    Literal(String),
    /// The name of a value.
    Value(String),
}

/// Why a text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// An opening brace is not closed.
    #[error("\"{{\" is not closed; write \"{{{{\" for a brace by itself")]
    Open,
    /// A closing brace has no opening one.
    #[error("\"}}\" closes nothing; write \"}}}}\" for a brace by itself")]
    Close,
    /// The text in the braces is not a name.
    #[error("{{{0}}} is no name of a value; write \"{{{{\" for a brace by itself")]
    Name(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Where a brace is not paired, or the text in braces is not a name.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            literal.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                literal.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                literal.push('}');
                rest = after;
            } else if from.starts_with('}') {
                return Err(TemplateError::Close);
            } else {
                let end = from.find('}').ok_or(TemplateError::Open)?;
                let name = &from[1..end];
                if !is_value_name(name) {
                    return Err(TemplateError::Name(name.chars().take(40).collect()));
                }
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Value(name.to_owned()));
                rest = &from[end + 1..];
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self { pieces })
    }

    /// The pieces in their order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The names of the values, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// Inserts the values. A value that does not exist becomes an empty text.
    #[must_use]
    pub fn expand(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Value(name) => text.push_str(&value(name).unwrap_or_default()),
            }
        }
        text
    }
}

/// Whether a name may stand in braces: letters, digits, `_`, `-`, `.` and `:`.
#[must_use]
pub fn is_value_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && name.chars().all(|letter| letter.is_alphanumeric() || "_-.:".contains(letter))
}

/// Whether a value comes from the asset, not from the generator's own parameters.
#[must_use]
pub fn is_asset_value(name: &str) -> bool {
    ASSET_VALUES.contains(&name) || name.starts_with("exif.") || name.starts_with("iptc.")
}

/// Whether a generator may have a parameter of this name: letters, digits, `_` and `-`.
#[must_use]
pub fn is_own_name(name: &str) -> bool {
    is_value_name(name) && !name.contains(['.', ':'])
}

/// The values given from outside the preset. They are data: braces in them have no meaning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GivenValues {
    /// The asset's row of a table, which is preferred to `all`.
    pub row: BTreeMap<String, String>,
    /// The values for every asset, preferred to the preset's defaults.
    pub all: BTreeMap<String, String>,
}

/// Looks up a value of an asset by its name in templates; `None` where the asset does not have it.
#[must_use]
pub fn asset_value(asset: &AssetFacts, name: &str) -> Option<String> {
    let (folder, file) = asset.path.rsplit_once('/').unwrap_or(("", &asset.path));
    let (width, height) = asset.header.upright_size();
    match name {
        "asset.name" => Some(file.to_owned()),
        "asset.stem" => Some(stem(file).to_owned()),
        "asset.folder" => Some(folder.to_owned()),
        "asset.width" => Some(width.to_string()),
        "asset.height" => Some(height.to_string()),
        "asset.title" => Some(asset.texts.title.clone()),
        "asset.alt" => Some(asset.texts.alt.clone()),
        _ => {
            let metadata = &asset.header.metadata;
            let exact = metadata.get(name);
            let near = || metadata.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            exact.or_else(|| near().map(|(_, value)| value)).cloned()
        }
    }
}

/// A file name without its extension. A name whose only dot is its first letter has no extension.
#[must_use]
pub fn stem(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file,
    }
}

/// Resolves a generator's own parameters for an asset: from the asset's row, else from the values
/// for all assets, else from the preset's defaults, into which values of the asset are inserted.
#[must_use]
pub fn resolve(
    generator: &Generator,
    asset: &AssetFacts,
    given: &GivenValues,
) -> BTreeMap<String, String> {
    let value = |(name, default): (&String, &String)| {
        let given = given.row.get(name).or_else(|| given.all.get(name));
        let value = given.cloned().unwrap_or_else(|| match Template::parse(default) {
            Ok(template) => template.expand(|name| asset_value(asset, name)),
            Err(_) => default.clone(),
        });
        (name.clone(), value)
    };
    generator.parameters.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn upper(text: &str) -> Result<String, TemplateError> {
        Ok(Template::parse(text)?.expand(|name| (name != "none").then(|| name.to_uppercase())))
    }

    #[test]
    fn values_are_put_in_and_braces_can_be_written() {
        let cases = [
            ("", ""),
            ("plain", "plain"),
            ("{a}{b}", "AB"),
            ("x {asset.stem} y", "x ASSET.STEM y"),
            ("{{a}} {{{a}}}", "{a} {A}"),
            ("{none}.", "."),
            ("é{ü_1-2}", "éÜ_1-2"),
        ];
        for (text, expected) in cases {
            assert_eq!(upper(text).as_deref(), Ok(expected), "{text}");
        }
        let faults = [
            ("{", TemplateError::Open),
            ("{a", TemplateError::Open),
            ("a}", TemplateError::Close),
            ("{}", TemplateError::Name(String::new())),
            ("{a b}", TemplateError::Name("a b".to_owned())),
            ("{a{b}", TemplateError::Name("a{b".to_owned())),
        ];
        for (text, fault) in faults {
            assert_eq!(upper(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn stems_are_names_without_their_extension() {
        let cases =
            [("a.jpg", "a"), ("a.b.jpg", "a.b"), ("a", "a"), (".a", ".a"), ("a.", "a"), ("", "")];
        for (file, expected) in cases {
            assert_eq!(stem(file), expected, "{file}");
        }
    }

    proptest! {
        /// An inserted value comes out as it is, with its braces.
        #[test]
        fn values_are_never_looked_at_again(value in any::<String>()) {
            let template = Template::parse("<{x}|{x}>").unwrap();
            let text = template.expand(|_| Some(value.clone()));
            prop_assert_eq!(text, format!("<{value}|{value}>"));
        }

        #[test]
        fn any_text_can_be_escaped(text in any::<String>()) {
            let escaped = text.replace('{', "{{").replace('}', "}}");
            let template = Template::parse(&escaped).unwrap();
            prop_assert_eq!(template.expand(|_| None), text);
        }

        #[test]
        fn reading_never_panics(text in "[{}a.é ]{0,12}") {
            let _ = Template::parse(&text);
        }
    }
}
