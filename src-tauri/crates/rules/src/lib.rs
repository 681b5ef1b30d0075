//! Cropmark's preset language: what a preset file says, which variants it asks for, what they
//! are called and by which key they are known.
//!
//! Pure: no input or output, no clock, no global state. Everything that reads a disk, a pixel
//! or the time is elsewhere and calls in here.

mod asset;
pub mod canonical;
pub mod derive;
mod digest;
mod fault;
pub mod format;
pub mod geometry;
pub mod key;
mod limits;
pub mod naming;
pub mod operation;
mod output;
pub mod parameters;
pub mod plan;
pub mod preset;
pub mod protocol;
mod schema;
mod signature;
mod source;
pub mod value;

pub use asset::AssetTexts;
pub use digest::{ContentHash, DigestError};
pub use fault::{Fault, FaultCode, without_error_numbers};
pub use format::Format;
pub use key::Key;
pub use limits::Limits;
pub use operation::Operation;
pub use output::{Chroma, ColorSpace, Depth, Encoding, FormatRule, Metadata, MetadataKind, Trial};
pub use schema::preset_schema;
pub use signature::{SIGNATURE_BYTES, SIGNATURE_TEXT_BYTES, Signature, has_image_name};
pub use source::{Damaged, Frames, SourceRules, Subsample, Tone};
