//! The preset file: its model, and reading it with a place and a hint for every fault.
//!
//! A preset file is untrusted input: it is data only, bounded in size, and names no path outside
//! its own folder. One faulty generator is off; the others work.

mod by_format;
mod check;
mod colors;
#[cfg(test)]
mod counted;
mod document;
mod extends;
mod finding;
mod limits;
mod matching;
mod model;
mod output;
mod overlays;
mod position;
mod problem;
mod prune;
mod read;
mod syntax;
mod tables;
mod walk;
mod warning;

pub use by_format::ByFormat;
pub use extends::{BaseFile, ReadBase};
pub use limits::MAX_BYTES;
pub use matching::{MatchRules, OneOrMany, Orientation, Patterns};
pub use model::{Defaults, Generator, Preset, Step, Theme, Variation};
pub use output::{Formats, OutputRules};
pub use overlays::OverlayFile;
pub use problem::Problem;
pub use read::{
    Parsed, generator_place, parse, parse_bytes, parse_bytes_with, parse_with, read_with,
};

pub(crate) use model::PresetFile;
pub use walk::words::nearest;
pub(crate) use walk::words::quoted;
pub use warning::{Fix, PathStep, Warning};
