//! What can be set about the engine, with the defaults.

use std::{
    env,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use cropmark_rules::Limits;

use crate::{StartError, os};

/// The worker's file name, beside the program that starts it.
const WORKER_NAME: &str = "cropmark-worker";

/// How the engine works. [`Settings::new`] has the defaults.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The most jobs that run at once. Default: twice the processor's cores.
    pub workers: usize,
    /// Whether one place, where there are two or more, is kept from eager work, so that a user
    /// never waits for an export. Default: yes; a program without on-demand work needs none.
    pub keep_place: bool,
    /// Of 100 turns, taken while both classes hold work, those that on-demand work gets: 0–100.
    /// Default: 80.
    pub on_demand_share: u8,
    /// The most bytes that all running jobs together may take, by estimate. The pixels that workers
    /// keep from one preview to the next count too; they are given up where a job needs the memory. A
    /// variant that takes more by itself fails as `too_large`. Default: half of the machine's memory.
    pub max_memory: u64,
    /// The most jobs that are admitted at once; `None`: as many as there are workers.
    pub max_requests: Option<usize>,
    /// The longest that on-demand work waits for its turn, and eager work at the head of its
    /// queue for memory, before it fails as `busy`; `None` (the default): for ever.
    pub max_wait: Option<Duration>,
    /// What a source and a variant may cost; the time and memory limits of workers are in it.
    pub limits: Limits,
    /// A worker is replaced after this many jobs. Default: 1000.
    pub jobs_per_worker: u64,
    /// A worker that holds more bytes than this after a job is replaced. Default: 300 MiB.
    pub worker_resident_limit: u64,
    /// The longest that a worker may take to start. Default: 20 s.
    pub start_timeout: Duration,
    /// How much lower the priority of workers for eager work is, 0–19. Default: 10; a program
    /// that does nothing but eager work, in the foreground, sets 0.
    pub eager_nice: u8,
    /// The worker's program; see [`Settings::locate_worker`].
    pub worker_binary: PathBuf,
    /// The `fonts.conf` of the fonts that ship with the product.
    pub fonts: Option<PathBuf>,
    /// A folder where the font library keeps its cache.
    pub cache: Option<PathBuf>,
    /// Whether the engine refuses to start where a part of the sandbox is missing.
    pub require_sandbox: bool,
    /// Whether workers measure how long each step of a variant takes. They then compute the pixels after
    /// each step by itself, which takes longer. Default: no.
    pub measures_steps: bool,
}

impl Settings {
    /// The defaults, with this worker.
    #[must_use]
    pub fn new(worker_binary: PathBuf) -> Self {
        let cores = thread::available_parallelism().map_or(2, usize::from);
        Self {
            workers: cores * 2,
            keep_place: true,
            on_demand_share: 80,
            max_memory: os::machine_memory() / 2,
            max_requests: None,
            max_wait: None,
            limits: Limits::default(),
            jobs_per_worker: 1000,
            worker_resident_limit: 300 << 20,
            start_timeout: Duration::from_secs(20),
            eager_nice: 10,
            worker_binary,
            fonts: None,
            cache: None,
            require_sandbox: false,
            measures_steps: false,
        }
    }

    /// Finds the worker: `CROPMARK_WORKER`, else beside the running program (or, for tests, in
    /// the folder above), else where packages put it, `../lib/cropmark`.
    ///
    /// # Errors
    /// [`StartError::WorkerMissing`] with the places that were looked at.
    pub fn locate_worker() -> Result<PathBuf, StartError> {
        let places: Vec<PathBuf> = match env::var_os("CROPMARK_WORKER") {
            Some(path) => vec![path.into()],
            None => env::current_exe()
                .ok()
                .iter()
                .flat_map(|program| {
                    let near = program.ancestors().skip(1).take(2).map(Path::to_owned);
                    near.chain(program.ancestors().nth(2).map(|above| above.join("lib/cropmark")))
                })
                .map(|folder| folder.join(WORKER_NAME))
                .collect(),
        };
        let found = places.iter().find(|place| place.is_file()).cloned();
        found.ok_or(StartError::WorkerMissing { places })
    }
}
