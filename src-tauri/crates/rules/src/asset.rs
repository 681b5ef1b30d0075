//! The facts of an asset that are known before it is rendered.

use crate::{ContentHash, protocol::Header, value::Point};

/// The facts of an asset that a plan depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetFacts {
    /// The path below the opened folder or the source that was named, with forward slashes.
    pub path: String,
    /// The hash of its bytes.
    pub content_hash: ContentHash,
    /// Its header.
    pub header: Header,
    /// Its focal point.
    pub focal: Option<Point>,
}
