//! The preset files of the open workspace as texts that are edited: read from the disk and
//! watched, changed by form or text, undone and redone, saved.
//!
//! What changes something waits for its turn, and blocks; what only looks waits for nothing but
//! a text that is worked out for the first time. The commands run both where waiting holds up
//! nobody. Nothing but `disk` and `recovery` touches files.

mod change;
mod difference;
mod disk;
mod document;
mod encoding;
mod error;
mod history;
mod lists;
mod recovery;
mod saving;
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
pub(crate) use history::{Change, Entry, MarksChange};

use self::{
    document::Document,
    history::History,
    recovery::{Recovery, Unsaved},
    version::Version,
};
use crate::{
    ApiError,
    context::{WorkspaceContext, blocking},
    model::{self, Event},
};

/// How long after a change it is kept for the case of a crash.
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
    recovery: Option<Recovery>,
    events: broadcast::Sender<Event>,
    /// Held by whoever changes something, from before it looks until after it has told.
    turn: Mutex<()>,
    /// Held for moments only.
    state: Mutex<State>,
    /// There is something to be kept for the case of a crash.
    unkept: Notify,
    /// One undo or redo at a time, also of what is done elsewhere.
    stepping: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    documents: BTreeMap<String, Document>,
    history: History,
    told_history: model::History,
    /// Counts all changes; texts take their numbers from it.
    revision: u32,
    /// The documents whose recovery files are not as they should be.
    unkept: BTreeSet<String>,
}

impl Documents {
    /// Those of a workspace; and what the person should know: unsaved changes that are back.
    /// Blocks. The preset files become known by [`Documents::changed`], and one by one as they
    /// are asked for.
    pub(crate) fn open(context: &WorkspaceContext) -> (Self, Vec<String>) {
        let store = context.store();
        let recovery = match store.access() {
            Access::Full => Some(store.layout().root().join(RECOVERY_FOLDER)),
            Access::ReadOnly(_) => None,
        };
        let (documents, notices) = Self::of(context.root(), recovery, context.event_sender());
        if documents.inner.recovery.is_some() {
            context.spawn(keep_unsaved(Arc::clone(&documents.inner)));
        }
        (documents, notices)
    }

    /// Those below a folder, with a folder for unsaved texts if they are to be kept.
    fn of(
        root: &Path,
        recovery: Option<PathBuf>,
        events: broadcast::Sender<Event>,
    ) -> (Self, Vec<String>) {
        let inner = Inner {
            root: root.to_owned(),
            recovery: recovery.map(Recovery::new),
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

    /// Keeps what is not saved for the next time. Blocks.
    pub(crate) fn close(&self) {
        let _turn = self.turn();
        self.inner.keep();
    }

    /// The preset files that are known, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        self.state().documents.keys().cloned().collect()
    }

    /// Rises with every change of any preset, and of the files that their overlays use.
    pub(crate) fn revision(&self) -> u64 {
        u64::from(self.state().revision)
    }

    /// A preset as it is now, unsaved changes included; the same object as long as nothing of it
    /// changes. Blocks where it was not read yet.
    ///
    /// # Errors
    /// `not_found`; or why it cannot be read.
    pub(crate) fn preset(&self, file: &str) -> Result<Arc<PresetSource>, ApiError> {
        Ok(Arc::clone(self.version(file)?.preset()))
    }

    /// Remembers what was done to assets, so that it can be undone. Entries of one gesture are
    /// undone together.
    pub(crate) fn record(&self, entry: Entry, gesture: Option<&str>) {
        self.state().history.record(entry, gesture);
        self.tell_history();
    }

    /// For lists: all preset files, in order. Blocks.
    pub(crate) fn presets(&self) -> Vec<model::PresetFile> {
        let documents: Vec<_> = {
            let state = self.state();
            state.documents.iter().map(|(file, it)| (file.clone(), it.clone())).collect()
        };
        documents.iter().map(|(file, document)| document.overview(file)).collect()
    }

    /// A document as it is now. Blocks.
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

    /// A document, read now if it was not yet.
    fn find(&self, file: &str) -> Result<Document, DocumentError> {
        if let Some(document) = self.state().documents.get(file) {
            return Ok(document.clone());
        }
        let _turn = self.turn();
        self.look(file, &self.inner.root.join(file));
        self.tell(&[file.to_owned()]);
        let state = self.state();
        let document = state.documents.get(file).cloned();
        document.ok_or_else(|| DocumentError::NotFound { file: file.to_owned() })
    }

    /// Waits until nobody else changes something.
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.inner.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state()
    }

    /// Tells what is another now of these documents, and of the history.
    fn tell(&self, files: &[String]) {
        let mut lists_changed = false;
        for file in files {
            let Some(document) = self.state().documents.get(file).cloned() else {
                // It is gone, which lists show.
                lists_changed = true;
                continue;
            };
            let overview = document.overview(file);
            let mut mark = document.mark();
            let mut state = self.state();
            // A conflict, or its end, is news about the same text: it rises too, so that whoever
            // has this text knows to ask again.
            if document.told_mark.is_some_and(|told| told.is_news_of_the_same_text(mark)) {
                mark.revision = state.next_revision();
            }
            let Some(current) = state.documents.get_mut(file) else { continue };
            current.revision = current.revision.max(mark.revision);
            lists_changed |= current.told.as_deref() != Some(&overview);
            let text_changed = current.told_mark.is_some_and(|told| told != mark);
            current.told = Some(Arc::new(overview));
            current.told_mark = Some(mark);
            let revision = current.revision;
            drop(state);
            if text_changed {
                self.send(Event::Document { file: file.clone(), revision });
            }
        }
        if lists_changed {
            self.send(Event::Presets {});
        }
        self.tell_history();
    }

    fn tell_history(&self) {
        let mut state = self.state();
        let labels = state.history.labels();
        if labels != state.told_history {
            state.told_history = labels.clone();
            // Sent while it is held, so that two changes are told in their order.
            self.send(Event::History(labels));
        }
    }

    fn send(&self, event: Event) {
        // Nobody need listen.
        let _ = self.inner.events.send(event);
    }

    /// Brings back what was not saved when the workspace was last closed, or lost.
    fn recover(&self) -> Vec<String> {
        let Some(recovery) = &self.inner.recovery else { return Vec::new() };
        let _turn = self.turn();
        let mut notices = Vec::new();
        for unsaved in recovery.load() {
            let file = unsaved.file.clone();
            if watching::preset_path(Path::new(&file)).as_deref() != Some(file.as_str()) {
                continue;
            }
            self.look(&file, &self.inner.root.join(&file));
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

    /// Makes the recovery files what they should be. Only one at a time may do this.
    fn keep(&self) {
        let Some(recovery) = &self.recovery else { return };
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
            }
        }
    }
}

/// Keeps unsaved texts a moment after they changed, until the workspace is closed.
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
    /// The number of the next text.
    fn next_revision(&mut self) -> u32 {
        self.revision = self.revision.saturating_add(1);
        self.revision
    }
}

#[cfg(test)]
#[path = "documents_tests.rs"]
mod tests;
