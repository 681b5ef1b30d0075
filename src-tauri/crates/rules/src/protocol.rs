//! The messages between the engine and a worker process: JSON, with open file
//! descriptors sent alongside. A [`FileIndex`] points into the descriptors of the same message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ContentHash, Encoding, Fault, Format, Limits, Operation, SourceRules,
    geometry::Rect,
    value::{FaceBox, Point},
};

/// The version of this protocol; a worker that speaks another is refused.
pub const PROTOCOL_VERSION: u32 = 5;

/// The version of the pixel code. It is part of every variant's key: raise it when any
/// operation or encoder default gives other pixels or bytes than before.
pub const PIXEL_VERSION: u32 = 4;

/// The version of what a worker says about a file's header. Raise it when it says other things
/// about the same file: headers that were kept from an earlier version are read anew.
pub const HEADER_VERSION: u32 = 5;

/// The version of the model that finds faces, and of how parts are placed around them. It is part of
/// the keys of variants that are cut around faces: raise it with another model.
pub const FACES_VERSION: u32 = 1;

/// The most descriptors that one message carries (Linux allows 253).
pub const MAX_FILES: usize = 250;

/// A place in the list of descriptors that came with a message.
pub type FileIndex = usize;

/// From the engine to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Read the headers of sources: the descriptors.
    Inspect {
        /// Chosen by the engine; comes back in every reply.
        id: u64,
        /// The limits that the headers must meet.
        limits: Limits,
    },
    /// Render variants of one source.
    Render(Box<Job>),
    /// Say what the worker can do.
    Describe,
}

/// One source and what to make of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Chosen by the engine; comes back in every reply.
    pub id: u64,
    /// The source.
    pub source: FileIndex,
    /// Set where the source is still arriving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Arrival>,
    /// How the source is read. Variants that read it otherwise go into another job.
    pub rules: SourceRules,
    /// The asset's focal point.
    pub focal: Option<Point>,
    /// The asset's faces as the user has set them; `None`: find them, where a chain asks for faces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faces: Option<Vec<FaceBox>>,
    /// The limits that the job must meet.
    pub limits: Limits,
    /// By what the source's content is known, where somebody is trying things out on it: the
    /// worker then keeps what it has decoded and computed for the next job of this identity.
    /// The same identity must always mean the same content.
    pub proxy: Option<ContentHash>,
    /// The files that overlays use, by the name that the operation gives.
    pub files: BTreeMap<String, FileIndex>,
    /// What to make, in the order of the plan. Variants without a target are not wanted now:
    /// they are named because the wanted ones may be derived from them, so that a resumed batch
    /// gives the same bytes as an uninterrupted one.
    pub variants: Vec<VariantOrder>,
}

/// A source whose file grows while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// How many bytes it will have.
    pub bytes: u64,
    /// The end of a pipe that can be read when bytes have come, and is at its end when none come any
    /// more, whether all have come or not.
    pub signals: FileIndex,
}

/// One variant of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantOrder {
    /// The chain, enabled operations only, parameters and variation sizes put in.
    pub operations: Vec<Operation>,
    /// How the result is encoded.
    pub encoding: Encoding,
    /// An empty file to write the result to; `None`: not wanted now.
    pub target: Option<FileIndex>,
}

/// From a worker to the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The answer to [`Request::Describe`], and a worker's first words.
    Ready(Description),
    /// The answer to [`Request::Inspect`].
    Inspected {
        /// The request's.
        id: u64,
        /// The header of each source, or why there is none.
        outcomes: Vec<Result<Header, Fault>>,
    },
    /// One wanted variant of a job is finished; they come in no particular order.
    Variant {
        /// The job's.
        id: u64,
        /// Which of the job's variants.
        index: usize,
        /// The written file, or the fault.
        outcome: Result<Rendered, Fault>,
    },
    /// All wanted variants of a job have been answered.
    Done {
        /// The job's.
        id: u64,
        /// Bytes of memory that the worker holds now (resident set).
        resident_bytes: u64,
        /// Most bytes that the worker ever held (peak resident set).
        peak_bytes: u64,
        /// The identities of sources of which the worker keeps pixels (see [`Job::proxy`]).
        proxies: Vec<ContentHash>,
        /// Bytes of those pixels.
        #[serde(default)]
        kept_bytes: u64,
    },
}

