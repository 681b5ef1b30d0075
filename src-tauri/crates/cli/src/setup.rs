//! Prepares what every command uses: the runtime, the workers' settings, and the places of
//! the worker program, the fonts and the user's folders.

use std::{env, fs, io, path::PathBuf, sync::OnceLock, thread, time::Duration};

use cropmark_engine::{
    Engine, Settings, StartError, folders, raise_file_limit,
    user_settings::{self, LogSettings, UserSettings},
};
use cropmark_store::CacheSettings;
use tokio::runtime::Runtime;

use crate::{status::Failure, terminal};

/// How long the program waits at its end for reads and writes that a disk holds up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Threads of the runtime that a command cannot do without.
const FIRST_THREADS: u32 = 2;

/// Longer than any command runs.
const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);

/// Runs a command to its end. A read that is still going on then, of a very large file or on a disk
/// that does not answer, is not waited for: a second Ctrl-C would not be heard during that time.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(PATIENCE);
    outcome
}

/// Builds the runtime. One thread is enough, because worker processes do the work: two woke each
/// other several times a variant.
fn runtime() -> Result<Runtime, Failure> {
    raise_file_limit();
    let refused = |error: io::Error| {
        Failure::Workspace(format!(
            "the system refuses what the program needs to start ({error}); raise its limits (`ulimit \
             -u`, `ulimit -n`), or end other programs"
        ))
    };
    // Tokio panics where its first threads are refused.
    start_threads(FIRST_THREADS).map_err(refused)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(64)
        // There is always one that takes the next work, also while the system starts no more.
        .thread_keep_alive(FOREVER)
        .enable_all()
        .build()
        .map_err(refused)?;
    runtime.spawn_blocking(|| ());
    Ok(runtime)
}

/// Starts so many threads, which are there at once, and ends them.
///
/// # Errors
/// Where the system refuses one.
pub(crate) fn start_threads(count: u32) -> io::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let next = thread::Builder::new().spawn(move || start_threads(count - 1))?;
    next.join().unwrap_or(Ok(()))
}

/// What the command says with `--set`.
static FLAGS: OnceLock<Vec<String>> = OnceLock::new();

/// Notes what the command says with `--set`.
pub(crate) fn set(flags: Vec<String>) {
    // It is parsed once.
    let _ = FLAGS.set(flags);
}

/// The settings of engine and store: the defaults of the command line, then the user's file, the
/// environment and the command.
pub(crate) fn settings() -> Result<UserSettings, Failure> {
    let mut settings = Settings::new(Settings::locate_worker()?);
    settings.fonts = folders::fonts();
    settings.cache = folders::cache().map(|folder| folder.join("fonts"));
    if let Some(folder) = &settings.cache {
        // Without a cache folder fonts are found too, but later.
        let _ = fs::create_dir_all(folder);
    }
    // No window waits beside a command: its workers keep their priority, and none is kept free.
    settings.eager_nice = 0;
    settings.keep_place = false;
    chosen(UserSettings::new(settings))
}

/// As [`settings`], without a worker program: for commands that start none.
pub(crate) fn cache_settings() -> Result<CacheSettings, Failure> {
    chosen(UserSettings::new(Settings::new(PathBuf::new()))).map(|settings| settings.cache)
}

/// What is logged, and where to. Where settings are wrong, the command says so, and the defaults hold.
pub(crate) fn log_settings() -> LogSettings {
    let settings = chosen(UserSettings::new(Settings::new(PathBuf::new())));
    settings.map(|settings| settings.log).unwrap_or_default()
}

/// Variables that the programs read, beside those of settings.
const VARIABLES: [&str; 11] = [
    "CROPMARK_FONTS",
    "CROPMARK_IMGPROXY_KEY",
    "CROPMARK_IMGPROXY_SALT",
    "CROPMARK_IMGPROXY_SIGNATURE_SIZE",
    "CROPMARK_KONIFER_ALGORITHM",
    "CROPMARK_KONIFER_SECRET",
    "CROPMARK_LOG",
    "CROPMARK_SHARDS",
    "CROPMARK_SYSTEM_LIBVIPS",
    "CROPMARK_TOKEN",
    "CROPMARK_WORKER",
];

/// Warns of variables that are nearly those of settings: they change nothing.
pub(crate) fn check_variables() {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for (name, near) in UserSettings::misspelt_variables(names, &VARIABLES) {
        terminal::complain(&format!("{name} means nothing here; did you mean {near}?"));
    }
}

/// The user's file of settings.
pub(crate) fn settings_file() -> Option<PathBuf> {
    folders::config().map(|folder| folder.join(user_settings::FILE_NAME))
}

fn chosen(mut settings: UserSettings) -> Result<UserSettings, Failure> {
    let wrong = |error: user_settings::SettingsError| Failure::Usage(error.to_string());
    if let Some(file) = settings_file() {
        settings.read_file(&file).map_err(wrong)?;
    }
    settings.read_environment(|name| env::var(name).ok()).map_err(wrong)?;
    for flag in FLAGS.get().into_iter().flatten() {
        settings.read_flag(flag).map_err(wrong)?;
    }
    Ok(settings)
}

/// Starts the workers, and complains where their sandbox is incomplete.
pub(crate) async fn start_engine(settings: Settings) -> Result<Engine, StartError> {
    let engine = Engine::start(settings).await?;
    if let Some(warning) = engine.sandbox_warning() {
        terminal::complain(&warning);
    }
    Ok(engine)
}
