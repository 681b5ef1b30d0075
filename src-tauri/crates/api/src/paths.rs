//! The product's files and the user's folders on this computer.

use std::{
    env,
    path::{Path, PathBuf},
};

use cropmark_engine::{Settings, StartError, folders};

/// The files that ship with the studio, and the folders that it keeps the user's data in.
#[derive(Debug, Clone)]
pub struct Paths {
    /// The worker's program.
    pub worker: PathBuf,
    /// The `fonts.conf` of the fonts that ship with the product.
    pub fonts: Option<PathBuf>,
    /// The samples that ship with the product.
    pub samples: Option<PathBuf>,
    /// The user's settings (`XDG_CONFIG_HOME/cropmark`).
    pub config: PathBuf,
    /// The user's data: session, recent workspaces, the copy of the samples
    /// (`XDG_DATA_HOME/cropmark`).
    pub data: PathBuf,
    /// The user's cache: its files can be made again (`XDG_CACHE_HOME/cropmark`).
    pub cache: PathBuf,
    /// The folder of the log files, for diagnostics.
    pub log: Option<PathBuf>,
}

impl Paths {
    /// Finds everything for this program and this user. Without a worker program the studio starts
    /// all the same and reports that it is missing.
    #[must_use]
    pub fn find() -> Self {
        let nowhere = || env::temp_dir().join("cropmark");
        let data = folders::data().unwrap_or_else(nowhere);
        Self {
            worker: Settings::locate_worker().unwrap_or_else(expected),
            fonts: folders::fonts(),
            samples: folders::shipped("CROPMARK_SAMPLES", Path::new("samples")),
            config: folders::config().unwrap_or_else(nowhere),
            cache: folders::cache().unwrap_or_else(nowhere),
            log: Some(data.join("logs")),
            data,
        }
    }

    /// All folders below one, without any part of the product: for tests and measurements.
    #[must_use]
    pub fn below(folder: &Path) -> Self {
        Self {
            worker: folder.join("worker"),
            fonts: None,
            samples: None,
            config: folder.join("config"),
            data: folder.join("data"),
            cache: folder.join("cache"),
            log: None,
        }
    }
}

/// The path at which a missing worker program was looked for first.
fn expected(error: StartError) -> PathBuf {
    match error {
        StartError::WorkerMissing { places } => places.into_iter().next().unwrap_or_default(),
        _ => PathBuf::new(),
    }
}
