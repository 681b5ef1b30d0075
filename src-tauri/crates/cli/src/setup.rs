//! What every command needs around it: logs, a runtime, the workers' settings, and where things
//! are on this computer.

use std::{fs, io, time::Duration};

use cropmark_engine::{Settings, StartError, places};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::runtime::Runtime;
use tracing_subscriber::EnvFilter;

use crate::{status::Failure, terminal};

/// What is logged unless somebody asks: a lost worker is no news, its row says it.
const DEFAULT_LOG: &str = "warn,cropmark_engine::dispatcher=error";

/// Logs to standard error what `CROPMARK_LOG` asks for; left out: warnings.
pub(crate) fn start_logging() {
    let filter = EnvFilter::try_from_env("CROPMARK_LOG");
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    let has_colors = terminal::has_colors(&io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(has_colors)
        .with_writer(io::stderr)
        .init();
}

/// How long the program waits at its end for what a disk holds up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs to the end. What still reads then, a giant file or one on a disk that does not answer,
/// is not waited for: nobody hears any more that somebody wants to stop at once.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(PATIENCE);
    outcome
}

/// The runtime. Few threads: the work is done by other processes.
fn runtime() -> Result<Runtime, Failure> {
    raise_file_limit();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .map_err(|error| Failure::Workspace(format!("the system gives no threads: {error}")))
}

/// Sources, targets and workers are all open files; many systems begin with a limit of 1,024.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // The lower limit does as well, with fewer files at once.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// The workers' settings with their defaults for a command line.
pub(crate) fn settings() -> Result<Settings, StartError> {
    let mut settings = Settings::new(Settings::locate_worker()?);
    settings.fonts = places::fonts();
    settings.cache = places::cache_folder().map(|folder| folder.join("fonts"));
    if let Some(folder) = &settings.cache {
        // Without it fonts are found all the same, only later.
        let _ = fs::create_dir_all(folder);
    }
    // Nobody waits beside a command: its workers need neither step back nor keep a place.
    settings.eager_nice = 0;
    settings.keep_place = false;
    Ok(settings)
}
