//! Variants of assets as they look with the rules as they are now, saved or not.

use std::collections::BTreeMap;

use cropmark_preset_edit::Edit;
use cropmark_rules::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::FaceBox;

/// One variant to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewArguments {
    /// Where it is shown: a new request of the same slot ends the former one with the code
    /// `superseded`.
    pub slot: String,
    /// The asset's number.
    pub asset: u32,
    /// The preset file; its document counts, saved or not.
    pub file: String,
    /// The generator.
    pub generator: String,
    /// The variation, as `GeneratorInfo.variations` names it; null: the first.
    pub variation: Option<String>,
    /// The format, where the generator writes several; null: the first.
    pub format: Option<String>,
    /// Whether a draft is wanted: the encoder's lowest effort and no search for a size or score, so
    /// that the bytes are an estimate. The pixels are nearly those of the exact variant.
    pub draft: bool,
    /// Values for parameters.
    pub parameters: BTreeMap<String, String>,
    /// Edits of the document that hold for this variant only. The document stays as it is.
    #[serde(default)]
    #[ts(as = "Option<Vec<Edit>>", optional)]
    pub edits: Vec<Edit>,
}

/// A place of the window that shows variants, as [`PreviewArguments`] names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotArguments {
    /// Its name.
    pub slot: String,
}

/// A variant to be saved under a name that the user chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SaveVariantArguments {
    /// The variant.
    pub variant: PreviewArguments,
    /// The id of the grant of the file's path.
    pub grant: String,
}

/// Which variant is measured, at which qualities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeasureArguments {
    /// The variant; whether a draft is wanted does not count.
    pub variant: PreviewArguments,
    /// The qualities, 1 to 100 and at most 20 of them; empty: the variant as it is.
    pub qualities: Vec<u8>,
}

/// A variant's size and score, at each quality that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Measured {
    /// In the order of the qualities.
    pub points: Vec<MeasuredPoint>,
}

/// A variant's size and score at one quality.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct MeasuredPoint {
    /// The quality; null where the format has none.
    pub quality: Option<u8>,
    /// Bytes of the file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// SSIMULACRA2 against the pixels before encoding: 90 cannot be told apart, 70 is high, 50
    /// medium quality; null: the picture is too small to be scored.
    pub score: Option<f64>,
}

/// A variant that can be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Preview {
    /// Where the page gets it: `variant://localhost/variant/<key>.<extension>`.
    pub url: String,
    /// The variant's key.
    pub key: String,
    /// The format.
    pub format: String,
    /// Pixels.
    pub width: u32,
    /// Pixels of one frame.
    pub height: u32,
    /// Frames.
    pub frames: u32,
    /// The file's length.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The original file's length.
    #[ts(type = "number")]
    pub source_bytes: u64,
    /// The quality that was used, where the format has one.
    pub quality: Option<u8>,
    /// The SSIMULACRA2 score, where it was measured.
    pub score: Option<f64>,
    /// Milliseconds that it cost.
    pub ms: f64,
    /// Whether it was there already.
    pub cached: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// Remarks for the user: alpha dropped, a limit not met.
    pub notes: Vec<String>,
    /// Where the upright original lies in the picture: the affine map `[a, b, c, d, e, f]` from
    /// shares of the original's sides to shares of the picture's, `x' = a x + c y + e` and
    /// `y' = b x + d y + f`. Null: unknown (another page, windows that were not recorded).
    pub placement: Option<[f64; 6]>,
    /// The original's faces, where the operations ask for faces; else null.
    pub faces: Option<Vec<FaceBox>>,
}

/// An asset's variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SheetArguments {
    /// The asset's number.
    pub asset: u32,
    /// The preset files; empty: all.
    pub files: Vec<String>,
}

/// Every variant of one asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Sheet {
    /// What can be rendered, in the order of the presets.
    pub variants: Vec<SheetVariant>,
    /// The generators that do not take the asset, with the reason.
    pub unmatched: Vec<Unmatched>,
}

/// A variant, resolved but perhaps not rendered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SheetVariant {
    /// The preset file.
    pub file: String,
    /// The generator.
    pub generator: String,
    /// The variation, as `GeneratorInfo.variations` names it.
    pub variation: Option<String>,
    /// The format; `smallest` where only the result knows.
    pub format: String,
    /// The size, where it follows from the header.
    pub size: Option<[u32; 2]>,
    /// Its state.
    pub state: VariantState,
    /// Where the page gets it, if it is there.
    pub url: Option<String>,
    /// The file's length, if it is there.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// Why it cannot be rendered, or failed when it was last tried.
    pub fault: Option<FaultInfo>,
}

/// The state of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VariantState {
    /// It is kept and current.
    Ready,
    /// It was never rendered.
    Missing,
    /// One is kept, but the asset or the rule has changed since.
    Stale,
    /// A worker renders it, or it waits for one.
    Rendering,
    /// It could not be rendered.
    Failed,
}

/// A generator that does not take an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Unmatched {
    /// The preset file.
    pub file: String,
    /// The generator.
    pub generator: String,
    /// Why, as a sentence about the asset.
    pub reason: String,
}

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FaultInfo {
    /// The kind.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
}

impl From<&Fault> for FaultInfo {
    fn from(fault: &Fault) -> Self {
        Self { code: fault.code.name().to_owned(), message: fault.message.clone() }
    }
}

/// States of many assets' variants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MatrixArguments {
    /// The assets' numbers (those on the screen; at most 500).
    pub assets: Vec<u32>,
    /// The preset files; empty: all.
    pub files: Vec<String>,
}

/// A row an asset, a cell a generator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Matrix {
    /// In the order of the arguments.
    pub rows: Vec<MatrixRow>,
}

/// One asset's cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MatrixRow {
    /// The asset's number.
    pub asset: u32,
    /// One a generator that takes the asset.
    pub cells: Vec<MatrixCell>,
}

/// The variants of one asset by one generator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MatrixCell {
    /// The preset file.
    pub file: String,
    /// The generator.
    pub generator: String,
    /// The least good state among them: failed, rendering, stale, missing, ready.
    pub state: VariantState,
    /// How many there are.
    pub total: u32,
    /// How many of them are ready.
    pub ready: u32,
    /// A picture of one that is there.
    pub url: Option<String>,
    /// The first fault.
    pub fault: Option<FaultInfo>,
}

/// The numbers of assets by state, for filters; an asset counts in each state of its variants.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct AssetStates {
    /// Those with a variant missing.
    pub missing: Vec<u32>,
    /// Those with a stale one.
    pub stale: Vec<u32>,
    /// Those with one that failed, or that cannot be read.
    pub failed: Vec<u32>,
    /// Whether all assets are counted; if not, events `states` follow.
    pub complete: bool,
}

/// The variants for the texts for web pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SnippetArguments {
    /// The asset's number.
    pub asset: u32,
    /// The preset file.
    pub file: String,
    /// The generator.
    pub generator: String,
    /// The name template of the files.
    pub template: String,
    /// The prefix of the names, such as `https://example.com/images/`.
    pub base: String,
}

/// Texts for web pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Snippet {
    /// A `<picture>` element with `srcset`, sizes in it and the placeholder.
    pub html: String,
    /// The same facts as JSON.
    pub manifest: String,
    /// The ThumbHash, base64.
    pub thumbhash: Option<String>,
}
