//! The content of a preset file.

use std::{borrow::Cow, collections::BTreeMap};

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::{
    Operation, SourceRules,
    preset::{MatchRules, OutputRules},
    value::{Color, Length},
};

/// The version of the preset language that this program reads.
pub(crate) const VERSION: u32 = 1;

/// A preset file's generators and themes, without those that have a fault.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preset {
    /// What generators leave out.
    pub defaults: Defaults,
    /// The generators that work, in the order of the file.
    pub generators: Vec<Generator>,
    /// The themes that work, in the order of the file.
    pub themes: Vec<Theme>,
    /// The names of the generators that are off because of a fault, in the order of the file.
    pub broken: Vec<String>,
}

impl Preset {
    /// The generator of this name, if there is one that works.
    #[must_use]
    pub fn generator(&self, name: &str) -> Option<&Generator> {
        self.generators.iter().find(|generator| generator.name == name)
    }

    /// The themes of a generator, in the order of the file.
    pub fn themes_of(&self, generator: &str) -> impl Iterator<Item = &Theme> {
        self.themes.iter().filter(move |theme| theme.generator == generator)
    }
}

/// A named rule: which assets it takes, what it does to them, what it writes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Generator {
    /// The name, as the file's table has it.
    #[serde(skip)]
    pub name: String,
    /// Its purpose, in the author's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub description: Option<String>,
    /// Which assets it takes; left out: every one.
    #[serde(rename = "match", skip_serializing_if = "is_default")]
    pub matching: MatchRules,
    /// Whether it is rendered in the background as soon as an asset appears or changes.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(extend("default" = false))]
    pub eager: bool,
    /// How a source is read.
    #[serde(skip_serializing_if = "is_default")]
    pub source: SourceRules,
    /// One variation for each width in pixels, named by it; it overrides the last resize's
    /// width. The size of the chain itself is then not rendered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000), inner(range(min = 1, max = 65535)))]
    pub widths: Vec<u32>,
    /// The generator's own parameters and their defaults, which may name values of the asset,
    /// such as `{asset.stem}`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 1000))]
    pub parameters: BTreeMap<String, String>,
    /// The chain, run from top to bottom.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub operations: Vec<Step>,
    /// What is written.
    #[serde(skip_serializing_if = "is_default")]
    pub output: OutputRules,
}

impl Generator {
    /// The place in the chain of the last enabled resize, whose size variations override.
    #[must_use]
    pub fn last_resize(&self) -> Option<usize> {
        self.operations
            .iter()
            .rposition(|step| step.enabled && matches!(step.operation, Operation::Resize(_)))
    }
}

/// One operation of a chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The author's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is run.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// What it does.
    #[serde(flatten)]
    pub operation: Operation,
}

impl From<Operation> for Step {
    fn from(operation: Operation) -> Self {
        Self { name: None, enabled: true, operation }
    }
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    /// Every operation's own schema, each with the two keys that all steps share.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let shared = Shared::json_schema(generator);
        let mut schema = Operation::json_schema(generator);
        let alternatives = schema.get_mut("oneOf").and_then(serde_json::Value::as_array_mut);
        for alternative in alternatives.into_iter().flatten() {
            let properties = alternative.get_mut("properties").and_then(|own| own.as_object_mut());
            let common = shared.get("properties").and_then(|common| common.as_object());
            if let (Some(own), Some(common)) = (properties, common) {
                own.extend(common.clone());
            }
        }
        schema
    }
}

/// The keys that every step may have, for the schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Shared {
    /// The author's name for the step.
    #[schemars(length(max = 200))]
    name: Option<String>,
    /// Whether the step is run.
    #[schemars(default = "yes")]
    enabled: bool,
}

/// A named group of variations of one generator, as the theme of a site has them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// The name, as the file's table has it.
    #[serde(skip)]
    pub name: String,
    /// Its purpose, in the author's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub description: Option<String>,
    /// The generator whose sizes are varied.
    pub generator: String,
    // In the order of the file. What is said of it here is shown in editors.
    /// The sizes, by their names.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1000))]
    pub variations: IndexMap<String, Variation>,
}

/// Another size of a generator: it overrides the chain's last resize.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Variation {
    /// The width; left out: the generator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub width: Option<Length>,
    /// The height; left out: the generator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub height: Option<Length>,
    /// Whether the image fills the size and what hangs over is cut (`fit = "cover"`).
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(extend("default" = false))]
    pub crop: bool,
}

/// What generators may leave out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// What is written.
    #[serde(skip_serializing_if = "is_default")]
    pub output: OutputRules,
}

/// A preset file as it stands: the root of the schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Cropmark preset file")]
pub(crate) struct PresetFile {
    /// The version of the preset language.
    #[schemars(range(min = 1, max = 1))]
    pub(crate) version: u32,
    /// Preset files below this one's folder on which it is built: what they say holds where this
    /// file does not say otherwise. Tables are merged key by key, lists are replaced.
    #[serde(default)]
    #[schemars(length(max = 32), inner(length(max = 1000)))]
    pub(crate) extends: Vec<String>,
    /// What generators leave out.
    #[serde(default)]
    pub(crate) defaults: Defaults,
    /// Colours by their names, which operations may use in place of a colour.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 1000))]
    pub(crate) colors: BTreeMap<String, Color>,
    /// The generators, by their names.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 10000))]
    pub(crate) generators: BTreeMap<String, Generator>,
    /// The themes, by their names.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 10000))]
    pub(crate) themes: BTreeMap<String, Theme>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_true(value: &bool) -> bool {
    *value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
