//! What a download may cost.

use std::time::Duration;

/// Limits of a download.
#[derive(Debug, Clone)]
pub struct FetchLimits {
    /// Bytes of a source.
    pub bytes: u64,
    /// Time for connecting.
    pub connect: Duration,
    /// Time without a byte, while some are waited for.
    pub idle: Duration,
    /// Time for all of a source, as far as it is waited for.
    pub total: Duration,
    /// Redirects that are followed.
    pub redirects: u32,
    /// How often a broken download is resumed.
    pub resumes: u32,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(20),
            total: Duration::from_mins(5),
            redirects: 5,
            resumes: 3,
        }
    }
}
