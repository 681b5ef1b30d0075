//! Where things are on this computer.

use std::path::PathBuf;

/// Where the studio finds what ships with it, and where it keeps what is the person's.
#[derive(Debug, Clone)]
pub struct Places {
    /// The worker's program.
    pub worker: PathBuf,
    /// The `fonts.conf` of the fonts that ship with the product.
    pub fonts: Option<PathBuf>,
    /// The samples that ship with the product.
    pub samples: Option<PathBuf>,
    /// The person's settings (`XDG_CONFIG_HOME/cropmark`).
    pub config: PathBuf,
    /// The person's data: session, recent workspaces, the copy of the samples
    /// (`XDG_DATA_HOME/cropmark`).
    pub data: PathBuf,
    /// What may be lost (`XDG_CACHE_HOME/cropmark`).
    pub cache: PathBuf,
    /// The log file, for diagnostics.
    pub log: Option<PathBuf>,
}
