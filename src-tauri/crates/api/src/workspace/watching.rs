//! Keeps library, documents, states and eager variants up to date with the folder while the
//! workspace is open: one survey of all files first, then the changes that the watch reports.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use cropmark_engine::{
    eager::EagerWatcher,
    run::{Row, Status},
    watch::{Change, Watch, WatchEvent, WatchSettings},
};
use tokio::sync::{mpsc, watch};

use crate::{
    context::{WorkspaceContext, blocking},
    documents::Documents,
    error::sentence,
    library::Library,
    model::{NoticeLevel, Settings},
    states::States,
};

/// Rows of eager variants that wait to be handled while rendering goes on.
const WAITING_ROWS: usize = 256;

/// How long the survey of a known folder waits, so that the first pictures are on the screen
/// before.
const FIRST_PICTURES: Duration = Duration::from_millis(250);

pub(super) struct Watching {
    pub(super) context: WorkspaceContext,
    pub(super) settings: watch::Receiver<Settings>,
    pub(super) library: Library,
    pub(super) documents: Documents,
    pub(super) states: States,
}

impl Watching {
    pub(super) async fn run(self) {
        let library = self.library.clone();
        if blocking(move || library.recall()).await == Ok(true) {
            tokio::time::sleep(FIRST_PICTURES).await;
        }
        let (library, documents) = (self.library.clone(), self.documents.clone());
        let looked = blocking(move || {
            let surveyed = library.survey();
            documents.changed(&surveyed.presets);
            surveyed.trouble
        });
        if let Ok(Some(trouble)) = looked.await {
            self.context.notice(NoticeLevel::Error, trouble);
        }
        let watch = match Watch::start(WatchSettings::new(self.context.root())) {
            Ok(watch) => watch,
            Err(error) => {
                let folder = self.context.root().display();
                let message = format!("{folder} cannot be watched for changes: {error}");
                return self.context.notice(NoticeLevel::Error, message);
            }
        };
        self.watch(watch).await;
    }

    async fn watch(mut self, mut watch: Watch) {
        let (rows, mut reported) = mpsc::channel(WAITING_ROWS);
        let mut eager = self.eager(rows);
        let mut is_first = true;
        loop {
            if let Some((eager, at_once)) = &mut eager
                && self.settings.borrow_and_update().render_eager
            {
                eager.start(*at_once);
            }
            let ended = async {
                match &mut eager {
                    Some((eager, _)) => eager.asset_done().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                report = watch.next() => match report {
                    Some(WatchEvent::Changes(changes)) => {
                        eager = self.changed(changes, is_first, eager).await;
                        is_first = false;
                    }
                    Some(WatchEvent::Problem(problem)) => {
                        self.context.notice(NoticeLevel::Warning, sentence(&problem.to_string()));
                    }
                    None => return,
                },
                Some(row) = reported.recv() => self.row(row).await,
                () = ended => {}
                // The sender outlives every workspace.
                _ = self.settings.changed() => {}
            }
        }
    }

    /// The rendering of eager generators, and how many assets at once.
    fn eager(&self, rows: mpsc::Sender<Row>) -> Option<(EagerWatcher, usize)> {
        let engine = self.context.engine().ok()?.clone();
        self.context.may_write().ok()?;
        let at_once = engine.snapshot().workers.len() + 2;
        let (store, root) = (self.context.store().clone(), self.context.root());
        Some((EagerWatcher::new(engine, store, root, rows), at_once))
    }

    async fn changed(
        &self,
        changes: Vec<Change>,
        is_first: bool,
        eager: Option<(EagerWatcher, usize)>,
    ) -> Option<(EagerWatcher, usize)> {
        let (library, documents) = (self.library.clone(), self.documents.clone());
        let taken_in = blocking(move || {
            library.changed(&changes, is_first);
            documents.changed(&paths(&changes));
            eager.map(|(mut eager, at_once)| {
                // The documents show what is wrong with presets.
                eager.apply(changes);
                (eager, at_once)
            })
        });
        taken_in.await.ok().flatten()
    }

    /// Records a failed variant. The store reports those that were rendered.
    async fn row(&self, row: Row) {
        if row.status != Status::Failed {
            return;
        }
        let path = Path::new(&row.source).strip_prefix(self.context.root()).ok();
        let Some(asset) = path.and_then(|path| self.library.find(path)) else { return };
        let states = self.states.clone();
        // Only the program's end keeps it from being recorded.
        let _ = blocking(move || states.failed(asset, &row)).await;
    }
}

fn paths(changes: &[Change]) -> Vec<PathBuf> {
    let paths = changes.iter().flat_map(|change| match change {
        Change::Appeared(path) | Change::Changed(path) | Change::Gone(path) => {
            [Some(path.clone()), None]
        }
        Change::Renamed { from, to } => [Some(from.clone()), Some(to.clone())],
    });
    paths.flatten().collect()
}
