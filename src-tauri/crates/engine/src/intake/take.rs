//! The steps from a path to an open source of which all is known that plans need.

use std::{fs::Metadata, io, path::PathBuf, sync::Arc};

use cropmark_rules::{ContentHash, Fault, FaultCode, plan::AssetFacts, protocol::Header};
use cropmark_store::Fingerprint;

use super::cache::{Cache, KnownFile, ResolvedFolders};
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
        let taken = self.take_all(vec![request], |_, known| known).await.pop();
        taken.unwrap_or_else(|| Err(passed_over()))
    }

    /// Takes sources in, and works with each and its number on a thread that may wait. They are
    /// opened together, and remembered together once all their headers have come.
    pub(crate) async fn take_all<T: Send + 'static>(
        &self,
        requests: Vec<IntakeRequest>,
        then: impl Fn(usize, KnownSource) -> T + Send + Sync + 'static,
    ) -> Vec<Result<T, IntakeError>> {
        if requests.is_empty() {
            return Vec::new();
        }
        let count = requests.len();
        let all = |fault: Fault| (0..count).map(|_| Err(fault.clone().into())).collect();
        let then = Arc::new(then);
        let (cache, with_known) = (self.cache.clone(), Arc::clone(&then));
        let opening = blocking(move || {
            let mut folders = ResolvedFolders::new();
            let opened = requests.into_iter().enumerate().map(|(number, request)| {
                let opened = look_up(cache.as_ref(), &mut folders, request);
                opened.map(|opened| opened.map_known(|known| with_known(number, known)))
            });
            Ok(opened.collect::<Vec<_>>())
        });
        let opened = match opening.await {
            Ok(opened) => opened,
            Err(fault) => return all(fault),
        };
        // The header comes first, so that a file that is refused is not read in full.
        let requested = opened.into_iter().map(|opened| match opened {
            Ok(Opened::New(new)) => {
                let file = Arc::clone(&new.source.file);
                let header = self.engine.request_header(file, new.request.class);
                Ok(Opened::New((new, header)))
            }
            Ok(Opened::Known(known)) => Ok(Opened::Known(known)),
            Err(error) => Err(error),
        });
        let requested: Vec<_> = requested.collect();
        let mut read = Vec::with_capacity(count);
        for requested in requested {
            read.push(match requested {
                Ok(Opened::New((new, header))) => match header.header().await {
                    Ok(header) => Ok(Opened::New((new, header))),
                    Err(fault) => Err(new.refused(fault)),
                },
                Ok(Opened::Known(known)) => Ok(Opened::Known(known)),
                Err(error) => Err(error),
            });
        }
        if !read.iter().any(|read| matches!(read, Ok(Opened::New(_)))) {
            let known = |read| match read {
                Ok(Opened::Known(known)) => Ok(known),
                Ok(Opened::New(_)) => Err(passed_over()),
                Err(error) => Err(error),
            };
            return read.into_iter().map(known).collect();
        }
        let cache = self.cache.clone();
        let finished = blocking(move || {
            let read: Vec<_> = read.into_iter().map(|read| read.and_then(hashed)).collect();
            let new = read.iter().filter_map(|read| match read {
                Ok(Opened::New(new)) => new.to_remember(),
                _ => None,
            });
            let is_kept = cache.is_some_and(|cache| cache.remember(new.collect()));
            let finished = read.into_iter().enumerate().map(|(number, read)| match read? {
                Opened::Known(known) => Ok(known),
                Opened::New(new) => Ok(then(number, new.known(is_kept))),
            });
            Ok(finished.collect())
        });
        finished.await.unwrap_or_else(all)
    }
}

/// How far a source was taken in once it is open.
enum Opened<T, N> {
    /// Content and header were known from before.
    Known(T),
    /// They are to be read.
    New(N),
}

impl<T, N> Opened<T, N> {
    fn map_known<U>(self, map: impl FnOnce(T) -> U) -> Opened<U, N> {
        match self {
            Self::Known(known) => Opened::Known(map(known)),
            Self::New(new) => Opened::New(new),
        }
    }
}

/// An open source that is to be read.
struct NewSource {
    source: Source,
    known: Option<KnownFile>,
    request: IntakeRequest,
}

impl NewSource {
    fn refused(&self, fault: Fault) -> IntakeError {
        let fingerprint = self.known.as_ref().map(|known| known.fingerprint.clone());
        IntakeError { fault, fingerprint, is_passed_over: false }
    }
}

/// A source that was read.
struct ReadSource {
    new: NewSource,
    header: Header,
    content: ContentHash,
}

impl ReadSource {
    fn to_remember(&self) -> Option<(Fingerprint, ContentHash, Header)> {
        let known = self.new.known.as_ref();
        let known = known.filter(|_| self.new.request.identity == ContentIdentity::Bytes)?;
        Some((known.fingerprint.clone(), self.content, self.header.clone()))
    }

    fn known(self, is_kept: bool) -> KnownSource {
        let is_kept = is_kept && self.to_remember().is_some();
        let Self { new: NewSource { source, known, request }, header, content } = self;
        let focal = known.as_ref().and_then(|known| known.focal);
        let facts = AssetFacts { path: request.asset, content_hash: content, header, focal };
        let fingerprint = known.map(|known| known.fingerprint);
        KnownSource { source, facts, fingerprint, was_known: false, is_kept }
    }
}

/// Hashes the content of a new source. May wait for the disk.
fn hashed<T>(read: Opened<T, (NewSource, Header)>) -> Result<Opened<T, ReadSource>, IntakeError> {
    let (new, header) = match read {
        Opened::Known(known) => return Ok(Opened::Known(known)),
        Opened::New(new) => new,
    };
    let path = new.request.path.as_os_str().as_encoded_bytes();
    let content = match new.request.identity {
        ContentIdentity::Path => ContentHash::of(path),
        ContentIdentity::Bytes => {
            let hashed = new.source.hash().and_then(|hash| new.source.unchanged().map(|()| hash));
            hashed.map_err(|fault| new.refused(fault))?
        }
    };
    Ok(Opened::New(ReadSource { new, header, content }))
}

/// Opens a source, and looks up what is known of it. May wait for the disk.
fn look_up(
    cache: Option<&Cache>,
    folders: &mut ResolvedFolders,
    request: IntakeRequest,
) -> Result<Opened<KnownSource, NewSource>, IntakeError> {
    let (source, metadata) = open(&request)?.ok_or_else(passed_over)?;
    let known = cache.and_then(|cache| {
        let path = request.known_as.clone();
        let path = path.or_else(|| cache.path_below(&request.path, folders))?;
        Some(cache.known(path, &metadata))
    });
    Ok(match known {
        Some(KnownFile { fingerprint, unchanged: Some((content_hash, header)), focal }) => {
            let facts = AssetFacts { path: request.asset, content_hash, header, focal };
            let fingerprint = Some(fingerprint);
            Opened::Known(KnownSource {
                source,
                facts,
                fingerprint,
                was_known: true,
                is_kept: true,
            })
        }
        known => Opened::New(NewSource { source, known, request }),
    })
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
        if !metadata.is_file() || metadata.len() == 0 || !begins_as_image(&file)? {
            return Ok(None);
        }
    }
    Source::from_file(file).map(Some)
}
