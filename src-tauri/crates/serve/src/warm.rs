//! Renders what a list of URLs asks for, in the background: eager work, which on-demand work passes.

use std::{sync::Arc, time::SystemTime};

use cropmark_engine::{BatchId, Class, render::Purpose};
use hyper::{StatusCode, Uri};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    address,
    foreign::ForeignUrl,
    negotiation::Negotiation,
    refusal::Refusal,
    resolve::{Address, blocking},
    shared::Shared,
    warm_list::WarmList,
};

/// How many URLs are worked on at once; each has some files open.
const AT_ONCE: usize = 16;

/// The most failures that are told one by one.
const MOST_TOLD: usize = 5;

/// What became of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WarmSummary {
    /// Pictures that were rendered.
    pub rendered: usize,
    /// Pictures that were there already.
    pub kept: usize,
    /// URLs that give no picture.
    pub failed: usize,
    /// The first of them, each with its reason.
    pub failures: Vec<String>,
}

/// Works through a list until `stop` is true.
pub(crate) async fn warm(
    shared: Arc<Shared>,
    list: WarmList,
    mut stop: watch::Receiver<bool>,
) -> Option<WarmSummary> {
    let batch = shared.engine.new_batch();
    let (mut summary, mut urls, mut tasks) =
        (WarmSummary::default(), list.urls.into_iter(), JoinSet::new());
    loop {
        for url in urls.by_ref().take(AT_ONCE - tasks.len()) {
            tasks.spawn(one(Arc::clone(&shared), url, batch));
        }
        let ended = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return None,
            ended = tasks.join_next() => ended,
        };
        match ended {
            None => return Some(summary),
            Some(Ok((_, Ok(true)))) => summary.kept += 1,
            Some(Ok((_, Ok(false)))) => summary.rendered += 1,
            Some(Ok((url, Err(refusal)))) => {
                summary.failed += 1;
                if summary.failures.len() < MOST_TOLD {
                    summary.failures.push(format!("{url}: {}", refusal.message));
                }
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "a URL was not warmed");
                summary.failed += 1;
            }
        }
    }
}

/// Renders what a URL asks for; returns whether it was there already.
async fn one(shared: Arc<Shared>, url: String, batch: BatchId) -> (String, Result<bool, Refusal>) {
    let kept = shared.keep_rendered(&url, batch).await;
    (url, kept)
}

impl Shared {
    async fn keep_rendered(self: &Arc<Self>, url: &str, batch: BatchId) -> Result<bool, Refusal> {
        let uri: Uri = url
            .parse()
            .map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "This is no address."))?;
        let (name, address) = {
            let foreign = ForeignUrl::of(&self.settings, &uri);
            let name = foreign.as_ref().map_or_else(|| uri.path().into(), ForeignUrl::name);
            let address = match &foreign {
                Some(foreign) => foreign.read(None)?,
                None => Address::Generator(address::parts(uri.path())?),
            };
            (name, address)
        };
        let resolved = self.resolve(&name, Negotiation::default(), address, Class::Eager).await?;
        let (store, key) = (self.store.clone(), resolved.key);
        let is_kept =
            move || Ok(store.exact_variant(key, SystemTime::now()).is_ok_and(|it| it.is_some()));
        if blocking(is_kept).await? {
            return Ok(true);
        }
        self.render(resolved, Purpose::Files(batch)).await?;
        Ok(false)
    }
}
