//! What stands in the store about a run's sources and items.

use std::collections::BTreeMap;

use cropmark_rules::{ContentHash, Fault, plan::PlannedVariant, protocol::Header, value::Point};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::super::{Row, render::Name, source::Stamp};

/// An item, as it was planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ItemSpec {
    /// The source as rows name it.
    pub(super) source: String,
    pub(super) generator: Option<String>,
    pub(super) variation: Option<String>,
    pub(super) task: Task,
}

/// What is to be done for an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Task {
    /// A variant, under this name.
    Render(Name),
    /// Nothing: it could not be planned.
    Refuse(Fault),
    /// Nothing: no generator takes a source that was named.
    Untaken,
}

/// What was found out about a source when it was planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) content_hash: ContentHash,
    pub(super) header: Header,
    pub(super) focal: Option<Point>,
    /// What the file was like; the same means that the content is.
    pub(super) stamp: Stamp,
    /// The hashes of the files that overlays use, by their names, for each generator that has
    /// such.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) overlays: BTreeMap<String, BTreeMap<String, ContentHash>>,
}

impl Facts {
    /// The file of a variant's overlay that is not what it was.
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl StoredReport {
    pub(super) fn of(row: &Row) -> Option<Value> {
        value(&Self { row: row.clone(), notes: row.notes.clone() })
    }

    pub(super) fn row(report: &Value) -> Option<Row> {
        let Self { row, notes } = read(report)?;
        Some(Row { notes, ..row })
    }
}

/// As the store takes it. Nothing here fails to be JSON but by a fault of the program; then the
/// store has nothing, which is planned anew.
pub(super) fn value(thing: &impl Serialize) -> Option<Value> {
    serde_json::to_value(thing).ok()
}

/// As it came from the store; `None` where a later or earlier Cropmark wrote it otherwise.
pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}
