//! The steps from a path to an open source of which all is known that plans need.

use std::{
    fs::{File, Metadata},
    io,
    path::PathBuf,
    sync::Arc,
};

use cropmark_rules::{ContentHash, Fault, FaultCode, plan::AssetFacts, protocol::Header};
use cropmark_store::{Annotation, Fingerprint};

use super::cache::{Cache, KnownFile, ResolvedFolders};
use crate::{
    Class, Engine,
    blocking::blocking,
    source::{
        Found, asset_text,
        open::{self, Source},
        signature::begins_as_image,
        url::{Fetcher, RemoteUrl},
    },
};

/// Takes sources in.
#[derive(Debug, Clone)]
pub struct Intake {
    engine: Engine,
    cache: Option<Cache>,
    fetcher: Option<Fetcher>,
}

/// The source to take in.
#[derive(Debug, Clone)]
pub struct IntakeRequest {
    /// The file.
    pub path: PathBuf,
    /// The URL that it is fetched from, if it is no file here. The store knows none of these.
    pub remote: Option<RemoteUrl>,
    /// The path by which the store knows it; `None`: as its real path lies below the cache's base.
    pub known_as: Option<PathBuf>,
    /// The path that rules see, as [`asset_text`](crate::source::asset_text) makes it.
    pub asset: String,
    /// Who waits for it.
    pub class: Class,
    /// Which files are taken in.
    pub accepts: Accepts,
    /// How its content is identified.
    pub identity: ContentIdentity,
}

impl IntakeRequest {
    /// The request for a file that a search found, whatever it holds.
    #[must_use]
    pub fn of(found: &Found, class: Class, identity: ContentIdentity) -> Self {
        Self {
            path: found.path.clone(),
            remote: found.remote.clone(),
            known_as: None,
            asset: asset_text(&found.asset),
            class,
            accepts: Accepts::Everything,
            identity,
        }
    }
}

/// Which files are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// Every one: what is no image is a fault.
    Everything,
    /// Those that begin as images do; others, empty ones and those that are gone are passed over.
    Images,
}

/// How a source's content is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentIdentity {
    /// By the hash of its bytes.
    Bytes,
    /// By the hash of its path: enough where only names are compared. Nothing is remembered.
    Path,
}

/// A source that was taken in: open, with all that plans need. A clone is the same open file.
#[derive(Debug, Clone)]
pub struct KnownSource {
    /// The open file.
    pub source: Source,
    /// Path, content, header and what the user has set.
    pub facts: AssetFacts,
    /// The file's fingerprint; `None` where the store cannot know the file.
    pub fingerprint: Option<Fingerprint>,
    /// Whether content and header were known from before, so that nothing was read.
    pub was_known: bool,
    /// Whether the store has them now.
    pub is_kept: bool,
}

impl KnownSource {
    /// Takes an open source of which all was noted before.
    pub(crate) fn from_facts(source: Source, facts: AssetFacts) -> Self {
        Self { source, facts, fingerprint: None, was_known: true, is_kept: false }
    }
}

/// Why a source was not taken in.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{fault}")]
pub struct IntakeError {
    /// Why, for reports.
    pub fault: Fault,
    /// The file's fingerprint, if it could be opened and the store can know it.
    pub fingerprint: Option<Fingerprint>,
    /// Whether it was [passed over](Accepts::Images), and so has no row.
    pub is_passed_over: bool,
}

impl From<Fault> for IntakeError {
    fn from(fault: Fault) -> Self {
        Self { fault, fingerprint: None, is_passed_over: false }
    }
}

impl Intake {
    /// Takes sources in with this engine, and with what this cache knows.
    #[must_use]
    pub fn new(engine: Engine, cache: Option<Cache>) -> Self {
        Self { engine, cache, fetcher: None }
    }

    /// The same with sources by URL, which are fetched by this fetcher.
    #[must_use]
    pub fn fetching(self, fetcher: Fetcher) -> Self {
        Self { fetcher: Some(fetcher), ..self }
    }

    /// Fetches a source to its end.
    pub(crate) async fn fetch(&self, url: &RemoteUrl) -> Result<File, Fault> {
        self.fetcher()?.file(url).await
    }

