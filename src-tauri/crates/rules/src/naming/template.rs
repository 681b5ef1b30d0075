//! Name templates, such as `{generator}/{path}/{stem}{variation}.{ext}`.

use std::collections::BTreeMap;

use crate::{
    Format,
    geometry::Size,
    key::Key,
    naming::clean_path,
    parameters::{Piece, Template, TemplateError, stem},
};

/// The template that is used where none is given.
pub const DEFAULT_TEMPLATE: &str = "{generator}/{path}/{stem}{variation}.{ext}";

/// The values that every name template may use, besides the generators' own parameters.
const VALUES: [&str; 11] = [
    "generator",
    "path",
    "name",
    "stem",
    "variation",
    "theme",
    "ext",
    "format",
    "width",
    "height",
    "key",
];

/// A template of relative paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate {
    template: Template,
}

/// Why a text is not a name template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// A brace is not paired.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// No variant has a value of this name.
    #[error("{{{name}}} is unknown; {hint}")]
    Unknown {
        /// The name in the braces.
        name: String,
        /// The nearest known name, or all known names.
        hint: String,
    },
    /// The path would not be below the output folder.
    #[error(
        "a name template is a path below the output folder, with \"/\" between folders and without \"..\""
    )]
    Outside,
    /// The files of two assets would have the same name.
    #[error("the template is empty")]
    Empty,
}

/// The facts of a variant that its name may be made of.
#[derive(Debug, Clone, Copy)]
pub struct NameFacts<'a> {
    /// The generator's name.
    pub generator: &'a str,
    /// The theme's name.
    pub theme: Option<&'a str>,
    /// The variation's name.
    pub variation: Option<&'a str>,
    /// The asset's path below the source that was given, with forward slashes.
    pub path: &'a str,
    /// The format of the written file.
    pub format: Format,
    /// The size of the written image.
    pub size: Size,
    /// The variant's key.
    pub key: Key,
    /// The generator's own parameters.
    pub parameters: &'a BTreeMap<String, String>,
}

impl NameTemplate {
    /// Reads a template; `parameters` are the names that generators declare.
    ///
    /// # Errors
    /// Where braces do not pair, a name is unknown, or the path would leave the output folder.
    pub fn parse(text: &str, parameters: &[&str]) -> Result<Self, NameError> {
        let template = Template::parse(text)?;
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        let unknown =
            template.names().find(|name| !VALUES.contains(name) && !parameters.contains(name));
        if let Some(name) = unknown {
            let known = || VALUES.iter().chain(parameters).copied();
            let hint = if let Some(near) = crate::preset::nearest(name, known()) {
                format!("did you mean {{{near}}}?")
            } else {
                let known: Vec<String> = known().map(|name| format!("{{{name}}}")).collect();
                format!("known are {}", known.join(", "))
            };
            return Err(NameError::Unknown { name: name.to_owned(), hint });
        }
        let outline = template.expand(|_| Some("x".to_owned()));
        let upwards = outline.split('/').any(|part| part == "..");
        if upwards || outline.starts_with('/') || outline.contains('\\') {
            return Err(NameError::Outside);
        }
        Ok(Self { template })
    }

    /// Whether the name depends on a fact that is known only of a finished variant: its size, or
    /// its format where the rule is `smallest`.
    #[must_use]
    pub fn needs_result(&self) -> bool {
        self.template.names().any(|name| matches!(name, "width" | "height" | "ext" | "format"))
    }

    /// Builds the path of a variant: relative, clean, inside the output folder.
    #[must_use]
    pub fn path(&self, facts: &NameFacts<'_>) -> String {
        let mut path = String::new();
        for piece in self.template.pieces() {
            match piece {
                Piece::Literal(literal) => path.push_str(literal),
                Piece::Value(name) if name == "path" => path.push_str(&folders(facts.path)),
                Piece::Value(name) => {
                    path.push_str(&value(facts, name).replace(['/', '\\'], "_"));
                }
            }
        }
        clean_path(&path)
    }
}

/// The folders of an asset's path, without `.` and empty parts.
fn folders(path: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let parts: Vec<&str> = folder.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    parts.join("/")
}

fn value(facts: &NameFacts<'_>, name: &str) -> String {
    let file = facts.path.rsplit('/').next().unwrap_or_default();
    match name {
        "generator" => facts.generator.to_owned(),
        "theme" => facts.theme.unwrap_or_default().to_owned(),
        "variation" => facts.variation.map(|name| format!("-{name}")).unwrap_or_default(),
        "name" => file.to_owned(),
        "stem" => stem(file).to_owned(),
        "ext" => facts.format.extension().to_owned(),
        "format" => facts.format.name().to_owned(),
        "width" => facts.size.width.to_string(),
        "height" => facts.size.height.to_string(),
        "key" => facts.key.short(),
        own => facts.parameters.get(own).cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
