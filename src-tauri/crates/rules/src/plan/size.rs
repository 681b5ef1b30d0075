//! The size of a result before it is rendered.

use crate::{Operation, SourceRules, geometry::Size, protocol::Header};

/// The size of what a chain makes of a source, where it follows from the header: not after
/// `trim`, which looks at pixels, nor after a slanted turn.
#[must_use]
pub fn predicted_size(
    _header: &Header,
    _rules: &SourceRules,
    _operations: &[Operation],
) -> Option<Size> {
    None
}
