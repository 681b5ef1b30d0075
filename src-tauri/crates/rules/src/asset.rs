//! The facts of an asset that are known before it is rendered.

use std::collections::BTreeMap;

use crate::{
    ContentHash,
    protocol::Header,
    value::{CropFrame, Point},
};

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
    /// The parts of it cut out by hand, by the names of the generators that they are for.
    pub crops: BTreeMap<String, CropFrame>,
}
