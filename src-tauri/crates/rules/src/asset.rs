//! The facts of an asset that are known before it is rendered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ContentHash,
    protocol::Header,
    value::{CropFrame, FaceBox, Point},
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
    /// What the user wrote about it.
    pub texts: AssetTexts,
    /// Its faces as the user has set them; `None`: as they are found.
    pub faces: Option<Vec<FaceBox>>,
}

/// What the user wrote about an asset.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AssetTexts {
    /// Its title; empty: none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// A description for people who do not see it; empty: none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alt: String,
}

impl AssetTexts {
    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.title.is_empty() && self.alt.is_empty()
    }
}
