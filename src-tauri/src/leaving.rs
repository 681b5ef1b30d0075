//! Keeps the window open until the page has asked what becomes of changes that cannot be saved.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use cropmark_api::{ApiError, Studio};
use serde_json::json;
use tauri::{AppHandle, CloseRequestApi, Emitter as _, Manager as _, State, Window};
use tokio::{sync::Notify, time::timeout};

/// The time within which the page says that it asks. A page that does not answer keeps no window
/// open.
const ANSWER: Duration = Duration::from_secs(2);

/// What is known of the end of the window.
#[derive(Debug, Default)]
pub(crate) struct Leaving {
    may_close: AtomicBool,
    heard: Notify,
}

/// Asks the page, when the user closes the window. It closes the window itself, or leaves it open.
pub(crate) fn ask_page(window: &Window, api: &CloseRequestApi) {
    let app = window.app_handle().clone();
    if app.state::<Leaving>().may_close.load(Ordering::Relaxed) {
        return;
    }
    api.prevent_close();
    tauri::async_runtime::spawn(async move {
        let leaving = app.state::<Leaving>();
        let heard = leaving.heard.notified();
        let told = app.emit("leave", ());
        if told.is_err() || timeout(ANSWER, heard).await.is_err() {
            tracing::warn!("the page does not answer: the window is closed without it");
            close(&app);
        }
    });
}

fn close(app: &AppHandle) {
    app.state::<Leaving>().may_close.store(true, Ordering::Relaxed);
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.close();
    }
}

/// Whether opening another workspace would lose changes, or leave some that cannot be saved.
pub(crate) async fn loses_changes(studio: &Studio) -> bool {
    let unsavable = studio.call("unsavable", json!({})).await;
    unsavable.is_ok_and(|found| found.as_array().is_some_and(|found| !found.is_empty()))
}

/// Says that the page has heard that the user closes the window.
#[tauri::command]
pub(crate) async fn hold_window(leaving: State<'_, Leaving>) -> Result<(), ApiError> {
    leaving.heard.notify_waiters();
    Ok(())
}

/// Closes the window.
#[tauri::command]
pub(crate) async fn close_window(app: AppHandle) {
    close(&app);
}
