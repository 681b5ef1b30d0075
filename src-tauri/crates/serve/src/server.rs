//! The server: listens, watches the workspace, and ends once everything is kept.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
};

use cropmark_engine::{
    Engine,
    watch::{Watch, WatchEvent, WatchSettings},
};
use cropmark_store::Store;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    catalogue::{Catalogue, PresetPaths},
    listen,
    shared::{ServeSettings, Shared},
    warm::{self, WarmSummary},
    warm_list::WarmList,
};

/// Why a workspace cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Others than this computer could ask, and nothing keeps them from it.
    #[error(
        "{0} can be reached from other computers; give a token that requests must show, or listen \
         on 127.0.0.1"
    )]
    Open(SocketAddr),
    /// The address cannot be used.
    #[error("{address} cannot be listened on: {source}; choose another one with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The folder cannot be read or watched.
    #[error("{} cannot be served: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    watch: Watch,
    shared: Arc<Shared>,
}

impl Server {
    /// Reads the presets of a workspace and starts to listen; connections are taken by
    /// [`Server::run`]. Must be called within a runtime.
    ///
    /// # Errors
    /// Where the address or the folder cannot be used.
    pub async fn bind(
        engine: Engine,
        store: Store,
        settings: ServeSettings,
        complain: &(impl Fn(&str) + Send + Sync),
    ) -> Result<Self, ServeError> {
        let address = settings.listen;
        let is_guarded = settings.token.is_some() || settings.checks_signatures();
        if !address.ip().is_loopback() && !is_guarded {
            return Err(ServeError::Open(address));
        }
        let unusable = |path: &Path, source| ServeError::Folder { path: path.to_owned(), source };
        let folder = settings.workspace.clone();
        let root = folder.canonicalize().map_err(|source| unusable(&folder, source))?;
        let mut watch =
            Watch::start(WatchSettings::new(&root)).map_err(|source| unusable(&folder, source))?;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| ServeError::Listen { address, source })?;
        let address =
            listener.local_addr().map_err(|source| ServeError::Listen { address, source })?;
        let shared = Arc::new(Shared::new(engine, store, settings, root));
        let mut presets = PresetPaths::default();
        // The first event names all files that are there.
        while !presets.is_known() {
            match watch.next().await {
                Some(event) => shared.take_in(&mut presets, event, complain),
                None => break,
            }
        }
        Ok(Self { listener, address, watch, shared })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names of the generators that can be asked for.
    #[must_use]
    pub fn generators(&self) -> Vec<String> {
        self.shared.catalogue().generators()
    }

    /// Renders what these URLs ask for, in the background, until `stop` is true; `None`: it was.
    /// Requests go before it.
    pub fn warm(
        &self,
        list: WarmList,
        stop: watch::Receiver<bool>,
    ) -> impl Future<Output = Option<WarmSummary>> + use<> {
        warm::warm(Arc::clone(&self.shared), list, stop)
    }

    /// Serves until `stop` is true; then takes no more connections, finishes the requests that
    /// have come, and returns once everything is kept.
    pub async fn run(
        self,
        stop: watch::Receiver<bool>,
        complain: impl Fn(&str) + Send + Sync + 'static,
    ) {
        let Self { listener, mut watch, shared, .. } = self;
        let watched = Arc::clone(&shared);
        let mut presets = watched.catalogue().paths().clone();
        let watching = tokio::spawn(async move {
            while let Some(event) = watch.next().await {
                watched.take_in(&mut presets, event, &complain);
            }
        });
        listen::serve(listener, &shared, stop).await;
        watching.abort();
        let mut keeping =
            std::mem::take(&mut *shared.keeping.lock().unwrap_or_else(PoisonError::into_inner));
        while keeping.join_next().await.is_some() {}
        // Where this fails, an order of eviction is lost, nothing else.
        let _ = shared.store.flush();
    }
}

impl Shared {
    /// Takes in what the watch reports. Reads presets again where one has changed, which blocks
    /// for a moment.
    fn take_in(
        &self,
        presets: &mut PresetPaths,
        event: WatchEvent,
        complain: &(impl Fn(&str) + Send + Sync),
    ) {
        match event {
            WatchEvent::Problem(problem) => complain(&problem.to_string()),
            WatchEvent::Changes(changes) => {
                // An overlay may be among the files.
                self.known.forget_all();
                if presets.apply(changes) {
                    let (catalogue, complaints) = Catalogue::read(&self.root, presets);
                    for complaint in &complaints {
                        complain(complaint);
                    }
                    *self.catalogue.write().unwrap_or_else(PoisonError::into_inner) =
                        Arc::new(catalogue);
                    self.known.forget_all();
                }
            }
        }
    }
}
