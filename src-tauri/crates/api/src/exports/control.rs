//! Requests of the window about one run: its rows, its course, its report.

use std::path::PathBuf;

use cropmark_engine::run::RunRecord;
use cropmark_store::RunId;

use super::{Exports, Open, refused, report, retry_selection};
use crate::{
    ApiError,
    context::blocking,
    model::{RetryArguments, Rows, RowsArguments, RunInfo},
};

impl Exports {
    /// Some rows of a run's report.
    pub(crate) async fn rows(&self, wanted: RowsArguments) -> Result<Rows, ApiError> {
        let info = self.info(RunId(wanted.id)).await?;
        let context = self.inner.context.clone();
        let rows =
            blocking(move || report::page(context.store(), context.root(), wanted)).await??;
        let ended = info.rendered + info.cached + info.skipped + info.failed;
        let known = info.total.unwrap_or(ended);
        // While a run is planned, there are at least those that are listed.
        let listed = wanted.offset.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let total = if wanted.failed { info.failed } else { known.max(listed) };
        Ok(Rows { total, rows })
    }

    /// Pauses a run, and returns when its last file is written.
    pub(crate) async fn pause(&self, id: i64) -> Result<RunInfo, ApiError> {
        if let Some(Open { run, .. }) = self.find(RunId(id)) {
            run.pause();
            run.rested().await;
        }
        self.info(RunId(id)).await
    }

    /// Continues a run that is paused or was interrupted.
    pub(crate) async fn resume(&self, id: i64) -> Result<RunInfo, ApiError> {
        self.open_run(RunId(id)).await?.run.resume().await;
        self.info(RunId(id)).await
    }

    /// Ends a run; the files that are written stay.
    pub(crate) async fn cancel(&self, id: i64) -> Result<RunInfo, ApiError> {
        self.open_run(RunId(id)).await?.run.cancel().await;
        self.info(RunId(id)).await
    }

    /// Tries the given failed rows again, or all that another try can help.
    pub(crate) async fn retry(
        &self,
        RetryArguments { id, positions }: RetryArguments,
    ) -> Result<RunInfo, ApiError> {
        let id = RunId(id);
        let open = self.open_run(id).await?;
        let selected = if positions.is_empty() {
            let store = self.inner.context.store().clone();
            blocking(move || retry_selection::select(&store, id)).await??
        } else {
            Some(positions)
        };
        if selected.as_ref().is_none_or(|selected| !selected.is_empty()) {
            open.run.retry(selected).await.map_err(refused)?;
            open.run.resume().await;
        }
        self.info(id).await
    }

    /// Removes a run from the list; one that is not over is cancelled.
    pub(crate) async fn forget(&self, id: i64) -> Result<(), ApiError> {
        self.inner.context.may_write()?;
        let open = self.open().remove(&id);
        if let Some(Open { run, .. }) = open {
            run.cancel().await;
            run.close().await;
        }
        let store = self.inner.context.store().clone();
        blocking(move || match RunRecord::find(&store, RunId(id))? {
            Some(_) => store.remove_run(RunId(id)),
            None => Ok(()),
        })
        .await??;
        Ok(())
    }

    /// Saves a run's report to a file.
    pub(crate) async fn save_report(&self, id: i64, path: PathBuf) -> Result<(), ApiError> {
        let context = self.inner.context.clone();
        blocking(move || report::save(context.store(), context.root(), RunId(id), &path)).await?
    }

    /// The folder that a run writes to.
    pub(crate) async fn folder(&self, id: i64) -> Result<PathBuf, ApiError> {
        self.record(RunId(id)).await?.plan.map(|plan| plan.destination).ok_or_else(|| {
            ApiError::not_found("This export was made by a newer version of Cropmark.")
        })
    }
}
