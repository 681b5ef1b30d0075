//! Thumbnails: made on demand, a bounded number at a time, those on the screen first.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cropmark_rules::{Fault, FaultCode, protocol::Header};
use cropmark_store::{PictureBrief, VariantBytes};
use tokio::{
    sync::{Notify, oneshot},
    task::JoinSet,
};

use super::{
    Library,
    catalogue::State,
    pictures::Recipe,
    requests::{Answer, Request, Requests},
};
use crate::{ApiError, Picture, PictureError, context::blocking};

/// How long a running thumbnail may continue after its tile left the screen: stopping a worker
/// costs more.
const GRACE: Duration = Duration::from_millis(300);

/// The requests, and the signal that there is a new one.
#[derive(Debug, Default)]
pub(super) struct Thumbnails {
    requests: Mutex<Requests>,
    wake: Notify,
}

impl Thumbnails {
    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Library {
    /// A small picture of an asset, at most `pixels` on its longer side.
    pub(crate) async fn thumbnail(&self, asset: u32, version: &str, pixels: u32) -> Answer {
        let entry = self.catalogue().get(asset).cloned().ok_or(PictureError::NotFound)?;
        if entry.version() != version {
            return Err(PictureError::NotFound);
        }
        if let State::Unreadable(fault) = entry.state {
            return Err(PictureError::Failed(fault.message));
        }
        let screens = self.inner.thumbnails.requests().screens();
        // A kept thumbnail needs neither the file nor a worker.
        if let (Some(content), State::Ready(picture)) = (entry.content, &entry.state) {
            let key = Recipe::thumbnail(picture, pixels).key(content);
            let library = self.clone();
            let kept = blocking(move || library.kept(key)).await.ok().flatten();
            if let Some(kept) = kept {
                return Ok(picture_of(kept));
            }
        }
        let request = Request { asset, version: version.to_owned(), pixels };
        let (waiter, answer) = oneshot::channel();
        self.inner.thumbnails.requests().add(request, screens, waiter);
        self.inner.thumbnails.wake.notify_one();
        answer.await.unwrap_or(Err(PictureError::Gone))
    }

    /// Sets the assets that are on the screen, the most important first.
    pub(crate) fn set_visible(&self, assets: Vec<u32>) {
        let running = self.inner.thumbnails.requests().show(&assets);
        *self.inner.visible.lock().unwrap_or_else(PoisonError::into_inner) = assets.into();
        if !running.is_empty() {
            let library = self.clone();
            self.inner.context.spawn(async move {
                tokio::time::sleep(GRACE).await;
                library.inner.thumbnails.requests().stop_abandoned(&running);
            });
        }
    }

    /// Makes requested thumbnails until the workspace is closed.
    pub(super) async fn make_thumbnails(self) {
        let Ok(engine) = self.inner.context.engine().cloned() else {
            return;
        };
        let mut tasks = JoinSet::new();
        loop {
            // As many as can run, and one that is prepared meanwhile. The rest stays in the queue,
            // where its order can still change.
            let most = engine.snapshot().workers.len().max(1) + 1;
            while tasks.len() < most {
                let Some(request) = self.inner.thumbnails.requests().take_next() else { break };
                let answering = Answering { library: self.clone(), request: request.clone() };
                let abort = tasks.spawn(async move {
                    let outcome = answering.library.make(&answering.request).await;
                    answering.answer(&outcome);
                });
                self.inner.thumbnails.requests().started(&request, abort);
            }
            tokio::select! {
                () = self.inner.thumbnails.wake.notified() => {}
                Some(_) = tasks.join_next() => {}
            }
        }
    }

    async fn make(&self, request: &Request) -> Answer {
        let opened = self.open_asset(request.asset).await.map_err(|error| failed(&error))?;
        if opened.version != request.version {
            return Err(PictureError::NotFound);
        }
        let picture = PictureBrief::from(&opened.facts().header);
        let recipe = Recipe::thumbnail(&picture, request.pixels);
        match self.render(&opened, &recipe, false).await {
            Ok(rendered) => Ok(picture_of(rendered)),
            Err(fault) => {
                // Its header is valid, its pixels are not: its tile shows why.
                if is_final(&fault) {
                    self.damaged(&opened, &fault);
                }
                Err(PictureError::Failed(fault.message))
            }
        }
    }

    /// A faithful picture of an asset, at most `pixels` on its longer side; 0: in full size.
    pub(crate) async fn original(&self, asset: u32, version: &str, pixels: u32) -> Answer {
        self.picture(asset, version, |header| Recipe::original(header, pixels)).await
    }

    /// A lossless picture of an asset, at most `pixels` on its longer side; 0: in full size.
    pub(crate) async fn lossless(&self, asset: u32, version: &str, pixels: u32) -> Answer {
        self.picture(asset, version, |header| Recipe::lossless(header, pixels)).await
    }

    async fn picture(
        &self,
        asset: u32,
        version: &str,
        recipe: impl FnOnce(&Header) -> Recipe,
    ) -> Answer {
        let known = self.catalogue().get(asset).map(super::catalogue::CatalogueEntry::version);
        if known.as_deref() != Some(version) {
            return Err(PictureError::NotFound);
        }
        let opened = self.open_asset(asset).await.map_err(|error| failed(&error))?;
        if opened.version != version {
            return Err(PictureError::NotFound);
        }
        let recipe = recipe(&opened.facts().header);
        let rendered = self.render(&opened, &recipe, true).await;
        rendered.map(picture_of).map_err(|fault| PictureError::Failed(fault.message))
    }
}

/// A running request, which is answered even if its task panics.
struct Answering {
    library: Library,
    request: Request,
}

impl Answering {
    fn answer(&self, outcome: &Answer) {
        self.library.inner.thumbnails.requests().finish(&self.request, outcome);
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        // A stopped request has left the queue already, and may have been added again.
        if std::thread::panicking() {
            self.answer(&Err(PictureError::Failed("The program has a fault.".to_owned())));
        }
    }
}

/// Whether trying again would give the same fault.
fn is_final(fault: &Fault) -> bool {
    !matches!(
        fault.code,
        FaultCode::Busy | FaultCode::SourceChanged | FaultCode::DiskFull | FaultCode::Denied
    )
}

fn failed(error: &ApiError) -> PictureError {
    if error.code == "not_found" {
        return PictureError::NotFound;
    }
    PictureError::Failed(error.message.clone())
}

fn picture_of(found: VariantBytes) -> Picture {
    let mime = found.rendered.format.facts().media_type;
    Picture { mime, bytes: found.bytes, immutable: true }
}
