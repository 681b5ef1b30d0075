//! What a file is before anything is made of it: opened once, known by its first bytes and by
//! what the disk says about it, and found in folders.

pub(crate) mod asset_text;
pub(crate) mod discover;
pub(crate) mod open;
pub(crate) mod signature;
pub mod url;

pub use asset_text::asset_text;
pub use discover::{Found, Search, discover, is_preset_name};
pub use open::{FileStamp, Identity, content_hash, open_source};
pub use signature::begins_as_image;
