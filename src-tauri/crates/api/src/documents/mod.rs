//! The preset files of the open workspace as texts that are edited: read from the disk and
//! watched, changed by form or text, undone and redone, saved.
//!
//! Changes wait for their turn, and block; reads wait only while a text is parsed for the first
//! time. Commands run both on threads for blocking work. Only `disk` and `recovery` touch files.

mod change;
mod difference;
mod disk;
mod document;
mod encoding;
mod error;
mod history;
mod leaving;
mod lists;
mod recovery;
mod saving;
mod starters;
mod version;
mod watching;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cropmark_engine::presets::PresetSource;
use cropmark_store::Access;
use tokio::sync::{Notify, broadcast};

pub(crate) use change::{Direction, Stepped};
pub(crate) use error::DocumentError;
pub(crate) use history::{Change, HistoryEntry, MarksChange};

use self::{
    document::Document,
    history::History,
    recovery::{Recovery, Unsaved},
    version::Version,
};
use crate::{
    ApiError,
    context::{WorkspaceContext, blocking},
    error::sentence,
    model::{self, Event},
};

/// The time after a change until it is kept for the case of a crash.
const KEEPING_PAUSE: Duration = Duration::from_secs(1);

/// The folder of unsaved texts in `.cropmark/`.
const RECOVERY_FOLDER: &str = "unsaved";

/// The preset files of the open workspace. A cheap handle.
#[derive(Debug, Clone)]
pub(crate) struct Documents {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    recovery: Recovery,
    events: broadcast::Sender<Event>,
    /// Held by every change, from before it reads the state until its events are sent.
    turn: Mutex<()>,
    /// Locked for short accesses only.
    state: Mutex<State>,
    /// Wakes the task that keeps unsaved texts.
    unkept: Notify,
    /// Held by an undo or redo, also where assets are changed.
    stepping: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    documents: BTreeMap<String, Document>,
    history: History,
    reported_history: model::History,
    /// Counts all changes; texts take their numbers from it.
    revision: u32,
    /// The documents whose recovery files are out of date.
    unkept: BTreeSet<String>,
}

impl Documents {
    /// Opens the documents of a workspace; also returns notices about restored changes. Blocks. The
    /// preset files become known by [`Documents::changed`], or when they are requested.
    ///
    /// `elsewhere`: the folder for unsaved texts of workspaces that are read-only, each in a folder
    /// of its own.
    pub(crate) fn open(context: &WorkspaceContext, elsewhere: &Path) -> (Self, Vec<String>) {
        let (root, store) = (context.root(), context.store());
        let name = recovery::hash(&root.to_string_lossy());
        let own = Recovery::new(elsewhere.join(&name[..32]));
        let recovery = match store.access() {
            Access::Full => {
                let recovery = Recovery::new(store.layout().root().join(RECOVERY_FOLDER));
                // The workspace was read-only before.
                recovery.adopt(&own);
                recovery
            }
            Access::ReadOnly(_) => own,
        };
        let (documents, notices) = Self::of(root, recovery, context.event_sender());
        context.spawn(keep_unsaved(Arc::clone(&documents.inner)));
        (documents, notices)
    }

    /// Opens the documents below a folder; unsaved texts are kept in `recovery`.
    fn of(
        root: &Path,
        recovery: Recovery,
        events: broadcast::Sender<Event>,
    ) -> (Self, Vec<String>) {
        let inner = Inner {
            root: root.to_owned(),
            recovery,
            events,
            turn: Mutex::default(),
            state: Mutex::default(),
            unkept: Notify::new(),
            stepping: tokio::sync::Mutex::default(),
        };
        let documents = Self { inner: Arc::new(inner) };
        let notices = documents.recover();
        (documents, notices)
    }

    /// Keeps unsaved changes until the workspace is opened again. Blocks.
    pub(crate) fn close(&self) {
        let _turn = self.turn();
        self.inner.keep();
    }

