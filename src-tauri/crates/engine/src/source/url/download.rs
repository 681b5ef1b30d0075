//! Receives a body into a spool: no more than is wanted, within the limits, resumed where the
//! connection breaks.

use std::{sync::Arc, time::Duration};

use cropmark_rules::{Fault, FaultCode};
use reqwest::{
    Response,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderName,
        HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE,
    },
};
use tempfile::NamedTempFile;
use tokio::time::{Instant, timeout};

use super::{
    client::{HttpClient, io_kind, of_status, silent},
    kept::{KeptFiles, Validators},
    limits::FetchLimits,
    location::RemoteUrl,
    spool::SpoolWriter,
};

/// How long a broken download waits before it is resumed, times the number of the attempt.
const PAUSE: Duration = Duration::from_millis(200);

/// A download under way.
pub(super) struct Download {
    pub(super) client: Arc<HttpClient>,
    pub(super) url: RemoteUrl,
    pub(super) limits: FetchLimits,
    pub(super) writer: SpoolWriter,
    /// What the response says about the body.
    pub(super) body: Body,
    /// The file with its name, where it is kept for later runs.
    pub(super) kept: Option<(KeptFiles, NamedTempFile)>,
}

/// What a response says about its body.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) length: Option<u64>,
    pub(super) validators: Validators,
}

/// Why no more bytes come.
enum Broken {
    /// The connection broke: the rest may still be had.
    Connection(Fault),
    /// For good.
    Final(Fault),
}

