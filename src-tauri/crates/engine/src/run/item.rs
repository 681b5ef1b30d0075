//! What stands in the store about a run's sources and items.

use std::{collections::BTreeMap, path::Path};

use cropmark_rules::{
    AssetTexts, ContentHash, Fault,
    plan::PlannedVariant,
    protocol::Header,
    value::{CropFrame, FaceBox, Point},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    names::VariantName,
    planned_source::PlannedSource,
    row::{Row, Status, shown},
};
use crate::source::open::FileState;

/// An item, as it was planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ItemSpec {
    /// The source as rows name it.
    pub(super) source: String,
    pub(super) generator: Option<String>,
    pub(super) variation: Option<String>,
    #[serde(rename = "task")]
    pub(super) action: ItemAction,
}

/// What is to be done for an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ItemAction {
    /// A variant is rendered, under this name.
    Render(VariantName),
    /// Nothing: it could not be planned.
    Refuse(Fault),
    /// Nothing: no generator takes a source that was named.
    Untaken,
}

impl ItemSpec {
    /// The item of a source that could not be taken in.
    pub(super) fn refused(source: &Path, fault: Fault) -> Self {
        let (generator, variation) = (None, None);
        Self { source: shown(source), generator, variation, action: ItemAction::Refuse(fault) }
    }

    /// The items of a source whose variants have these names.
    pub(super) fn all_of(source: &PlannedSource, names: Vec<VariantName>) -> Vec<Self> {
        let (found, plan) = (&source.found, &source.plan);
        let item = |generator: Option<&String>, variation: Option<&String>, action| Self {
            source: shown(&found.path),
            generator: generator.cloned(),
            variation: variation.cloned(),
            action,
        };
        if plan.variants.is_empty() && plan.refused.is_empty() && found.named {
            return vec![item(None, None, ItemAction::Untaken)];
        }
        let refused = plan.refused.iter().map(|refused| {
            let action = ItemAction::Refuse(refused.fault.clone());
            item(Some(&refused.generator), refused.variation.as_ref(), action)
        });
        let variants = plan.variants.iter().zip(names).map(|(variant, name)| {
            let action = ItemAction::Render(name);
            item(Some(&variant.generator), variant.variation.as_ref(), action)
        });
        refused.chain(variants).collect()
    }

    /// The row of the item where it has failed.
    pub(super) fn failed(&self, source: &Path, fault: Fault) -> Row {
        self.row(Row::failed(source, fault))
    }

    /// The row of the item where nothing is to be rendered for it.
    pub(super) fn idle_row(&self, source: &Path) -> Row {
        match &self.action {
            ItemAction::Refuse(fault) => self.failed(source, fault.clone()),
            ItemAction::Untaken | ItemAction::Render(_) => {
                self.row(Row::of(source, Status::Skipped))
            }
        }
    }

    /// Whether the item stands for its source as a whole: one that could not be taken in, or that
    /// no generator takes.
    pub(super) fn is_of_source(&self) -> bool {
        self.generator.is_none()
    }

    /// What is known of the variant's name.
    pub(super) fn name(self) -> VariantName {
        match self.action {
            ItemAction::Render(name) => name,
            ItemAction::Refuse(_) | ItemAction::Untaken => VariantName::Open,
        }
    }

    fn row(&self, row: Row) -> Row {
        Row { generator: self.generator.clone(), variation: self.variation.clone(), ..row }
    }
}

/// What was found out about a source when it was planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SourceFacts {
    pub(super) content_hash: ContentHash,
    pub(super) header: Header,
    pub(super) focal: Option<Point>,
    /// The parts of it cut out by hand, by generator.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) crops: BTreeMap<String, CropFrame>,
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "AssetTexts::is_empty")]
    pub(super) texts: AssetTexts,
    /// Its faces as the user has set them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) faces: Option<Vec<FaceBox>>,
    /// The file's state; the same state means the same content.
    #[serde(rename = "stamp")]
    pub(super) state: FileState,
    /// The hashes of the files that overlays use, by their names, for each generator that has
    /// such.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    overlays: BTreeMap<String, BTreeMap<String, ContentHash>>,
}

impl SourceFacts {
    pub(super) fn of(source: &PlannedSource) -> Self {
        let mut overlays: BTreeMap<String, BTreeMap<String, ContentHash>> = BTreeMap::new();
        for variant in source.plan.variants.iter().filter(|variant| !variant.files.is_empty()) {
            let files = overlays.entry(variant.generator.clone()).or_default();
            files.extend(variant.files.clone());
        }
        let facts = &source.known.facts;
        Self {
            overlays,
            content_hash: facts.content_hash,
            header: facts.header.clone(),
            focal: facts.focal,
            crops: facts.crops.clone(),
            texts: facts.texts.clone(),
            faces: facts.faces.clone(),
            state: source.known.source.state,
        }
    }

    /// Returns the file of a variant's overlay that is not what it was.
    pub(super) fn changed_overlay<'v>(&self, variant: &'v PlannedVariant) -> Option<&'v str> {
        let planned = self.overlays.get(&variant.generator)?;
        let mut files = variant.files.iter();
        let changed = files.find(|(name, hash)| planned.get(*name).is_some_and(|was| was != *hash));
        changed.map(|(name, _)| name.as_str())
    }
}

/// A row as it stands in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredReport {
    row: Row,
}

impl StoredReport {
    pub(super) fn of(row: &Row) -> Option<Value> {
        value(&Self { row: row.clone() })
    }

    pub(super) fn row(report: &Value) -> Option<Row> {
        read::<Self>(report).map(|report| report.row)
    }
}

/// Writes a thing as the store takes it. Only a fault of the program keeps one from being JSON;
/// then the store has nothing, and it is planned again.
pub(super) fn value(thing: &impl Serialize) -> Option<Value> {
    serde_json::to_value(thing).ok()
}

/// Reads a thing from the store; `None` where a later or earlier Cropmark wrote it otherwise.
pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}
