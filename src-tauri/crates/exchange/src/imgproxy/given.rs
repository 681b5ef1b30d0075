//! Options as they are written.

use std::collections::HashMap;

/// An option with its arguments.
pub(super) struct Given<'t> {
    pub(super) name: &'t str,
    pub(super) arguments: Vec<&'t str>,
    pub(super) line: usize,
}

/// The presets of a file, by their names; what an option `preset` refers to.
pub(super) type Presets<'t> = HashMap<&'t str, Vec<Given<'t>>>;
