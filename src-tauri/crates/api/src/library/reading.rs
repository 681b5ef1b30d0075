//! Looking into files: their content's hash and what a worker reads in their header.
//!
//! Every asset is looked into in the background, a few at a time, those on the screen first, and
//! at once when somebody needs it. What was found is kept in the store under the file's
//! fingerprint, so that it is found once.

use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use cropmark_engine::{
    Class,
    export::{asset_text, content_hash, open_source},
};
use cropmark_rules::{ContentHash, Fault, FaultCode, plan::AssetFacts, protocol::Header};
use cropmark_store::{AssetUpdate, Fingerprint, PictureBrief, Store};

use super::{
    Library,
    catalogue::{Entry, State, version},
    no_asset,
};
use crate::{ApiError, workspace::blocking};

/// Files that are looked into in the background at a time.
const READERS: usize = 4;

/// A file that was written to within this time may be written to again without its time
/// changing: disks count time in steps of up to two seconds.
const TOO_FRESH: Duration = Duration::from_secs(3);

/// An asset, open for reading, with all that plans must know of it.
#[derive(Debug, Clone)]
pub(crate) struct OpenAsset {
    /// Its number.
    pub(crate) id: u32,
    /// As [`crate::model::Asset::version`] was when it was opened.
    pub(crate) version: String,
    /// Open for reading.
    pub(crate) file: Arc<File>,
    /// Path, content, header and focal point.
    pub(crate) facts: AssetFacts,
    /// The file's length.
    pub(crate) bytes: u64,
    fingerprint: Fingerprint,
}

impl OpenAsset {
    /// Whether nobody has written to the file since it was read: what is kept under its
    /// content's hash must have been made from that content. Asks the disk.
    ///
    /// # Errors
    /// With [`FaultCode::SourceChanged`].
    pub(crate) fn unchanged(&self) -> Result<(), Fault> {
        let now = fingerprint(&self.file, self.fingerprint.path.clone())?;
        if now == self.fingerprint { Ok(()) } else { Err(changed()) }
    }
}

/// A file that was opened, and what is known of it already.
struct Opened {
    file: Arc<File>,
    fingerprint: Fingerprint,
    content: ContentHash,
    header: Option<Header>,
}

/// Why an asset could not be opened: as people see it, and whether it is a fault of the file.
enum Trouble {
    Gone,
    File(Option<Fingerprint>, Option<ContentHash>, Fault),
}

impl Library {
    /// Opens an asset, reading its content and header if that was not done before.
    ///
    /// # Errors
    /// `not_found` where there is none of this number, else why it cannot be read.
    pub(crate) async fn open_asset(&self, id: u32) -> Result<OpenAsset, ApiError> {
        self.read(id, Class::OnDemand)
            .await
            .map_err(|fault| fault.map_or_else(no_asset, Into::into))
    }

    /// As [`Library::open_asset`]; `None`: there is no such asset.
    pub(super) async fn read(&self, id: u32, class: Class) -> Result<OpenAsset, Option<Fault>> {
        let engine =
            self.inner.ground.engine().map_err(|error| Some(engine_fault(&error)))?.clone();
        let library = self.clone();
        let opened = blocking(move || library.open_file(id));
        let opened = match opened.await.map_err(|error| Some(engine_fault(&error)))? {
            Ok(opened) => opened,
            Err(Trouble::Gone) => return Err(None),
            Err(Trouble::File(fingerprint, content, fault)) => {
                self.failed(id, fingerprint, content, &fault);
                return Err(Some(fault));
            }
        };
        let Opened { file, fingerprint, content, header } = opened;
        let is_known = header.is_some();
        let header = match header {
            Some(header) => header,
            None => match engine.inspect(Arc::clone(&file), class).await {
                Ok(header) => header,
                Err(fault) => {
                    let (library, about) = (self.clone(), fingerprint.clone());
                    let keep = move || library.keep(&about, content, None);
                    let _ = blocking(keep).await;
                    self.failed(id, Some(fingerprint), Some(content), &fault);
                    return Err(Some(fault));
                }
            },
        };
        let (library, about, read) = (self.clone(), fingerprint.clone(), header.clone());
        let focal = blocking(move || library.learnt(id, &about, content, &read, is_known));
        let focal = focal.await.map_err(|error| Some(engine_fault(&error)))?;
        let facts = AssetFacts {
            path: asset_text(&fingerprint.path),
            content_hash: content,
            header,
            focal,
        };
        let (version, bytes) = (version(&fingerprint), fingerprint.size);
        Ok(OpenAsset { id, version, file, facts, bytes, fingerprint })
    }

