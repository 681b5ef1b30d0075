//! The assets of the open workspace.

use std::collections::BTreeMap;

use cropmark_rules::{
    AssetTexts,
    value::{self, Point},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A source image.
///
/// Its thumbnail is `variant://localhost/thumbnail/<id>/<version>/<pixels>` (the longer side; a
/// WebP or JPEG), a larger picture of it for comparing
/// `variant://localhost/original/<id>/<version>/<pixels>` (0: all its pixels), and the same without
/// loss, to compute with, `variant://localhost/lossless/<id>/<version>/<pixels>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Asset {
    /// Its number while the workspace is open.
    pub id: u32,
    /// Below the workspace's folder, with forward slashes.
    pub path: String,
    /// Changes with its content; part of its URLs.
    pub version: String,
    /// The file's length.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When the file was changed: milliseconds since 1970.
    #[ts(type = "number")]
    pub changed_ms: i64,
    /// Whether it was read, and why it cannot be.
    pub state: AssetState,
    /// The focal point.
    pub focal: Option<FocalPoint>,
    /// The parts of it cut out by hand, by the names of the generators that they are for.
    pub crops: BTreeMap<String, CropFrame>,
    /// Its faces as the user has set them; null: as they are found.
    pub faces: Option<Vec<FaceBox>>,
    /// Marks, such as `favourite`.
    pub marks: Vec<String>,
    /// Its title, as the user wrote it; null: none.
    pub title: Option<String>,
    /// A description for people who do not see it; null: none.
    pub alt: Option<String>,
    /// The stars that its metadata give it, 1–5.
    pub rating: Option<u8>,
}

impl Asset {
    /// What the user wrote about it.
    pub(crate) fn texts(&self) -> AssetTexts {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        AssetTexts { title: text(&self.title), alt: text(&self.alt) }
    }
}

/// Whether an asset was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AssetState {
    /// It waits to be read.
    Waiting {},
    /// It was read.
    Ready {
        /// The file format, by its bytes.
        format: String,
        /// Pixels, upright.
        width: u32,
        /// Pixels of one frame, upright.
        height: u32,
        /// Frames or pages.
        frames: u32,
        /// Whether it has an alpha channel.
        alpha: bool,
    },
    /// It cannot be read.
    Unreadable {
        /// The kind of the fault.
        code: String,
        /// What is wrong and what to do.
        message: String,
    },
}

/// A point of a picture that is upright: 0–1 from the left and from the top.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct FocalPoint {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

impl From<Point> for FocalPoint {
    fn from(Point { x, y }: Point) -> Self {
        Self { x, y }
    }
}

impl From<FocalPoint> for Point {
    fn from(FocalPoint { x, y }: FocalPoint) -> Self {
        Self { x, y }
    }
}

/// A part of a picture that is upright, cut out by hand: shares of its sides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct CropFrame {
    /// From the left edge of the picture to that of the part.
    pub x: f64,
    /// From the top edge of the picture to that of the part.
    pub y: f64,
    /// The part's width.
    pub width: f64,
    /// The part's height.
    pub height: f64,
}

impl From<value::CropFrame> for CropFrame {
    fn from(value::CropFrame { x, y, width, height }: value::CropFrame) -> Self {
        Self { x, y, width, height }
    }
}

impl From<CropFrame> for value::CropFrame {
    fn from(CropFrame { x, y, width, height }: CropFrame) -> Self {
        Self { x, y, width, height }
    }
}

/// The box of a face in a picture that is upright, from forehead to chin: shares of its sides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct FaceBox {
    /// From the left edge of the picture to that of the box.
    pub x: f64,
    /// From the top edge of the picture to that of the box.
    pub y: f64,
    /// The box's width.
    pub width: f64,
    /// The box's height.
    pub height: f64,
}

impl From<value::FaceBox> for FaceBox {
    fn from(value::FaceBox { x, y, width, height }: value::FaceBox) -> Self {
        Self { x, y, width, height }
    }
}

impl From<FaceBox> for value::CropFrame {
    fn from(FaceBox { x, y, width, height }: FaceBox) -> Self {
        Self { x, y, width, height }
    }
}

/// The assets that are known, in the order of their paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Assets {
    /// The assets.
    pub assets: Vec<Asset>,
    /// Whether the whole folder is listed; if not, events bring the rest.
    pub complete: bool,
}

/// An asset by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AssetArguments {
    /// The asset's number.
    pub asset: u32,
}

/// Which assets are on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VisibleArguments {
    /// Their numbers, the most important first. Waiting thumbnails of all other
    /// assets leave the queue; the window requests them again when they return.
    pub assets: Vec<u32>,
}

/// An annotation of assets by the user. It can be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Annotation {
    /// Sets or removes the focal point.
    Focal {
        /// The asset's number.
        asset: u32,
        /// The point; null: none.
        point: Option<FocalPoint>,
        /// Changes with the same gesture (a drag) are undone together.
        gesture: Option<String>,
    },
    /// Sets or removes a crop by hand: the part that a generator's variants are made of.
    Crop {
        /// The asset's number.
        asset: u32,
        /// The generator's name.
        generator: String,
        /// The part; null: what the generator's rule shows.
        frame: Option<CropFrame>,
        /// Changes with the same gesture (a drag) are undone together.
        gesture: Option<String>,
    },
    /// Corrects the faces that variants are cut around.
    Faces {
        /// The asset's number.
        asset: u32,
        /// All faces; null: as they are found.
        faces: Option<Vec<FaceBox>>,
    },
    /// Sets or removes a mark.
    Mark {
        /// The assets' numbers.
        assets: Vec<u32>,
        /// The mark.
        mark: String,
        /// Whether they have it afterwards.
        set: bool,
    },
    /// Sets or removes the title and the description for people who do not see the picture.
    Texts {
        /// The asset's number.
        asset: u32,
        /// The title; empty: none.
        title: String,
        /// The description; empty: none.
        alt: String,
        /// Changes with the same gesture (typing without a pause) are undone together.
        gesture: Option<String>,
    },
}

/// How often each level, from dark to light, is in a picture: 256 counts of pixels, transparent ones
/// aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Histogram {
    /// Brightness as the eye weighs it (Rec. 709, of the encoded values).
    pub luminance: Vec<u32>,
    /// Red.
    pub red: Vec<u32>,
    /// Green.
    pub green: Vec<u32>,
    /// Blue.
    pub blue: Vec<u32>,
}

/// A source's header and metadata for display.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AssetDetails {
    /// The asset.
    pub asset: Asset,
    /// Absolute path.
    pub absolute: String,
    /// The colour model: `srgb`, `grey`, `cmyk` …
    pub space: Option<String>,
    /// The embedded colour profile's name.
    pub profile: Option<String>,
    /// Bands, alpha included.
    pub bands: Option<u32>,
    /// Bits a band.
    pub depth: Option<u32>,
    /// The orientation tag, 1–8.
    pub orientation: Option<u8>,
    /// Metadata by name, such as `exif.Artist`.
    pub metadata: BTreeMap<String, String>,
    /// A ThumbHash of it, base64, for pages that load; null where it cannot be read.
    pub thumbhash: Option<String>,
}
