//! Keeps a workspace's eager variants up to date: takes in what a watch reports, and renders what
//! is missing, a bounded number of assets at once.

use std::{
    collections::{BTreeSet, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use cropmark_store::Store;
use tokio::{sync::mpsc, task::JoinSet};

use super::{AssetEnd, Eager};
use crate::{
    BatchId, Engine, presets::PresetSource, render::keep::Keeper, run::Row, source::is_preset_name,
    watch::Change,
};

/// Assets under way for each that is rendered: the others are read, or are being kept.
const WAITING: usize = 4;

/// What is known of the workspace, what is to be rendered, and what is being rendered.
#[derive(Debug)]
pub struct EagerWatcher {
    engine: Engine,
    store: Store,
    root: PathBuf,
    batch: BatchId,
    rows: mpsc::Sender<Row>,
    presets: BTreeSet<PathBuf>,
    assets: BTreeSet<PathBuf>,
    keeper: Keeper,
    eager: Arc<Eager>,
    waiting: BTreeSet<PathBuf>,
    busy: HashSet<PathBuf>,
    running: JoinSet<(PathBuf, AssetEnd)>,
}

impl EagerWatcher {
    /// Nothing is known yet; a row a variant goes to `rows`. Must be called within a runtime.
    #[must_use]
    pub fn new(engine: Engine, store: Store, root: &Path, rows: mpsc::Sender<Row>) -> Self {
        let batch = engine.new_batch();
        let keeper = Keeper::start(store.clone());
        let (cloned, sender) = (engine.clone(), keeper.sender());
        let eager = Eager::new(cloned, store.clone(), root, batch, sender, Vec::new());
        Self {
            engine,
            store,
            root: root.to_owned(),
            batch,
            rows,
            keeper,
            presets: BTreeSet::new(),
            assets: BTreeSet::new(),
            eager: Arc::new(eager),
            waiting: BTreeSet::new(),
            busy: HashSet::new(),
            running: JoinSet::new(),
        }
    }

    /// Starts what may run, up to `WAITING` times this many assets at once, so that many are
    /// kept together. An asset is rendered by one task at a time. Must be called within a
    /// runtime.
    pub fn start(&mut self, at_once: usize) {
        while self.running.len() < at_once * WAITING {
            let next = self.waiting.iter().find(|asset| !self.busy.contains(*asset)).cloned();
            let Some(asset) = next else { return };
            self.waiting.remove(&asset);
            self.busy.insert(asset.clone());
            let (eager, rows) = (Arc::clone(&self.eager), self.rows.clone());
            self.running.spawn(async move {
                let end = eager.render(asset.clone(), rows).await;
                (asset, end)
            });
        }
    }

    /// Waits until an asset is done, for ever where none is being rendered. Safe to drop
    /// half-way, as in `select!`.
    pub async fn asset_done(&mut self) {
        match self.running.join_next().await {
            Some(Ok((asset, end))) => {
                self.busy.remove(&asset);
                if end == AssetEnd::SourceChanged && self.assets.contains(&asset) {
                    self.waiting.insert(asset);
                }
            }
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Some(Err(_)) => {}
            None => std::future::pending().await,
        }
    }

    /// Takes all work back and waits until none is left; what is being kept is kept whole.
    pub async fn stop(mut self) {
        self.engine.cancel(self.batch);
        self.running.shutdown().await;
        drop(self.eager);
        self.keeper.close().await;
    }

    /// Takes in changes that a watch reported. Where presets changed, they are read again, which blocks
    /// for a moment; returns what is wrong with them, as sentences.
    pub fn apply(&mut self, changes: Vec<Change>) -> Vec<String> {
        let files: Vec<PathBuf> = self.eager.files().collect();
        // A name with values in it may mean any file.
        let has_open_names = files.iter().any(|file| file.to_string_lossy().contains('{'));
        let mut is_new = false;
        for change in changes {
            match change {
                Change::Appeared(path) | Change::Changed(path) => {
                    is_new |= files.contains(&path);
                    is_new |= self.appeared(path);
                }
                Change::Gone(path) => {
                    is_new |= files.contains(&path);
                    is_new |= self.gone(&path);
                }
                Change::Renamed { from, to } => {
                    is_new |= files.contains(&from) || files.contains(&to);
                    is_new |= self.gone(&from);
                    is_new |= self.appeared(to);
                }
            }
        }
        let mut complaints = Vec::new();
        if is_new {
            complaints = self.read_presets();
            self.waiting.clone_from(&self.assets);
        } else if has_open_names {
            // Overlays' files are kept open; what is rendered from now on takes the new ones.
            // What is wrong was said before.
            self.read_presets();
        }
        complaints
    }

    /// Takes a file in; returns whether the rules may have changed.
    fn appeared(&mut self, path: PathBuf) -> bool {
        if path.file_name().is_some_and(is_preset_name) {
            self.presets.insert(path);
            return true;
        }
        self.waiting.insert(path.clone());
        self.assets.insert(path);
        false
    }

    /// Forgets a file; returns whether the rules may have changed.
    fn gone(&mut self, path: &Path) -> bool {
        self.waiting.remove(path);
        self.assets.remove(path);
        self.presets.remove(path)
    }

    fn read_presets(&mut self) -> Vec<String> {
        let (mut presets, mut complaints) = (Vec::new(), Vec::new());
        for path in &self.presets {
            match PresetSource::read(&self.root.join(path)) {
                Ok(preset) => presets.push(preset),
                Err(error) => complaints.push(error.to_string()),
            }
        }
        for preset in &presets {
            let path = preset.path().display().to_string();
            complaints.extend(preset.problems().iter().map(|problem| problem.located(&path)));
        }
        let (engine, store) = (self.engine.clone(), self.store.clone());
        let sender = self.keeper.sender();
        let eager = Eager::new(engine, store, &self.root, self.batch, sender, presets);
        if eager.generators() == 0 {
            let message = "no generator is marked with eager = true, so that none is rendered";
            complaints.push(message.to_owned());
        }
        self.eager = Arc::new(eager);
        complaints
    }
}
