//! Fetches sources by their URLs.

use std::{
    fmt,
    fs::File,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use cropmark_rules::{Fault, FaultCode, Signature};
use reqwest::StatusCode;

use super::{
    client::{HttpClient, Lookup, of_status, system_lookup},
    download::{Body, Download, headers},
    hosts::AllowedHosts,
    kept::KeptFiles,
    limits::FetchLimits,
    location::RemoteUrl,
    spool::{HEAD_BYTES, Spool, spool},
};
use crate::{blocking::blocking, source::open};

/// Fetches sources by their URLs, from hosts that are allowed. A cheap handle.
#[derive(Clone)]
pub struct Fetcher {
    inner: Arc<Inner>,
}

struct Inner {
    hosts: AllowedHosts,
    limits: FetchLimits,
    folder: Option<PathBuf>,
    lookup: Lookup,
    /// Made for the first URL: reading the system's certificates takes some time.
    tools: OnceLock<Result<Tools, Fault>>,
}

#[derive(Clone)]
struct Tools {
    client: Arc<HttpClient>,
    kept: Option<KeptFiles>,
}

/// A source that is being fetched, or need not be.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// The server says that the file of an earlier run is still right.
    Kept(File),
    /// It is coming, and will have so many bytes, where the server says so.
    Arriving(Spool, Option<u64>),
}

/// A source that begins as an image.
#[derive(Debug)]
pub(crate) enum Begun {
    /// All of it is here, in a file that nobody writes to.
    Whole(File),
    /// It is coming, and a worker can decode it meanwhile.
    Arriving(ArrivingSource),
}

/// A source of which the head has come.
#[derive(Debug)]
pub(crate) struct ArrivingSource {
    pub(crate) spool: Spool,
    /// How many bytes it will have.
    pub(crate) bytes: u64,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fetcher").field("hosts", &self.inner.hosts).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// Fetches from these hosts. Downloads are kept in `folder`, which must be the user's own;
    /// without one, nothing is kept.
    #[must_use]
    pub fn new(hosts: AllowedHosts, limits: FetchLimits, folder: Option<PathBuf>) -> Self {
        Self::with_lookup(hosts, limits, folder, system_lookup())
    }

    pub(super) fn with_lookup(
        hosts: AllowedHosts,
        limits: FetchLimits,
        folder: Option<PathBuf>,
        lookup: Lookup,
    ) -> Self {
        let tools = OnceLock::new();
        Self { inner: Arc::new(Inner { hosts, limits, folder, lookup, tools }) }
    }

    /// Fetches a source to its end, and returns its file, which nobody writes to. What does not
    /// begin as an image is not fetched any further.
    ///
    /// # Errors
    /// Where the host is not allowed, the source cannot be fetched, or it is no image.
    pub async fn file(&self, url: &RemoteUrl) -> Result<File, Fault> {
        match self.begin(url).await? {
            Begun::Whole(file) => Ok(file),
            Begun::Arriving(source) => {
                source.spool.complete().await?;
                source.file()
            }
        }
    }

    /// Begins to fetch a source. One that no worker can decode meanwhile is fetched to its end.
    ///
    /// # Errors
    /// As of [`Fetcher::file`].
    pub(crate) async fn begin(&self, url: &RemoteUrl) -> Result<Begun, Fault> {
        let (spool, length) = match self.fetch(url).await? {
            Fetched::Kept(file) => return Ok(Begun::Whole(file)),
            Fetched::Arriving(spool, length) => (spool, length),
        };
        let signature = check_signature(&spool).await?;
        spool.want(u64::MAX);
        let is_early =
            matches!(signature, Signature::Known(format) if format.facts().decodes_early);
        let bytes = length.filter(|bytes| is_early && *bytes > HEAD_BYTES);
        let source = ArrivingSource { spool, bytes: bytes.unwrap_or_default() };
        if bytes.is_some() {
            source.spool.arrived(HEAD_BYTES - 1).await?;
            return Ok(Begun::Arriving(source));
        }
        source.spool.complete().await?;
        source.file().map(Begun::Whole)
    }

    /// Requests a source; returns once the response has begun.
    ///
    /// # Errors
    /// Where the host is not allowed, or the server does not send it.
    pub(crate) async fn fetch(&self, url: &RemoteUrl) -> Result<Fetched, Fault> {
        // What is refused is refused before anything is read or sent.
        self.inner.hosts.reach(url.url())?;
        let (inner, wanted) = (Arc::clone(&self.inner), url.clone());
        let prepared = blocking(move || {
            let tools = inner.tools.get_or_init(|| inner.tools()).clone()?;
            let found = tools.kept.as_ref().and_then(|kept| kept.find(&wanted));
            Ok((tools, found))
        });
        let (tools, found) = prepared.await?;
        let mut headers = headers();
        if let Some(found) = &found {
            headers.extend(found.validators.conditions());
        }
        let response = tools.client.get(url, &headers).await?;
        match (response.status(), found) {
            (StatusCode::NOT_MODIFIED, Some(found)) => return Ok(Fetched::Kept(found.file)),
            (StatusCode::OK, _) => {}
            (status, _) => return Err(of_status(status)),
        }
        let limits = self.inner.limits.clone();
        let body = Body::of(&response, &limits)?;
        let kept = tools.kept.map(|kept| kept.begin().map(|file| (kept, file)));
        let kept = kept.transpose().map_err(|error| no_room(&error))?;
        let file = match &kept {
            Some((_, file)) => file.as_file().try_clone(),
            None => tempfile::tempfile(),
        };
        let (writer, spool) = file.and_then(spool).map_err(|error| no_room(&error))?;
        let (url, length) = (url.clone(), body.length);
        let download = Download { client: tools.client, url, limits, writer, body, kept };
        tokio::spawn(download.run(response));
        Ok(Fetched::Arriving(spool, length))
    }
}

impl ArrivingSource {
    /// The file, with what has come so far.
    ///
    /// # Errors
    /// Where no descriptors are left.
    pub(crate) fn file(&self) -> Result<File, Fault> {
        self.spool.file().try_clone().map_err(|error| open::opening(&error))
    }
}

impl Inner {
    fn tools(&self) -> Result<Tools, Fault> {
        let client = HttpClient::new(self.hosts.clone(), self.limits.clone(), &self.lookup)?;
        let kept = self.folder.clone().and_then(|folder| {
            let opened = KeptFiles::open(folder);
            opened.map_err(|error| tracing::warn!(%error, "downloads are not kept")).ok()
        });
        Ok(Tools { client: Arc::new(client), kept })
    }
}

/// Checks by the first bytes that an image comes.
async fn check_signature(spool: &Spool) -> Result<Signature, Fault> {
    let mut start = vec![0; 16 << 10];
    let mut length = 0;
    while length < start.len() {
        match spool.read_at(&mut start[length..], length as u64).await? {
            0 => break,
            read => length += read,
        }
    }
    match Signature::of(&start[..length]) {
        Signature::NoImage(what) => Err(Fault::new(
            FaultCode::Unsupported,
            format!("{what} came from the server, no picture. Check the address."),
        )),
        Signature::Unknown => Err(Fault::new(
            FaultCode::Unreadable,
            "What came from the server is no picture of a kind that is known here. Check the \
             address.",
        )),
        signature => Ok(signature),
    }
}

fn no_room(error: &std::io::Error) -> Fault {
    let message = format!("There is no place for the download ({error}). Make room for it.");
    Fault::new(FaultCode::DiskFull, message)
}
