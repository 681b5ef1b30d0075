//! Where things are on this computer.

use std::{
    env,
    path::{Path, PathBuf},
};

use cropmark_engine::{Settings, StartError, places};

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
    /// The folder of the log files, for diagnostics.
    pub log: Option<PathBuf>,
}

impl Places {
    /// Finds everything for this program and this person. Where there is no worker, the studio
    /// starts all the same and says so.
    #[must_use]
    pub fn find() -> Self {
        let nowhere = || env::temp_dir().join("cropmark");
        let data = places::data_folder().unwrap_or_else(nowhere);
        Self {
            worker: Settings::locate_worker().unwrap_or_else(expected),
            fonts: places::fonts(),
            samples: places::shipped("CROPMARK_SAMPLES", Path::new("samples")),
            config: places::config_folder().unwrap_or_else(nowhere),
            cache: places::cache_folder().unwrap_or_else(nowhere),
            log: Some(data.join("logs")),
            data,
        }
    }
}

/// Where the worker that is missing should be.
fn expected(error: StartError) -> PathBuf {
    match error {
        StartError::WorkerMissing { places } => places.into_iter().next().unwrap_or_default(),
        _ => PathBuf::new(),
    }
}
