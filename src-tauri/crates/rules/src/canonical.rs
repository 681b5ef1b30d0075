//! The canonical form of a chain, of source rules and of an encoding: of all that give the same
//! pixels, one. A plan sends the canonical form to the worker, so what is keyed is what is rendered.
//!
//! Whatever is not known here to be without effect stays as it was written: two keys for one
//! result cost time, one key for two results would be wrong.

mod chain;
mod encoding;
mod rules;

pub use chain::{operations, uses_faces, uses_focal};
pub use encoding::encoding;
pub use rules::rules;
