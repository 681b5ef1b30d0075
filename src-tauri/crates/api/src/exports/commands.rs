//! The commands about exports.

use std::path::PathBuf;

use cropmark_engine::export::RunRecord;
use cropmark_store::RunId;

use super::{Open, refused, report, worth};
use crate::{
    ApiError, Studio,
    model::{
        ExportArguments, ExportPlan, Nothing, ReportArguments, RetryArguments, Rows, RowsArguments,
        RunArguments, RunInfo, Runs,
    },
    workspace::blocking,
};

/// The command of this name.
pub(crate) async fn plan(studio: &Studio, wanted: ExportArguments) -> Result<ExportPlan, ApiError> {
    studio.workspace()?.exports.foretell(wanted).await
}

/// The command of this name.
pub(crate) async fn start(studio: &Studio, wanted: ExportArguments) -> Result<RunInfo, ApiError> {
    studio.workspace()?.exports.start(wanted).await
}

/// The command of this name.
pub(crate) async fn runs(studio: &Studio, _: Nothing) -> Result<Runs, ApiError> {
    Ok(Runs { runs: studio.workspace()?.exports.all().await? })
}

/// The command of this name.
pub(crate) async fn rows(studio: &Studio, wanted: RowsArguments) -> Result<Rows, ApiError> {
    let workspace = studio.workspace()?;
    let info = workspace.exports.info(RunId(wanted.id)).await?;
    let (store, root) = (workspace.store().clone(), workspace.ground().root().to_owned());
    let rows = blocking(move || report::some(&store, &root, wanted)).await??;
    let ended = info.rendered + info.cached + info.skipped + info.failed;
    let known = info.total.unwrap_or(ended);
    // While a run is planned, there are at least those that are shown.
    let seen = wanted.offset.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    let total = if wanted.failed { info.failed } else { known.max(seen) };
    Ok(Rows { total, rows })
}

/// The command of this name.
pub(crate) async fn pause(
    studio: &Studio,
    RunArguments { id }: RunArguments,
) -> Result<RunInfo, ApiError> {
    let exports = &studio.workspace()?.exports;
    if let Some(Open { run, .. }) = exports.find(RunId(id)) {
        run.pause();
        run.rested().await;
    }
    exports.info(RunId(id)).await
}

/// The command of this name.
pub(crate) async fn resume(
    studio: &Studio,
    RunArguments { id }: RunArguments,
) -> Result<RunInfo, ApiError> {
    let exports = &studio.workspace()?.exports;
    exports.open_run(RunId(id)).await?.run.resume().await;
    exports.info(RunId(id)).await
}

/// The command of this name.
pub(crate) async fn cancel(
    studio: &Studio,
    RunArguments { id }: RunArguments,
) -> Result<RunInfo, ApiError> {
    let exports = &studio.workspace()?.exports;
    let open = exports.open_run(RunId(id)).await?;
    open.run.cancel().await;
    exports.info(RunId(id)).await
}

/// The command of this name.
pub(crate) async fn retry(
    studio: &Studio,
    RetryArguments { id, positions }: RetryArguments,
) -> Result<RunInfo, ApiError> {
    let exports = &studio.workspace()?.exports;
    let open = exports.open_run(RunId(id)).await?;
    let chosen = if positions.is_empty() {
        let store = studio.workspace()?.store().clone();
        let worth = blocking(move || worth::look_through(&store, RunId(id))).await??;
        worth.is_complete.then_some(worth.positions)
    } else {
        Some(positions)
    };
    if chosen.as_ref().is_none_or(|chosen| !chosen.is_empty()) {
        open.run.retry(chosen).await.map_err(refused)?;
        open.run.resume().await;
    }
    exports.info(RunId(id)).await
}

/// The command of this name.
pub(crate) async fn forget(
    studio: &Studio,
    RunArguments { id }: RunArguments,
) -> Result<Nothing, ApiError> {
    let workspace = studio.workspace()?;
    workspace.ground().may_write()?;
    let id = RunId(id);
    let open = workspace.exports.open().remove(&id.0);
    if let Some(Open { run, .. }) = open {
        run.cancel().await;
        run.close().await;
    }
    let store = workspace.store().clone();
    blocking(move || match RunRecord::find(&store, id)? {
        Some(_) => store.remove_run(id),
        None => Ok(()),
    })
    .await??;
    Ok(Nothing {})
}

/// The command of this name.
pub(crate) async fn save_report(
    studio: &Studio,
    ReportArguments { id, path }: ReportArguments,
) -> Result<Nothing, ApiError> {
    let workspace = studio.workspace()?;
    let (store, root) = (workspace.store().clone(), workspace.ground().root().to_owned());
    blocking(move || report::save(&store, &root, RunId(id), &PathBuf::from(path))).await??;
    Ok(Nothing {})
}
