//! Export runs: from files and folders to finished variants under their final names.
//!
//! [`discover`] finds the sources, [`Rulebook`] says what to make of them, [`Destination`] where
//! it goes, and [`Export::run`] does it and reports a [`Row`] a variant. A file is reported only
//! once it is final. Originals are never written to.

mod asset;
mod cache;
mod destination;
mod discover;
mod durable;
mod eager;
mod finishing;
mod foresee;
mod inner;
mod parameters;
mod peek;
mod prepare;
mod presets;
mod render;
mod row;
mod rulebook;
mod run;
mod shared;
mod single;
mod sniff;
mod source;
mod upkeep;

pub use cache::Cache;
pub use destination::Destination;
pub use discover::{Found, Search, discover, is_preset_name};
pub use durable::{
    KEPT_RUNS, PLAN_VERSION, PresetText, Run, RunError, RunOrigin, RunPlan, RunProgress, RunRecord,
    RunReport, StoredRow,
};
pub use eager::{AssetEnding, Eager};
pub use foresee::NameClash;
pub use parameters::{ParameterError, Parameters};
pub use peek::{asset_text, begins_as_image, content_hash};
pub use presets::{PresetError, PresetSource};
pub use row::{CacheUse, Row, Status, Summary};
pub use rulebook::{ChoiceError, Rulebook};
pub use run::{Ending, Export, ExportError, Report};
pub use single::PresetPlan;
pub use source::{Identity, open_source};
pub use upkeep::Upkeep;
