//! What all connections of a server share.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use cropmark_engine::{
    Engine,
    intake::{Cache, Intake},
};
use cropmark_store::{Access, Store};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    catalogue::Catalogue, imgproxy::ImgproxySettings, known::Known, konifer::KoniferSettings,
};

/// The most requests that are resolved or rendered at once; the others wait. Each has some files
/// open.
const UNDER_WAY: usize = 256;

/// How a workspace is served.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// The workspace's folder.
    pub workspace: PathBuf,
    /// Where connections are taken.
    pub listen: SocketAddr,
    /// What requests must show, but for signed URLs. Needed where `listen` is not a loopback address,
    /// unless only signed URLs are to be answered there.
    pub token: Option<String>,
    /// For how long browsers may use an answer without asking again; `None`: they always ask.
    pub max_age: Option<Duration>,
    /// The longest that a request waits for its turn.
    pub max_wait: Duration,
    /// How URLs in imgproxy's language are answered; `None`: as if they were generators' ones.
    pub imgproxy: Option<ImgproxySettings>,
    /// How URLs in Konifer's language are answered; `None`: as if they were generators' ones.
    pub konifer: Option<KoniferSettings>,
    /// Whether URLs in Magnolia's language are answered.
    pub magnolia: bool,
    /// Whether client hints choose among the widths of a generator.
    pub client_hints: bool,
}

impl ServeSettings {
    /// Whether URLs of another system must be signed, and may then come from anywhere.
    pub(crate) fn checks_signatures(&self) -> bool {
        self.imgproxy.as_ref().is_some_and(|it| it.keys.is_some())
            || self.konifer.as_ref().is_some_and(|it| it.key.is_some())
    }
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    pub(crate) intake: Intake,
    /// The workspace's real path.
    pub(crate) root: PathBuf,
    pub(crate) settings: ServeSettings,
    pub(crate) catalogue: RwLock<Arc<Catalogue>>,
    pub(crate) known: Known,
    pub(crate) under_way: Semaphore,
    /// Finished variants that are being written to the store.
    pub(crate) keeping: Mutex<JoinSet<()>>,
}

impl Shared {
    /// Takes a workspace by its real path.
    pub(crate) fn new(
        engine: Engine,
        store: Store,
        settings: ServeSettings,
        root: PathBuf,
    ) -> Self {
        Self {
            intake: Intake::new(engine.clone(), Some(Cache::new(store.clone(), &root))),
            engine,
            root,
            settings,
            catalogue: RwLock::default(),
            known: Known::new(*store.access() == Access::Full),
            under_way: Semaphore::new(UNDER_WAY),
            keeping: Mutex::default(),
            store,
        }
    }

    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue.read().unwrap_or_else(PoisonError::into_inner))
    }
}
