//! Which assets a generator takes.

use std::{borrow::Cow, sync::OnceLock};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::{Format, protocol::Header};

/// One value or a list of them, as a preset may write either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "OneOrMany_{T}")]
pub enum OneOrMany<T> {
    /// A value by itself.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The values.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// How an image stands, its orientation tag obeyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// However it stands.
    #[default]
    Any,
    /// Wider than high.
    Landscape,
    /// Higher than wide.
    Portrait,
    /// As wide as high.
    Square,
}

/// Which assets a generator takes: those that meet every rule given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MatchRules {
    /// Patterns of which one fits the asset's path below the opened folder: `*` stands for a
    /// part of a name, `**` for any folders, `{a,b}` for either; capitals count.
    #[serde(skip_serializing_if = "Patterns::is_empty")]
    pub path: Patterns,
    /// Patterns of which none may fit the asset's path.
    #[serde(skip_serializing_if = "Patterns::is_empty")]
    pub exclude: Patterns,
    /// The formats of which the asset has one, by its bytes and not its name.
    #[serde(skip_serializing_if = "none_given")]
    pub format: OneOrMany<Format>,
    /// Pixels, upright.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_width: Option<u32>,
    /// Pixels, upright.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_width: Option<u32>,
    /// Pixels, upright.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_height: Option<u32>,
    /// Pixels, upright.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_height: Option<u32>,
    /// How the image stands.
    #[serde(skip_serializing_if = "is_any")]
    pub orientation: Orientation,
    /// Whether there is an alpha channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<bool>,
    /// Whether there is more than one frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub animated: Option<bool>,
}

fn none_given<T>(values: &OneOrMany<T>) -> bool {
    values.as_slice().is_empty()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_any(orientation: &Orientation) -> bool {
    *orientation == Orientation::Any
}

impl MatchRules {
    /// Why an asset is not taken, as a sentence; `None` where it is. `path` is relative with
    /// forward slashes.
    #[must_use]
    pub fn refusal(&self, path: &str, header: &Header) -> Option<String> {
        let (width, height) = header.upright_size();
        let paths = self.path.as_slice();
        if !paths.is_empty() && self.path.first_that_fits(path).is_none() {
            return Some(format!("only applies to {}", paths.join(", ")));
        }
        if let Some(pattern) = self.exclude.first_that_fits(path) {
            return Some(format!("excludes {pattern}"));
        }
        let formats = self.format.as_slice();
        if !formats.is_empty() && !formats.contains(&header.format) {
            let names: Vec<&str> = formats.iter().map(|format| format.facts().label).collect();
            return Some(format!("only applies to {} images", names.join(" and ")));
        }
        let sides = [
            ("wide", width, self.min_width, self.max_width),
            ("high", height, self.min_height, self.max_height),
        ];
        for (word, side, minimum, maximum) in sides {
            if let Some(minimum) = minimum.filter(|minimum| side < *minimum) {
                return Some(format!("needs at least {minimum} pixels {word}, not {side}"));
            }
            if let Some(maximum) = maximum.filter(|maximum| side > *maximum) {
                return Some(format!("takes at most {maximum} pixels {word}, not {side}"));
            }
        }
        let stands = match width.cmp(&height) {
            std::cmp::Ordering::Greater => Orientation::Landscape,
            std::cmp::Ordering::Less => Orientation::Portrait,
            std::cmp::Ordering::Equal => Orientation::Square,
        };
        if self.orientation != Orientation::Any && self.orientation != stands {
            return Some(format!("only applies to {} images", self.orientation.name()));
        }
        if let Some(alpha) = self.alpha.filter(|alpha| *alpha != header.alpha) {
            return Some(format!(
                "only applies to images {} transparency",
                if alpha { "with" } else { "without" }
            ));
        }
        if let Some(animated) = self.animated.filter(|animated| *animated != (header.frames > 1)) {
            return Some(format!(
                "only applies to {} images",
                if animated { "animated" } else { "still" }
            ));
        }
        None
    }
}

impl Orientation {
    /// The name in presets.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Landscape => "landscape",
            Self::Portrait => "portrait",
            Self::Square => "square",
        }
    }
}

/// Path patterns, made ready once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "OneOrMany<String>", into = "OneOrMany<String>")]
pub struct Patterns {
    patterns: OneOrMany<String>,
    /// The set, and for each pattern in it its place in the list.
    ready: OnceLock<(GlobSet, Vec<usize>)>,
}

impl Patterns {
    /// The patterns as they are written.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        self.patterns.as_slice()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// The first pattern that a path fits. Patterns that cannot be read fit nothing: the reader
    /// of the preset has reported them.
    #[must_use]
    pub fn first_that_fits(&self, path: &str) -> Option<&str> {
        let (set, places) = self.ready.get_or_init(|| {
            let mut set = GlobSetBuilder::new();
            let mut places = Vec::new();
            for (place, pattern) in self.as_slice().iter().enumerate() {
                if let Ok(glob) = glob(pattern) {
                    set.add(glob);
                    places.push(place);
                }
            }
            (set.build().unwrap_or_default(), places)
        });
        let first = *places.get(set.matches(path).into_iter().min()?)?;
        self.as_slice().get(first).map(String::as_str)
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl From<OneOrMany<String>> for Patterns {
    fn from(patterns: OneOrMany<String>) -> Self {
        Self { patterns, ready: OnceLock::new() }
    }
}

impl From<Patterns> for OneOrMany<String> {
    fn from(patterns: Patterns) -> Self {
        patterns.patterns
    }
}

impl JsonSchema for Patterns {
    fn schema_name() -> Cow<'static, str> {
        "Patterns".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        OneOrMany::<String>::json_schema(generator)
    }
}

/// A path pattern: `*` stops at a slash, and `\` escapes on every system.
pub(crate) fn glob(pattern: &str) -> Result<globset::Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build()
}