    /// What fetches sources by URL.
    ///
    /// # Errors
    /// Where they are not allowed.
    pub(crate) fn fetcher(&self) -> Result<&Fetcher, Fault> {
        self.fetcher.as_ref().ok_or_else(|| {
            let message = "Sources by URL are not allowed here. Download it, and name the file.";
            Fault::new(FaultCode::Denied, message)
        })
    }

    /// Takes a source in. Dropping the future takes the request back.
    ///
    /// # Errors
    /// Where the file cannot be opened, is no image that workers read, or changed meanwhile.
    pub async fn take(&self, request: IntakeRequest) -> Result<KnownSource, IntakeError> {
        let taken = self.take_all(vec![request], |_, known| known).await.pop();
        taken.unwrap_or_else(|| Err(passed_over()))
    }

    /// Takes sources of one class in, and works with each and its number on a thread that may wait.
    /// They are opened together, one worker reads their headers, and they are remembered together.
    pub(crate) async fn take_all<T: Send + 'static>(
        &self,
        requests: Vec<IntakeRequest>,
        then: impl Fn(usize, KnownSource) -> T + Send + Sync + 'static,
    ) -> Vec<Result<T, IntakeError>> {
        let mut fetched = Vec::with_capacity(requests.len());
        for request in &requests {
            fetched.push(match &request.remote {
                Some(url) => Some(self.fetch(url).await),
                None => None,
            });
        }
        self.take_fetched(requests, fetched, then).await
    }

    /// As [`Intake::take_all`], with the files of those sources that were fetched.
    pub(crate) async fn take_fetched<T: Send + 'static>(
        &self,
        requests: Vec<IntakeRequest>,
        fetched: Vec<Option<Result<File, Fault>>>,
        then: impl Fn(usize, KnownSource) -> T + Send + Sync + 'static,
    ) -> Vec<Result<T, IntakeError>> {
        if requests.is_empty() {
            return Vec::new();
        }
        let (count, class) = (requests.len(), requests[0].class);
        let all = |fault: Fault| (0..count).map(|_| Err(fault.clone().into())).collect();
        let then = Arc::new(then);
        let (cache, with_known) = (self.cache.clone(), Arc::clone(&then));
        let opening = blocking(move || {
            let opened = open_all(cache.as_ref(), requests, fetched);
            let is_known = opened.iter().flatten().all(|opened| opened.facts.is_some());
            // What is known needs no worker.
            Ok(if is_known {
                Err(finish(cache.as_ref(), opened, &*with_known))
            } else {
                Ok(opened)
            })
        });
        let mut opened = match opening.await {
            Ok(Ok(opened)) => opened,
            Ok(Err(finished)) => return finished,
            Err(fault) => return all(fault),
        };
        // The header comes first, so that a file that is refused is not read in full.
        let is_new = |opened: &&mut Result<OpenSource, _>| {
            opened.as_ref().is_ok_and(|opened| opened.facts.is_none())
        };
        let new: Vec<_> = opened.iter_mut().filter(is_new).collect();
        let files = new.iter().flat_map(|new| new.as_ref().map(|new| Arc::clone(&new.source.file)));
        let headers = self.engine.inspect_all(files.collect(), class).await;
        for (opened, header) in new.into_iter().zip(headers) {
            let Ok(new) = &mut *opened else { continue };
            match header {
                Ok(header) => new.header = Some(header),
                Err(fault) => *opened = Err(new.refused(fault)),
            }
        }
        let cache = self.cache.clone();
        let finishing = blocking(move || Ok(finish(cache.as_ref(), opened, &*then)));
        finishing.await.unwrap_or_else(all)
    }
}

/// A source that is being taken in.
struct OpenSource {
    request: IntakeRequest,
    source: Source,
    /// `None` where the store cannot know the file.
    fingerprint: Option<Fingerprint>,
    /// What the user has set.
    annotation: Annotation,
    /// What its header says, where it is not known from before.
    header: Option<Header>,
    /// Content and header.
    facts: Option<(ContentHash, Header)>,
    was_known: bool,
}

impl OpenSource {
    fn refused(&self, fault: Fault) -> IntakeError {
        IntakeError { fault, fingerprint: self.fingerprint.clone(), is_passed_over: false }
    }

