//! The normal form of a chain, of source rules and of an encoding: of all that give the same
//! pixels, one. A plan sends the normal form to the worker, so what is keyed is what is rendered.

use crate::{
    Encoding, Format, FormatRule, Operation, SourceRules, protocol::Header, value::Gravity,
};

/// Whether a chain looks at the asset's focal point.
#[must_use]
pub fn uses_focal(operations: &[Operation]) -> bool {
    operations.iter().any(|operation| {
        let gravity = match operation {
            Operation::Crop(crop) => crop.gravity,
            Operation::Resize(resize) => resize.gravity,
            Operation::Extend(extend) => extend.gravity,
            Operation::Text(text) => text.gravity,
            Operation::Overlay(overlay) => overlay.gravity,
            _ => return false,
        };
        gravity == Gravity::Focal
    })
}

/// The chain's normal form.
#[must_use]
pub fn operations(operations: Vec<Operation>, _has_focal: bool) -> Vec<Operation> {
    operations
}

/// The source rules' normal form, for a source with this header.
#[must_use]
pub fn rules(rules: &SourceRules, _header: &Header) -> SourceRules {
    rules.clone()
}

/// The encoding's normal form.
#[must_use]
pub fn encoding(encoding: Encoding) -> Encoding {
    let default = match encoding.format {
        FormatRule::Named(format) => Some(Encoding::default_quality(format)),
        _ => None,
    };
    let _ = Format::ALL;
    Encoding { quality: encoding.quality.filter(|quality| Some(*quality) != default), ..encoding }
}
