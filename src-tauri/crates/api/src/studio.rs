//! The studio: the engine, the open workspace, and whom to tell.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak},
    time::{Duration, Instant},
};

use cropmark_engine::{Engine, Settings as EngineSettings};
use tokio::sync::broadcast;

use crate::{
    ApiError, Places,
    error::sentence,
    model::{Activity, Event, NoticeLevel, Settings},
    person::Person,
    workspace::Workspace,
};

/// Events that a slow listener may be behind.
const EVENTS: usize = 4096;

/// The least time between two events about the engine's activity.
const ACTIVITY_PAUSE: Duration = Duration::from_millis(200);

/// The studio. A cheap handle.
#[derive(Debug, Clone)]
pub struct Studio {
    inner: Arc<Inner>,
}

/// A studio that may be gone, for what must not keep it alive.
#[derive(Debug, Clone)]
pub(crate) struct WeakStudio {
    inner: Weak<Inner>,
}

impl WeakStudio {
    /// The studio, if it is still there.
    pub(crate) fn upgrade(&self) -> Option<Studio> {
        Some(Studio { inner: self.inner.upgrade()? })
    }
}

#[derive(Debug)]
struct Inner {
    places: Places,
    engine: Result<Engine, String>,
    person: Mutex<Person>,
    workspace: RwLock<Option<Arc<Workspace>>>,
    /// Why the folder that the program was started with is not open.
    refused: Mutex<Option<String>>,
    /// One workspace is opened or closed at a time.
    changing: tokio::sync::Mutex<()>,
    events: broadcast::Sender<Event>,
    began: Instant,
}

impl Studio {
    /// Starts the engine. Where that fails the studio still answers, and says why nothing can be
    /// shown. Must be called within a tokio runtime.
    pub async fn start(places: Places) -> Self {
        let person = Person::load(&places);
        let engine = start_engine(&places, person.settings()).await;
        if let Err(trouble) = &engine {
            tracing::error!(%trouble, "the engine did not start");
        }
        let (events, _) = broadcast::channel(EVENTS);
        let inner = Inner {
            places,
            engine,
            person: Mutex::new(person),
            workspace: RwLock::default(),
            refused: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            events,
            began: Instant::now(),
        };
        let studio = Self { inner: Arc::new(inner) };
        studio.report_activity();
        studio
    }

    /// What happens, from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Tells the person why a folder that was named at a start was not opened: at once where one
    /// is open, else for as long as none is.
    pub fn refuse(&self, message: impl Into<String>) {
        let message = message.into();
        if self.find_workspace().is_some() {
            return self.tell(Event::Notice { level: NoticeLevel::Error, message });
        }
        *self.refused() = Some(message);
        self.tell(Event::Workspace { workspace: None });
    }

    /// Ends everything in order: what is being written gets to its place, workers end.
    pub async fn shut_down(self) {
        let _changing = self.inner.changing.lock().await;
        if let Some(workspace) = self.replace_workspace(None) {
            workspace.close().await;
        }
        if let Ok(engine) = &self.inner.engine {
            engine.clone().shut_down().await;
        }
    }

    /// Tells an event. Nobody need listen.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.inner.events.send(event);
    }

    /// For what must not keep the studio alive.
    pub(crate) fn downgrade(&self) -> WeakStudio {
        WeakStudio { inner: Arc::downgrade(&self.inner) }
    }

    /// Where events are told, for what must not hold the studio.
    pub(crate) fn teller(&self) -> broadcast::Sender<Event> {
        self.inner.events.clone()
    }

    pub(crate) fn places(&self) -> &Places {
        &self.inner.places
    }

    /// The engine.
    pub(crate) fn engine(&self) -> Result<&Engine, ApiError> {
        self.inner.engine.as_ref().map_err(|trouble| ApiError::system(trouble.clone()))
    }

    /// Why the folder that the program was started with is not open.
    pub(crate) fn refused(&self) -> MutexGuard<'_, Option<String>> {
        self.inner.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn person(&self) -> MutexGuard<'_, Person> {
        self.inner.person.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open workspace.
    pub(crate) fn workspace(&self) -> Result<Arc<Workspace>, ApiError> {
        self.find_workspace().ok_or_else(ApiError::no_workspace)
    }

    pub(crate) fn find_workspace(&self) -> Option<Arc<Workspace>> {
        self.inner.workspace.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another workspace in the place of the open one, which is returned.
    pub(crate) fn replace_workspace(&self, new: Option<Arc<Workspace>>) -> Option<Arc<Workspace>> {
        let mut place = self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, new)
    }

    /// Waits until nobody else opens or closes a workspace.
    pub(crate) async fn changing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.changing.lock().await
    }

    pub(crate) fn began(&self) -> Instant {
        self.inner.began
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

async fn start_engine(places: &Places, settings: &Settings) -> Result<Engine, String> {
    let mut engine = EngineSettings::new(places.worker.clone());
    engine.fonts.clone_from(&places.fonts);
    engine.cache = font_cache(places);
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

/// Where the font library keeps its cache; without one fonts are found all the same, only later.
fn font_cache(places: &Places) -> Option<PathBuf> {
    let folder = places.cache.join("fonts");
    fs::create_dir_all(&folder).ok().map(|()| folder)
}
