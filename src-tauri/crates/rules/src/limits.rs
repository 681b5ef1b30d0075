//! What a source and a job may cost. Each is a setting; the defaults stand here.

use serde::{Deserialize, Serialize};

/// Limits that a worker checks before it touches pixels, and while it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Pixels of a source: width x height x frames.
    pub source_pixels: u64,
    /// Pixels of a source's or a variant's side.
    pub side: u32,
    /// Bands of a source, alpha included.
    pub bands: u32,
    /// Frames of a source.
    pub frames: u32,
    /// Milliseconds for a variant.
    pub variant_milliseconds: u64,
    /// Bytes of memory for a worker.
    pub worker_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_pixels: 1_000_000_000,
            side: 65_535,
            bands: 5,
            frames: 10_000,
            variant_milliseconds: 60_000,
            worker_bytes: 1 << 30,
        }
    }
}