    /// Opens a file and finds out what it holds, if that is not known. Blocks.
    fn open_file(&self, id: u32) -> Result<Opened, Trouble> {
        let entry = self.catalogue().get(id).cloned().ok_or(Trouble::Gone)?;
        let path = entry.fingerprint.path.clone();
        let fault = |fault| Trouble::File(None, None, fault);
        let file = open_source(&self.inner.ground.root().join(&path)).map_err(fault)?;
        let fingerprint = fingerprint(&file, path.clone()).map_err(fault)?;
        let entry = self.renew(id, entry, &fingerprint);
        if let Some(content) = entry.content {
            let known = stored(self.inner.ground.store(), &fingerprint);
            if let Some(header) = known.filter(|(known, _)| *known == content).map(|(_, it)| it) {
                return Ok(Opened { file, fingerprint, content, header: Some(header) });
            }
            return Ok(Opened { file, fingerprint, content, header: None });
        }
        if let Some((content, header)) = stored(self.inner.ground.store(), &fingerprint) {
            return Ok(Opened { file, fingerprint, content, header: Some(header) });
        }
        let fault = |fault| Trouble::File(Some(fingerprint.clone()), None, fault);
        let content: ContentHash = content_hash(&file).map_err(fault)?;
        let now = self::fingerprint(&file, path).map_err(fault)?;
        if now != fingerprint {
            return Err(Trouble::File(None, None, changed()));
        }
        Ok(Opened { file, fingerprint, content, header: None })
    }

    /// What was known of an asset does not count where its file is another now.
    fn renew(&self, id: u32, entry: Entry, fingerprint: &Fingerprint) -> Entry {
        if entry.fingerprint == *fingerprint {
            return entry;
        }
        let annotation = entry.annotation;
        let entry = Entry { annotation, ..Entry::new(fingerprint.clone()) };
        self.catalogue().put(entry.clone());
        self.inner.outbox.changed(id);
        self.inner.outbox.restated(id);
        entry
    }

    /// Keeps what was read, and tells it. Blocks. The focal point that people have set.
    fn learnt(
        &self,
        id: u32,
        fingerprint: &Fingerprint,
        content: ContentHash,
        header: &Header,
        is_known: bool,
    ) -> Option<cropmark_rules::value::Point> {
        let is_kept = is_known || self.keep(fingerprint, content, Some(header));
        let is_fresh = !is_known && is_fresh(fingerprint);
        let picture = PictureBrief::from(header);
        let mut catalogue = self.catalogue();
        let was = catalogue.get(id).map(|entry| matches!(entry.state, State::Ready(_)));
        let content = Some(content).filter(|_| !is_fresh);
        // A good header that is known from before says nothing against what was found since.
        let is_broken = is_known && catalogue.get(id).is_some_and(Entry::is_unreadable);
        let is_learnt =
            !is_broken && catalogue.learn(id, fingerprint, content, State::Ready(picture));
        if is_learnt && was == Some(false) {
            self.inner.outbox.changed(id);
        }
        let annotation = catalogue.get(id).map(|entry| entry.annotation.clone());
        drop(catalogue);
        if is_fresh && age(fingerprint).is_some() {
            let mut fresh = self.inner.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            fresh.push_back((Instant::now(), id));
        }
        let annotation = annotation.unwrap_or_default();
        if !is_known && is_kept && annotation == cropmark_store::Annotation::default() {
            return self.inherit(id, fingerprint);
        }
        annotation.focal
    }

    /// A file that is new takes over what people said about one with the same content: the store
    /// has seen to that, and it is shown here.
    fn inherit(&self, id: u32, fingerprint: &Fingerprint) -> Option<cropmark_rules::value::Point> {
        let stored = self.inner.ground.store().asset(&fingerprint.path).ok().flatten()?;
        if stored.annotation == cropmark_store::Annotation::default() {
            return None;
        }
        let focal = stored.annotation.focal;
        self.catalogue().get_mut(id)?.annotation = stored.annotation;
        self.inner.outbox.changed(id);
        focal
    }