/// The headers that every request has.
pub(super) fn headers() -> HeaderMap {
    let images = HeaderValue::from_static("image/*,*/*;q=0.5");
    // The bytes of a picture are compressed already, and only plain ones can be resumed.
    HeaderMap::from_iter([
        (ACCEPT, images),
        (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
    ])
}

impl Body {
    /// Reads what a successful response says about its body.
    ///
    /// # Errors
    /// Where it is too large, or encoded.
    pub(super) fn of(response: &Response, limits: &FetchLimits) -> Result<Self, Fault> {
        let encoding = text(response, &CONTENT_ENCODING).unwrap_or_default().to_ascii_lowercase();
        if !matches!(encoding.trim(), "" | "identity") {
            let message = format!(
                "The server sends it compressed with {encoding:.20}, although it was asked not to. \
                 Have the server send pictures as they are."
            );
            return Err(Fault::new(FaultCode::Unsupported, message));
        }
        let length = response.content_length();
        if length.is_some_and(|length| length > limits.bytes) {
            return Err(too_large(limits));
        }
        let validators =
            Validators { etag: owned(response, &ETAG), modified: owned(response, &LAST_MODIFIED) };
        Ok(Self { length, validators })
    }
}

impl Download {
    /// Receives the body, and tells the readers how it ended.
    pub(super) async fn run(mut self, response: Response) {
        let end = self.receive_all(response).await;
        if end.is_ok()
            && let Some((kept, file)) = self.kept.take()
        {
            // Before the end is told: a file that gets a name looks changed to who has it open.
            kept.keep(&self.url, file, &self.body.validators, self.writer.hash());
        }
        self.writer.end(end);
    }

    async fn receive_all(&mut self, mut response: Response) -> Result<(), Fault> {
        let mut spent = Duration::ZERO;
        for attempt in 1.. {
            let fault = match self.receive(response, &mut spent).await {
                Ok(()) => return Ok(()),
                Err(Broken::Final(fault)) => return Err(fault),
                Err(Broken::Connection(fault)) => fault,
            };
            let Some(validator) = self.body.validators.strong() else { return Err(fault) };
            if attempt > self.limits.resumes {
                return Err(fault);
            }
            tracing::debug!(url = self.url.shown(), %fault, "a download is resumed");
            let since = Instant::now();
            tokio::time::sleep(PAUSE * attempt).await;
            let resumed = self.resume(&validator).await;
            spent += since.elapsed();
            match resumed {
                Ok(Some(next)) => response = next,
                Ok(None) => return Ok(()),
                Err(Broken::Final(fault)) => return Err(fault),
                // The first cause says more.
                Err(Broken::Connection(_)) => return Err(fault),
            }
        }
        Ok(())
    }

    /// Receives what one response brings.
    async fn receive(
        &mut self,
        mut response: Response,
        spent: &mut Duration,
    ) -> Result<(), Broken> {
        loop {
            if self.body.length == Some(self.writer.bytes()) {
                return Ok(());
            }
            if !self.writer.is_wanted().await {
                return Err(Broken::Final(nobody_reads()));
            }
            let left = self.limits.total.saturating_sub(*spent);
            let since = Instant::now();
            let chunk = tokio::select! {
                () = self.writer.is_left() => return Err(Broken::Final(nobody_reads())),
                chunk = timeout(self.limits.idle.min(left), response.chunk()) => chunk,
            };
            *spent += since.elapsed();
            match chunk {
                Err(_) if *spent >= self.limits.total => {
                    return Err(Broken::Final(too_slow(&self.limits)));
                }
                Err(_) => return Err(Broken::Connection(silent(&self.limits))),
                Ok(Err(error)) => return Err(Broken::Connection(self.cut_off(&error))),
                Ok(Ok(Some(bytes))) => self.take(&bytes).map_err(Broken::Final)?,
                Ok(Ok(None)) => match self.body.length {
                    Some(length) if self.writer.bytes() < length => {
                        return Err(Broken::Connection(self.short()));
                    }
                    _ => return Ok(()),
                },
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let after = self.writer.bytes() + bytes.len() as u64;
        if after > self.limits.bytes {
            return Err(too_large(&self.limits));
        }
        if self.body.length.is_some_and(|length| after > length) {
            let message = "The server sent more bytes than it had said. Try again.";
            return Err(Fault::new(FaultCode::Unreadable, message));
        }
        self.writer.write(bytes)
    }

    /// Requests the rest, of the same content; `None`: there is no rest.
    async fn resume(&self, validator: &HeaderValue) -> Result<Option<Response>, Broken> {
        let from = self.writer.bytes();
        let mut headers = headers();
        let range = HeaderValue::try_from(format!("bytes={from}-"));
        headers.insert(RANGE, range.map_err(|_| Broken::Connection(nobody_reads()))?);
        headers.insert(IF_RANGE, validator.clone());
        let response = self.client.get(&self.url, &headers).await.map_err(Broken::Connection)?;
        let range = text(&response, &CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes "));
        let changed = || Broken::Final(changed());
        match response.status().as_u16() {
            206 => {
                let begins = range.and_then(|range| range.split_once('-')?.0.parse().ok());
                let total = range.and_then(|range| range.rsplit_once('/')?.1.parse::<u64>().ok());
                let is_same_length = self.body.length.is_none_or(|length| Some(length) == total);
                let etag = owned(&response, &ETAG);
                let modified = owned(&response, &LAST_MODIFIED);
                let validators = &self.body.validators;
                let is_same = (etag.is_none() || etag == validators.etag)
                    && (modified.is_none() || modified == validators.modified);
                if begins != Some(from) || !is_same_length || !is_same {
                    return Err(changed());
                }
                Body::of(&response, &self.limits).map_err(Broken::Final)?;
                Ok(Some(response))
            }
            416 if range.and_then(|range| range.strip_prefix("*/")?.parse().ok()) == Some(from) => {
                // Without a length only this tells that all has come.
                if self.body.length.is_some_and(|length| length != from) {
                    return Err(changed());
                }
                Ok(None)
            }
            200 if owned(&response, &ETAG) == self.body.validators.etag => {
                Err(Broken::Connection(nobody_reads()))
            }
            200 | 416 => Err(changed()),
            _ => Err(Broken::Connection(of_status(response.status()))),
        }
    }

    fn short(&self) -> Fault {
        let (bytes, length) = (self.writer.bytes(), self.body.length);
        let of = length.map(|length| format!(" of {length}")).unwrap_or_default();
        let message = format!(
            "The download ended after {bytes}{of} bytes: the server closed the connection. Try \
             again."
        );
        Fault::new(FaultCode::Unreadable, message)
    }

    /// Why the connection broke.
    fn cut_off(&self, error: &reqwest::Error) -> Fault {
        use std::io::ErrorKind;
        let bytes = self.writer.bytes();
        match io_kind(error) {
            Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted) => {
                let message = format!(
                    "The server or the network reset the connection after {bytes} bytes. Try \
                     again."
                );
                Fault::new(FaultCode::Unreadable, message)
            }
            Some(ErrorKind::UnexpectedEof) | None => self.short(),
            Some(kind) => {
                let message =
                    format!("The download broke off after {bytes} bytes ({kind}). Try again.");
                Fault::new(FaultCode::Unreadable, message)
            }
        }
    }
}

fn text<'r>(response: &'r Response, name: &HeaderName) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok()
}

fn owned(response: &Response, name: &HeaderName) -> Option<String> {
    text(response, name).map(str::to_owned)
}

fn nobody_reads() -> Fault {
    Fault::new(FaultCode::Busy, "The download was given up before its end. Try again.")
}

fn changed() -> Fault {
    let message = "The file changed on the server while it was fetched. Try again.";
    Fault::new(FaultCode::SourceChanged, message)
}

fn too_slow(limits: &FetchLimits) -> Fault {
    let seconds = limits.total.as_secs_f64();
    let message = format!("It could not be fetched within {seconds} seconds. Try again.");
    Fault::new(FaultCode::Timeout, message)
}

fn too_large(limits: &FetchLimits) -> Fault {
    let bytes = limits.bytes;
    let message = format!(
        "The source has more than {} MiB, which is the limit for one that is fetched. Download it, \
         and name the file.",
        bytes >> 20
    );
    Fault::new(FaultCode::TooLarge, message)
}
