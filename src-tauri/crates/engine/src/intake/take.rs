//! The steps from a path to an open source of which all is known that plans need.

use std::{fs::Metadata, io, path::PathBuf, sync::Arc};

use cropmark_rules::{ContentHash, Fault, FaultCode, plan::AssetFacts};
use cropmark_store::Fingerprint;

use super::cache::{Cache, KnownFile};
use crate::{
    Class, Engine,
    blocking::blocking,
    source::{
        open::{self, Source},
        signature::begins_as_image,
    },
};

/// Takes sources in.
#[derive(Debug, Clone)]
pub struct Intake {
    engine: Engine,
    cache: Option<Cache>,
}

/// The source to take in.
#[derive(Debug, Clone)]
pub struct IntakeRequest {
    /// The file.
    pub path: PathBuf,
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
    /// Path, content, header and focal point.
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
    /// Whether it was [passed over](Accepts::Images), which nobody need know of.
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
        Self { engine, cache }
    }

    /// Takes a source in. Dropping the future takes the request back.
    ///
    /// # Errors
    /// Where the file cannot be opened, is no image that workers read, or changed meanwhile.
    pub async fn take(&self, request: IntakeRequest) -> Result<KnownSource, IntakeError> {
        self.take_then(request, |known| known).await
    }

    /// Takes a source in, and works with it on the thread that finished it, which may wait.
    pub(crate) async fn take_then<T: Send + 'static>(
        &self,
        request: IntakeRequest,
        then: impl FnOnce(KnownSource) -> T + Send + 'static,
    ) -> Result<T, IntakeError> {
        let cache = self.cache.clone();
        let opened = blocking(move || {
            let Some((source, metadata)) = open(&request)? else { return Ok(Opened::PassedOver) };
            let known = cache.as_ref().and_then(|cache| {
                let path = request.known_as.clone().or_else(|| cache.path_below(&request.path))?;
                Some(cache.known(path, &metadata))
            });
            Ok(match known {
                Some(KnownFile { fingerprint, unchanged: Some((content, header)), focal }) => {
                    let path = request.asset;
                    Opened::Known(then(KnownSource {
                        source,
                        facts: AssetFacts { path, content_hash: content, header, focal },
                        fingerprint: Some(fingerprint),
                        was_known: true,
                        is_kept: true,
                    }))
                }
                known => Opened::New(Box::new(NewSource { source, known, request, then })),
            })
        });
        let NewSource { source, known, request, then } = match opened.await? {
            Opened::New(new) => *new,
            Opened::Known(result) => return Ok(result),
            Opened::PassedOver => {
                let fault = Fault::new(FaultCode::Unreadable, "It is no image.");
                return Err(IntakeError { fault, fingerprint: None, is_passed_over: true });
            }
        };
        let fingerprint = known.as_ref().map(|known| known.fingerprint.clone());
        let refused = {
            let fingerprint = fingerprint.clone();
            |fault| IntakeError { fault, fingerprint, is_passed_over: false }
        };
        // The header comes first, so that a file that is refused is not read in full.
        let header = match self.engine.inspect(Arc::clone(&source.file), request.class).await {
            Ok(header) => header,
            Err(fault) => return Err(refused(fault)),
        };
        let cache = self.cache.clone();
        let finished = blocking(move || {
            let IntakeRequest { path, asset, identity, .. } = request;
            let (mut content, mut is_kept) =
                (ContentHash::of(path.as_os_str().as_encoded_bytes()), false);
            if identity == ContentIdentity::Bytes {
                content = source.hash()?;
                source.unchanged()?;
                if let (Some(cache), Some(fingerprint)) = (&cache, &fingerprint) {
                    is_kept = cache.remember(fingerprint, content, &header);
                }
            }
            let focal = known.and_then(|known| known.focal);
            let facts = AssetFacts { path: asset, content_hash: content, header, focal };
            Ok(then(KnownSource { source, facts, fingerprint, was_known: false, is_kept }))
        });
        finished.await.map_err(refused)
    }
}

/// How far a source was taken in once it is open.
enum Opened<T, F> {
    /// It is none that is accepted.
    PassedOver,
    /// Content and header were known from before.
    Known(T),
    /// They are to be read.
    New(Box<NewSource<F>>),
}

/// An open source that is to be read.
struct NewSource<F> {
    source: Source,
    known: Option<KnownFile>,
    request: IntakeRequest,
    then: F,
}

fn open(request: &IntakeRequest) -> Result<Option<(Source, Metadata)>, Fault> {
    let only_images = request.accepts == Accepts::Images;
    let file = match open::open_nonblocking(&request.path) {
        Err(error) if only_images && error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| open::opening(&error))?,
    };
    if only_images {
        let metadata = file.metadata().map_err(|error| open::reading(&error))?;
        if !metadata.is_file() || metadata.len() == 0 || !begins_as_image(&file)? {
            return Ok(None);
        }
    }
    Source::from_file(file).map(Some)
}
