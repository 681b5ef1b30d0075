//! File names: from a template and a variant's facts to one clean relative path.

mod clean;
mod registry;
mod template;

pub use clean::{clean_component, clean_path, numbered};
pub(crate) use registry::fold;
pub use registry::{Clash, Names};
pub use template::{DEFAULT_TEMPLATE, NameError, NameFacts, NameTemplate};