    /// Returns the names of the known preset files, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        self.state().documents.keys().cloned().collect()
    }

    /// Rises with every change of any preset, and of the files that their overlays use.
    pub(crate) fn revision(&self) -> u64 {
        u64::from(self.state().revision)
    }

    /// Returns a preset with its unsaved changes; the same object as long as nothing of it
    /// changes. Blocks where it was not read yet.
    ///
    /// # Errors
    /// `not_found`; or why it cannot be read.
    pub(crate) fn preset(&self, file: &str) -> Result<Arc<PresetSource>, ApiError> {
        Ok(Arc::clone(self.version(file)?.preset()))
    }

    /// Adds a change of assets to the history. Entries of one gesture are undone together.
    pub(crate) fn record(&self, entry: HistoryEntry, gesture: Option<&str>) {
        self.state().history.record(entry, gesture);
        self.report_history();
    }

    /// Returns the overviews of all preset files, in order. Blocks.
    pub(crate) fn presets(&self) -> Vec<model::PresetFile> {
        let documents: Vec<_> = {
            let state = self.state();
            state.documents.iter().map(|(file, it)| (file.clone(), it.clone())).collect()
        };
        documents.iter().map(|(file, document)| document.overview(file)).collect()
    }

    /// Returns a document with its unsaved changes. Blocks.
    pub(crate) fn document(&self, file: &str) -> Result<model::Document, DocumentError> {
        let document = self.find(file)?;
        document.check(file)?;
        Ok(document.reply(file))
    }

    /// Waits until no other undo or redo is under way.
    pub(crate) async fn stepping(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.stepping.lock().await
    }

    fn version(&self, file: &str) -> Result<Arc<Version>, DocumentError> {
        let document = self.find(file)?;
        document.check(file)?;
        Ok(document.version)
    }

    /// Returns a document, which is read from the disk at first.
    fn find(&self, file: &str) -> Result<Document, DocumentError> {
        if let Some(document) = self.state().documents.get(file) {
            return Ok(document.clone());
        }
        let _turn = self.turn();
        self.read_again(file, &self.inner.root.join(file));
        self.report_changes(&[file.to_owned()]);
        let state = self.state();
        let document = state.documents.get(file).cloned();
        document.ok_or_else(|| DocumentError::NotFound { file: file.to_owned() })
    }

    /// Waits until no other change is under way.
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.inner.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state()
    }

    /// Sends events about changes of these documents and of the history.
    fn report_changes(&self, files: &[String]) {
        let mut lists_changed = false;
        for file in files {
            let Some(document) = self.state().documents.get(file).cloned() else {
                // Lists show that it was removed.
                lists_changed = true;
                continue;
            };
            let overview = document.overview(file);
            let mut mark = document.mark();
            let mut state = self.state();
            // A conflict, or its end, gets a new number for the same text, so that the window requests
            // the document again.
            if document
                .reported_mark
                .is_some_and(|reported| reported.is_new_state_of_the_same_text(mark))
            {
                mark.revision = state.next_revision();
            }
            let Some(current) = state.documents.get_mut(file) else { continue };
            current.revision = current.revision.max(mark.revision);
            lists_changed |= current.reported.as_deref() != Some(&overview);
            let text_changed = current.reported_mark.is_some_and(|reported| reported != mark);
            current.reported = Some(Arc::new(overview));
            current.reported_mark = Some(mark);
            let revision = current.revision;
            drop(state);
            if text_changed {
                self.send(Event::Document { file: file.clone(), revision });
            }
        }
        if lists_changed {
            self.send(Event::Presets {});
        }
        self.report_history();
    }

    fn report_history(&self) {
        let mut state = self.state();
        let labels = state.history.labels();
        if labels != state.reported_history {
            state.reported_history = labels.clone();
            // Sent while the state is locked, so that events come in the order of changes.
            self.send(Event::History(labels));
        }
    }

    fn send(&self, event: Event) {
        // Without listeners, the event is dropped.
        let _ = self.inner.events.send(event);
    }

    /// Restores the changes that were unsaved when the workspace was closed or the program crashed.
    fn recover(&self) -> Vec<String> {
        let recovery = &self.inner.recovery;
        let _turn = self.turn();
        let mut notices = Vec::new();
        for unsaved in recovery.load() {
            let file = unsaved.file.clone();
            if watching::preset_path(Path::new(&file)).as_deref() != Some(file.as_str()) {
                continue;
            }
            self.read_again(&file, &self.inner.root.join(&file));
            let mut state = self.state();
            if !state.bring_back(&self.inner.root, unsaved) {
                drop(state);
                recovery.forget(&file);
                continue;
            }
            notices.push(format!("Changes of {file} that were not saved are back."));
        }
        notices
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes or removes the recovery files that are out of date, and returns the documents whose
    /// changes could not be kept, with the reason. Only one at a time may do this.
    fn keep(&self) -> BTreeMap<String, String> {
        let recovery = &self.recovery;
        let mut failed = BTreeMap::new();
        let files = std::mem::take(&mut self.state().unkept);
        for file in files {
            let document = self.state().documents.get(&file).cloned();
            let Some(document) = document.filter(Document::is_dirty) else {
                recovery.forget(&file);
                continue;
            };
            let unsaved = Unsaved::new(&file, document.saved.as_deref(), document.version.raw());
            if let Err(error) = recovery.keep(&unsaved) {
                tracing::warn!(%file, %error, "unsaved changes could not be kept");
                failed.insert(file, sentence(&error.to_string()));
            }
        }
        // They are tried again with the next change, and before the workspace is closed.
        self.state().unkept.extend(failed.keys().cloned());
        failed
    }
}

/// Keeps unsaved texts a second after they changed, until the workspace is closed.
async fn keep_unsaved(inner: Arc<Inner>) {
    loop {
        inner.unkept.notified().await;
        tokio::time::sleep(KEEPING_PAUSE).await;
        let inner = Arc::clone(&inner);
        let kept = blocking(move || {
            let _turn = inner.turn.lock().unwrap_or_else(PoisonError::into_inner);
            inner.keep();
        });
        if kept.await.is_err() {
            return;
        }
    }
}

impl State {
    /// Returns the number of the next text.
    fn next_revision(&mut self) -> u32 {
        self.revision = self.revision.saturating_add(1);
        self.revision
    }
}

#[cfg(test)]
mod tests;
