//! What is asked for: preset files with the files of their overlays, values for parameters, the
//! generators that are chosen, and what they make of an asset.

mod overlay_file;
pub(crate) mod parameters;
mod preset_file;
pub(crate) mod preset_plan;
pub(crate) mod preset_source;
pub(crate) mod rulebook;
mod shared;

pub use overlay_file::{OpenFile, OverlayFiles};
pub use parameters::{ParameterError, Parameters};
pub use preset_file::base_reader;
pub use preset_plan::PresetPlan;
pub use preset_source::{OverlayFaults, PresetError, PresetSource};
pub use rulebook::{ChoiceError, Rulebook};
