//! File names: builds one clean relative path from a template and the facts of a variant.

mod clean;
mod registry;
mod template;

pub use clean::{clean_component, clean_path, numbered};
pub(crate) use registry::fold;
pub use registry::{Clash, Names};
pub use template::{DEFAULT_TEMPLATE, NameError, NameFacts, NameTemplate};
