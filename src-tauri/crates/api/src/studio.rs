//! The studio: the engine, the user's profile, the open workspace, and the events for the window.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, Instant},
};

use cropmark_engine::{Engine, Settings as EngineSettings};
use tokio::sync::broadcast;

use crate::{
    ApiError, Paths,
    error::sentence,
    grants::Grants,
    model::{Activity, Event, Grant, NoticeLevel, Purpose, Settings},
    profile::UserProfile,
    workspace::Workspace,
};

/// Events that are kept for a slow listener.
const EVENTS: usize = 4096;

/// The least time between two events about the engine's activity.
const ACTIVITY_PAUSE: Duration = Duration::from_millis(200);

/// The studio. Clones share one state.
#[derive(Debug, Clone)]
pub struct Studio {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    paths: Paths,
    engine: Result<Engine, String>,
    profile: Mutex<UserProfile>,
    grants: Mutex<Grants>,
    workspace: RwLock<Option<Arc<Workspace>>>,
    /// Why the folder that the program was started with is not open.
    refused: Mutex<Option<String>>,
    /// What the workers' sandbox lacks, until a workspace is open and it was shown.
    sandbox_warning: Mutex<Option<String>>,
    /// Held while a workspace is opened or closed.
    changing: tokio::sync::Mutex<()>,
    events: broadcast::Sender<Event>,
    started: Instant,
}

impl Studio {
    /// Starts the engine. Where that fails, the studio still answers commands, with the reason in
    /// `start_up`. Must be called within a tokio runtime.
    pub async fn start(paths: Paths) -> Self {
        cropmark_engine::raise_file_limit();
        let profile = UserProfile::load(&paths);
        let engine = start_engine(&paths, &profile.settings()).await;
        if let Err(trouble) = &engine {
            tracing::error!(%trouble, "the engine did not start");
        }
        let warning = engine.as_ref().ok().and_then(Engine::sandbox_warning);
        let (events, _) = broadcast::channel(EVENTS);
        let inner = Inner {
            paths,
            engine,
            profile: Mutex::new(profile),
            grants: Mutex::default(),
            workspace: RwLock::default(),
            refused: Mutex::default(),
            sandbox_warning: Mutex::new(warning.map(|warning| sentence(&warning))),
            changing: tokio::sync::Mutex::default(),
            events,
            started: Instant::now(),
        };
        let studio = Self { inner: Arc::new(inner) };
        studio.report_activity();
        studio
    }

    /// Subscribes to all events from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Reports why a folder that was named at a start was not opened: as a notice where a workspace
    /// is open, else as part of `start_up` until one is.
    pub fn refuse(&self, message: impl Into<String>) {
        let message = message.into();
        if self.find_workspace().is_some() {
            return self.emit(Event::Notice { level: NoticeLevel::Error, message });
        }
        *self.refused() = Some(message);
        self.emit(Event::Workspace { workspace: None });
    }

    /// Grants the page the use of paths that the user chose.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn grant(&self, purpose: Purpose, paths: Vec<PathBuf>) -> Result<Grant, ApiError> {
        if let (Purpose::Destination, Some(folder)) = (purpose, paths.first()) {
            self.profile().set_destination(folder);
        }
        self.grants().give(purpose, paths)
    }

    /// Returns the file or folder that the page may show in the file manager or drag out.
    ///
    /// # Errors
    /// Where it was not granted.
    pub fn granted_file(&self, grant: &str) -> Result<PathBuf, ApiError> {
        self.grants().path(Purpose::File, grant)
    }

    /// Closes the workspace, so that pending writes are finished, then ends the workers.
    pub async fn shut_down(self) {
        let _changing = self.inner.changing.lock().await;
        if let Some(workspace) = self.replace_workspace(None) {
            workspace.close().await;
        }
        if let Ok(engine) = &self.inner.engine {
            engine.clone().shut_down().await;
        }
    }

    /// Sends an event to all listeners.
    pub(crate) fn emit(&self, event: Event) {
        let _ = self.inner.events.send(event);
    }

    pub(crate) fn event_sender(&self) -> broadcast::Sender<Event> {
        self.inner.events.clone()
    }

    pub(crate) fn paths(&self) -> &Paths {
        &self.inner.paths
    }

    /// The engine.
    pub(crate) fn engine(&self) -> Result<&Engine, ApiError> {
        self.inner.engine.as_ref().map_err(|trouble| ApiError::system(trouble.clone()))
    }

    /// Why the folder that the program was started with is not open.
    pub(crate) fn refused(&self) -> MutexGuard<'_, Option<String>> {
        self.inner.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows once what the workers' sandbox lacks.
    pub(crate) fn warn_of_sandbox(&self) {
        let warning =
            self.inner.sandbox_warning.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(message) = warning {
            self.emit(Event::Notice { level: NoticeLevel::Warning, message });
        }
    }

    pub(crate) fn profile(&self) -> MutexGuard<'_, UserProfile> {
        self.inner.profile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.inner.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open workspace.
    pub(crate) fn workspace(&self) -> Result<Arc<Workspace>, ApiError> {
        self.find_workspace().ok_or_else(ApiError::no_workspace)
    }

    pub(crate) fn find_workspace(&self) -> Option<Arc<Workspace>> {
        self.inner.workspace.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the open workspace, which is returned.
    pub(crate) fn replace_workspace(&self, new: Option<Arc<Workspace>>) -> Option<Arc<Workspace>> {
        let mut place = self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, new)
    }

    /// Waits until no other command opens or closes a workspace.
    pub(crate) async fn changing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.changing.lock().await
    }

    pub(crate) fn started(&self) -> Instant {
        self.inner.started
    }

    fn report_activity(&self) {
        let Ok(engine) = &self.inner.engine else { return };
        let (mut snapshots, events) = (engine.watch(), self.inner.events.clone());
        tokio::spawn(async move {
            let mut last = Activity::default();
            while snapshots.changed().await.is_ok() {
                let activity = Activity::from(&*snapshots.borrow_and_update());
                if activity != last {
                    last = activity.clone();
                    let _ = events.send(Event::Activity(activity));
                }
                tokio::time::sleep(ACTIVITY_PAUSE).await;
            }
        });
    }
}

async fn start_engine(paths: &Paths, settings: &Settings) -> Result<Engine, String> {
    let mut engine = EngineSettings::new(paths.worker.clone());
    engine.fonts.clone_from(&paths.fonts);
    engine.cache = font_cache(paths);
    if let Some(workers) = settings.workers {
        engine.workers = usize::try_from(workers).unwrap_or(usize::MAX).clamp(1, 1024);
    }
    engine.on_demand_share = settings.on_demand_share.min(100);
    if let Some(bytes) = settings.max_memory {
        engine.max_memory = bytes;
    }
    engine.limits.variant_milliseconds = u64::from(settings.timeout_seconds.max(1)) * 1000;
    Engine::start(engine).await.map_err(|error| sentence(&error.to_string()))
}

/// Makes the folder of the font library's cache. Without it fonts are found more slowly.
fn font_cache(paths: &Paths) -> Option<PathBuf> {
    let folder = paths.cache.join("fonts");
    fs::create_dir_all(&folder).ok().map(|()| folder)
}
