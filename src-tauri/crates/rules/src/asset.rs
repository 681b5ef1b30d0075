//! What is known of an asset before it is rendered.

use crate::{ContentHash, protocol::Header, value::Point};

/// What a plan must know of an asset.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetFacts {
    /// The path below the opened folder or the source that was named, with forward slashes.
    pub path: String,
    /// The hash of its bytes.
    pub content_hash: ContentHash,
    /// What its header says.
    pub header: Header,
    /// Its focal point.
    pub focal: Option<Point>,
}
