//! Options as they are written.

use std::collections::HashMap;

/// An option with its arguments.
#[derive(Debug, Clone)]
pub(super) struct Given<'t> {
    pub(super) name: &'t str,
    pub(super) arguments: Vec<&'t str>,
    pub(super) line: usize,
}

impl<'t> Given<'t> {
    /// Reads `name:argument:argument`; `None` where there is no argument.
    pub(super) fn read(text: &'t str, line: usize) -> Option<Self> {
        let mut arguments = text.split(':');
        let name = arguments.next()?;
        let arguments: Vec<&str> = arguments.collect();
        (!arguments.is_empty()).then_some(Given { name, arguments, line })
    }
}

/// The presets of a file, by their names; what an option `preset` refers to.
pub(super) type Presets<'t> = HashMap<&'t str, Vec<Given<'t>>>;