    /// Keeps what was read in the store. Returns whether it could. Blocks.
    fn keep(
        &self,
        fingerprint: &Fingerprint,
        content: ContentHash,
        header: Option<&Header>,
    ) -> bool {
        if self.inner.ground.may_write().is_err() {
            return false;
        }
        let mut fingerprint = fingerprint.clone();
        if is_fresh(&fingerprint) {
            // No file has this number: the next time it is read again.
            fingerprint.inode = 0;
        }
        let update = AssetUpdate { fingerprint, content: Some(content), header: header.cloned() };
        let kept = self.inner.ground.store().update_assets(vec![update]);
        kept.inspect_err(|error| tracing::warn!(%error, "what was read of a file is not kept"))
            .is_ok()
    }

    fn failed(
        &self,
        id: u32,
        fingerprint: Option<Fingerprint>,
        content: Option<ContentHash>,
        fault: &Fault,
    ) {
        // The file is all right, or will be looked into again when it is quiet.
        if matches!(fault.code, FaultCode::Busy | FaultCode::SourceChanged) {
            return;
        }
        let mut catalogue = self.catalogue();
        let about = fingerprint.or_else(|| Some(catalogue.get(id)?.fingerprint.clone()));
        let Some(about) = about else { return };
        let is_fresh = is_fresh(&about);
        let content = content.filter(|_| !is_fresh);
        let was = catalogue.get(id).map(|entry| entry.state.clone());
        let is_news = !matches!(was, Some(State::Unreadable(before)) if before == *fault);
        if catalogue.learn(id, &about, content, State::Unreadable(fault.clone())) && is_news {
            self.inner.outbox.changed(id);
        }
    }

    /// A file that has a good header cannot be read further.
    pub(super) fn broken(&self, asset: &OpenAsset, fault: &Fault) {
        let content = Some(asset.facts.content_hash);
        self.failed(asset.id, Some(asset.fingerprint.clone()), content, fault);
    }

    /// Lets an asset be looked into in the background.
    pub(super) fn to_read(&self, count: usize) {
        self.inner.to_read.add_permits(count);
    }

    /// Looks into what waits for it, a few files at a time, and again into those that were too
    /// fresh.
    pub(super) fn read_in_background(&self) {
        let ground = &self.inner.ground;
        for _ in 0..READERS {
            let library = self.clone();
            ground.spawn(async move {
                // It is never closed.
                while let Ok(permit) = library.inner.to_read.acquire().await {
                    permit.forget();
                    let visible = library.visible();
                    let next = library.catalogue().take_unread(&visible);
                    if let Some(id) = next {
                        // The outcome stands in the catalogue.
                        let _ = library.read(id, Class::Eager).await;
                    }
                }
            });
        }
        let library = self.clone();
        ground.spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(500)).await;
                let due = library.take_settled();
                for id in &due {
                    library.catalogue().mark_unread(*id);
                }
                library.to_read(due.len());
            }
        });
    }

    fn take_settled(&self) -> Vec<u32> {
        let mut fresh = self.inner.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = fresh.iter().take_while(|(since, _)| since.elapsed() > TOO_FRESH).count();
        fresh.drain(..settled).map(|(_, id)| id).collect()
    }
}

/// What the store knows of the file with this fingerprint.
fn stored(store: &Store, fingerprint: &Fingerprint) -> Option<(ContentHash, Header)> {
    let asset = store.asset(&fingerprint.path).ok().flatten()?;
    let asset = Some(asset).filter(|asset| asset.fingerprint == *fingerprint)?;
    Some((asset.content?, asset.header?))
}

fn fingerprint(file: &File, path: PathBuf) -> Result<Fingerprint, Fault> {
    let metadata = file.metadata().map_err(|error| {
        let message = format!("It cannot be read ({error}). Check the disk that it is on.");
        Fault::new(FaultCode::Unreadable, message)
    })?;
    Ok(Fingerprint::of(path, &metadata))
}

/// Whether a file may be written to without this showing in its fingerprint.
fn is_fresh(fingerprint: &Fingerprint) -> bool {
    age(fingerprint).is_none_or(|age| age <= TOO_FRESH)
}

/// The time since a file was written to; `None` for files from the future, which are read again
/// each time that they are needed.
fn age(fingerprint: &Fingerprint) -> Option<Duration> {
    let modified = Duration::from_nanos(u64::try_from(fingerprint.mtime_ns).unwrap_or(0));
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH + modified).ok()
}

fn changed() -> Fault {
    let message = "The file changed while it was read. Try again when nobody writes to it.";
    Fault::new(FaultCode::SourceChanged, message)
}

/// Nothing can be looked into: no fault of the file's.
fn engine_fault(error: &ApiError) -> Fault {
    Fault::new(FaultCode::Busy, error.message.clone())
}