    /// Hashes the content, where it is not known.
    fn hashed(mut self) -> Result<Self, IntakeError> {
        let Some(header) = self.header.take() else { return Ok(self) };
        let path = self.request.path.as_os_str().as_encoded_bytes();
        let content = match self.request.identity {
            ContentIdentity::Path => Ok(ContentHash::of(path)),
            ContentIdentity::Bytes => {
                self.source.hash().and_then(|hash| self.source.unchanged().map(|()| hash))
            }
        };
        self.facts = Some((content.map_err(|fault| self.refused(fault))?, header));
        Ok(self)
    }

    /// What is to be remembered of it.
    fn news(&self) -> Option<(Fingerprint, ContentHash, Header)> {
        let is_new = !self.was_known && self.request.identity == ContentIdentity::Bytes;
        let (content, header) = self.facts.clone().filter(|_| is_new)?;
        Some((self.fingerprint.clone()?, content, header))
    }

    fn known(self, is_remembered: bool) -> Result<KnownSource, IntakeError> {
        let is_kept = self.was_known || is_remembered && self.news().is_some();
        let Self { request, source, fingerprint, annotation, facts, was_known, .. } = self;
        let Annotation { focal, crops, texts, faces, .. } = annotation;
        let (content_hash, header) = facts.ok_or_else(passed_over)?;
        let path = request.asset;
        let facts = AssetFacts { path, content_hash, header, focal, crops, texts, faces };
        Ok(KnownSource { source, facts, fingerprint, was_known, is_kept })
    }
}

/// Opens sources, and looks up what is known of them. May wait for the disk.
fn open_all(
    cache: Option<&Cache>,
    requests: Vec<IntakeRequest>,
    fetched: Vec<Option<Result<File, Fault>>>,
) -> Vec<Result<OpenSource, IntakeError>> {
    let mut folders = ResolvedFolders::new();
    let opened = requests.into_iter().zip(fetched).map(|(request, fetched)| {
        let opened = match fetched {
            Some(file) => Some(Source::fetched(file?)?),
            None => open(&request)?,
        };
        let (source, metadata) = opened.ok_or_else(passed_over)?;
        let cache = cache.filter(|_| request.remote.is_none());
        let known = cache.and_then(|cache| {
            let path = request.known_as.clone();
            let path = path.or_else(|| cache.path_below(&request.path, &mut folders))?;
            Some(cache.known(path, &metadata))
        });
        let (fingerprint, facts, annotation) = match known {
            Some(KnownFile { fingerprint, unchanged, annotation }) => {
                (Some(fingerprint), unchanged, annotation)
            }
            None => (None, None, Annotation::default()),
        };
        let (was_known, header) = (facts.is_some(), None);
        Ok(OpenSource { request, source, fingerprint, annotation, header, facts, was_known })
    });
    opened.collect()
}

/// Hashes what is new, remembers it, and works with each source. May wait for the disk.
fn finish<T>(
    cache: Option<&Cache>,
    opened: Vec<Result<OpenSource, IntakeError>>,
    then: impl Fn(usize, KnownSource) -> T,
) -> Vec<Result<T, IntakeError>> {
    let read: Vec<_> = opened.into_iter().map(|opened| opened?.hashed()).collect();
    let news: Vec<_> = read.iter().flatten().filter_map(OpenSource::news).collect();
    let is_remembered = !news.is_empty() && cache.is_some_and(|cache| cache.remember(news));
    let finished = read.into_iter().enumerate();
    finished.map(|(number, read)| Ok(then(number, read?.known(is_remembered)?))).collect()
}

fn passed_over() -> IntakeError {
    let fault = Fault::new(FaultCode::Unreadable, "It is no image.");
    IntakeError { fault, fingerprint: None, is_passed_over: true }
}

fn open(request: &IntakeRequest) -> Result<Option<(Source, Metadata)>, Fault> {
    let only_images = request.accepts == Accepts::Images;
    let file = match open::open_nonblocking(&request.path) {
        Err(error) if only_images && error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| open::opening(&error))?,
    };
    if only_images {
        let metadata = file.metadata().map_err(|error| open::reading(&error))?;
        if !metadata.is_file() || metadata.len() == 0 || !begins_as_image(&file, &request.path)? {
            return Ok(None);
        }
    }
    Source::from_file(file).map(Some)
}