/// The description of a worker: versions, formats, sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// [`PROTOCOL_VERSION`] of the worker.
    pub protocol: u32,
    /// [`PIXEL_VERSION`] of the worker.
    pub pixels: u32,
    /// The version of libvips.
    pub libvips: String,
    /// Formats that can be read.
    pub reads: Vec<Format>,
    /// Formats that can be written.
    pub writes: Vec<Format>,
    /// Each part of the sandbox, and whether it is active.
    pub sandbox: BTreeMap<String, bool>,
}

/// The facts of a source's header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The file format, by its bytes, not its name.
    pub format: Format,
    /// Pixels, as stored.
    pub width: u32,
    /// Pixels of one frame, as stored.
    pub height: u32,
    /// Frames or pages.
    pub frames: u32,
    /// Bands, alpha included.
    pub bands: u32,
    /// Bits a band.
    pub depth: u32,
    /// Whether there is an alpha channel.
    pub alpha: bool,
    /// The colour model: `srgb`, `grey`, `cmyk`, `lab`, …
    pub space: String,
    /// The embedded ICC profile's description, if there is a profile.
    pub profile: Option<String>,
    /// The orientation tag, 1–8 (1: upright).
    pub orientation: u8,
    /// Milliseconds a frame, for animations.
    pub delays: Vec<u32>,
    /// How often an animation plays; 0 is for ever.
    pub repeats: Option<u32>,
    /// Bytes that a decoder holds besides the pixels before it gives the first of them: a
    /// progressive JPEG's coefficients, an interlaced PNG's rows.
    #[serde(default)]
    pub buffer_bytes: u64,
    /// Metadata that parameters can name: `exif.Artist`, `iptc.byline` and so on.
    pub metadata: BTreeMap<String, String>,
}

/// The name of a rating among metadata.
pub const RATING: &str = "xmp.rating";

/// Reads a rating of 1–5 stars. Zero means none, and a negative one that the picture is rejected.
#[must_use]
pub fn stars(text: &str) -> Option<u8> {
    let stars: f64 = text.trim().parse().ok()?;
    (1..=5).find(|whole| (f64::from(*whole) - stars).abs() < f64::EPSILON)
}

impl Header {
    /// That of an upright picture of three bands with nothing special about it, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn plain(format: Format, width: u32, height: u32) -> Self {
        Self {
            format,
            width,
            height,
            frames: 1,
            bands: 3,
            depth: 8,
            alpha: false,
            space: "srgb".to_owned(),
            profile: None,
            orientation: 1,
            delays: Vec::new(),
            repeats: None,
            buffer_bytes: 0,
            metadata: BTreeMap::new(),
        }
    }

    /// The rating that its metadata give, 1–5 stars.
    #[must_use]
    pub fn rating(&self) -> Option<u8> {
        stars(self.metadata.get(RATING)?)
    }

    /// The size once the orientation tag is obeyed, in pixels.
    #[must_use]
    pub fn upright_size(&self) -> (u32, u32) {
        if self.orientation >= 5 { (self.height, self.width) } else { (self.width, self.height) }
    }
}

/// A finished variant: what stands in its target file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    /// The format, also where the encoding left it open.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels of one frame.
    pub height: u32,
    /// Frames.
    pub frames: u32,
    /// Bytes written.
    pub bytes: u64,
    /// The hash of the bytes.
    pub hash: ContentHash,
    /// The quality that was used, where the format has one.
    pub quality: Option<u8>,
    /// The SSIMULACRA2 score, where it was measured.
    pub score: Option<f64>,
    /// Milliseconds of work that this variant cost, the shared decode not counted.
    pub milliseconds: f64,
    /// Notes for the user: alpha dropped, animation cut to one frame, a limit not met.
    pub notes: Vec<String>,
    /// The part that each trim and each crop by content kept of the image at its step, in the order
    /// of the chain. Empty too where it is not recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Rect>,
    /// The source's faces, where the chain asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faces: Option<Vec<FaceBox>>,
    /// How long each step took, where the worker was started to measure it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepTime>,
}

/// The time that a step of a variant took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepTime {
    /// The step: `faces`, `decode`, an operation's name, `encode`.
    pub name: String,
    /// Milliseconds.
    pub milliseconds: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_are_whole_stars() {
        let cases = [("4", Some(4)), ("5.0", Some(5)), (" 1 ", Some(1)), ("0", None), ("-1", None)];
        let wrong = [("6", None), ("3.5", None), ("", None), ("four", None), ("NaN", None)];
        for (text, expected) in cases.into_iter().chain(wrong) {
            assert_eq!(stars(text), expected, "{text}");
        }
    }
}
