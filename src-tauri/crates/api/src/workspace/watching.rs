//! What goes on while a workspace is open: one look at everything, then the watch, whose news go
//! to the library, to the documents, and to the rendering of eager generators.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use cropmark_engine::{
    BatchId,
    export::{Row, Status, Upkeep},
    watch::{Change, Report, Watch, WatchSettings},
};
use tokio::sync::mpsc;

use super::{Ground, Workspace, blocking};
use crate::{
    documents::Documents,
    error::sentence,
    library::Library,
    model::NoticeLevel,
    studio::{Studio, WeakStudio},
};

/// The number by which the engine knows the eager rendering of workspaces. Runs count from 1.
const BATCH: BatchId = BatchId(u64::MAX);

/// Rows of eager variants that wait to be told; the work goes on while they do.
const WAITING_ROWS: usize = 256;

/// A folder that is known is shown first: its files are looked at so much later, when the first
/// pictures are on the screen.
const FIRST_PICTURES: Duration = Duration::from_millis(250);

/// How soon a changed setting takes effect.
const LOOK_AT_SETTINGS: Duration = Duration::from_secs(1);

/// Begins to look at the folder, until the workspace is closed.
pub(super) fn begin(studio: &Studio, workspace: &Arc<Workspace>) {
    let watching = Watching {
        studio: studio.downgrade(),
        ground: workspace.ground.clone(),
        library: workspace.library.clone(),
        documents: workspace.documents.clone(),
        workspace: Arc::downgrade(workspace),
    };
    workspace.ground.spawn(watching.run());
}

struct Watching {
    studio: WeakStudio,
    ground: Ground,
    library: Library,
    documents: Documents,
    workspace: Weak<Workspace>,
}

impl Watching {
    async fn run(self) {
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
            self.ground.notice(NoticeLevel::Error, trouble);
        }
        let watch = match Watch::start(WatchSettings::new(self.ground.root())) {
            Ok(watch) => watch,
            Err(error) => {
                let folder = self.ground.root().display();
                let message = format!("{folder} cannot be watched for changes: {error}");
                return self.ground.notice(NoticeLevel::Error, message);
            }
        };
        self.watch(watch).await;
    }

    async fn watch(self, mut watch: Watch) {
        let (rows, mut told) = mpsc::channel(WAITING_ROWS);
        let mut upkeep = self.upkeep(rows);
        let mut is_first = true;
        loop {
            if let Some((upkeep, at_once)) = &mut upkeep
                && self.renders_eager()
            {
                upkeep.begin(*at_once);
            }
            let ended = async {
                match &mut upkeep {
                    Some((upkeep, _)) => upkeep.ended().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                report = watch.next() => match report {
                    Some(Report::Changes(changes)) => {
                        upkeep = self.changed(changes, is_first, upkeep).await;
                        is_first = false;
                    }
                    Some(Report::Trouble(trouble)) => {
                        self.ground.notice(NoticeLevel::Warning, sentence(&trouble.to_string()));
                    }
                    None => return,
                },
                Some(row) = told.recv() => self.row(row).await,
                () = ended => {}
                () = tokio::time::sleep(LOOK_AT_SETTINGS) => {}
            }
        }
    }

    /// The rendering of eager generators, and how many assets at once.
    fn upkeep(&self, rows: mpsc::Sender<Row>) -> Option<(Upkeep, usize)> {
        let engine = self.ground.engine().ok()?.clone();
        self.ground.may_write().ok()?;
        let at_once = engine.snapshot().workers.len() + 2;
        let (store, root) = (self.ground.store().clone(), self.ground.root());
        Some((Upkeep::new(engine, store, root, BATCH, rows), at_once))
    }

    fn renders_eager(&self) -> bool {
        self.studio.upgrade().is_some_and(|studio| studio.person().settings().render_eager)
    }

    async fn changed(
        &self,
        changes: Vec<Change>,
        is_first: bool,
        upkeep: Option<(Upkeep, usize)>,
    ) -> Option<(Upkeep, usize)> {
        let (library, documents) = (self.library.clone(), self.documents.clone());
        let taken_in = blocking(move || {
            library.changed(&changes, is_first);
            documents.changed(&paths(&changes));
            upkeep.map(|(mut upkeep, at_once)| {
                // The documents show what is wrong with presets.
                upkeep.changed(changes);
                (upkeep, at_once)
            })
        });
        taken_in.await.ok().flatten()
    }

    /// What was rendered is noticed where it is kept; what could not be is said here.
    async fn row(&self, row: Row) {
        if row.status != Status::Failed {
            return;
        }
        let path = Path::new(&row.source).strip_prefix(self.ground.root()).ok();
        let Some(id) = path.and_then(|path| self.library.by_place(path)) else { return };
        let Some(workspace) = self.workspace.upgrade() else { return };
        // Only the program's end keeps it from being noted.
        let _ = blocking(move || workspace.previews.failed(&workspace, id, &row)).await;
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
