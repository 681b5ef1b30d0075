//! Passes the studio's events on to the page, to the window's title and to the desktop.

use cropmark_api::{
    Studio,
    model::{Event, RunInfo, RunState},
};
use serde_json::json;
use tauri::{AppHandle, Emitter as _, Manager as _};
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::broadcast::{
    Receiver,
    error::{RecvError, TryRecvError},
};

use crate::state::Starting;

/// A run that took less than this needs no notice of its end.
const LONG_SECONDS: f64 = 20.0;

/// The most events that are passed on at once.
const AT_ONCE: usize = 256;

/// Passes events on until the studio ends.
///
/// `events` must be subscribed to before a workspace is opened, or its name does not get into the
/// title.
pub(crate) async fn forward(app: AppHandle, studio: Studio, mut events: Receiver<Event>) {
    loop {
        let mut batch = match events.recv().await {
            Ok(event) => vec![event],
            // The page reads everything again.
            Err(RecvError::Lagged(_)) => {
                let _ = app.emit("studio", json!([{ "kind": "lost" }]));
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        while batch.len() < AT_ONCE {
            match events.try_recv() {
                Ok(event) => batch.push(event),
                Err(TryRecvError::Lagged(_)) => {
                    let _ = app.emit("studio", json!([{ "kind": "lost" }]));
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        for event in &batch {
            match event {
                Event::Workspace { workspace } => {
                    let name = workspace.as_ref().map(|workspace| workspace.name.as_str());
                    set_title(&app, name);
                }
                Event::Run(run) => ended(&app, &studio, run).await,
                _ => {}
            }
        }
        // Where the page has gone, the events are dropped.
        let _ = app.emit("studio", &batch);
    }
}

/// Names the workspace that was open before there was a window in the window's title.
pub(crate) async fn name_window(app: AppHandle, starting: Starting) {
    let Some(studio) = starting.studio().await else { return };
    if let Ok(reply) = studio.call("start_up", json!({})).await {
        set_title(&app, reply["workspace"]["name"].as_str());
    }
}

fn set_title(app: &AppHandle, workspace: Option<&str>) {
    let title = workspace.map_or("Cropmark".to_owned(), |name| format!("{name} - Cropmark"));
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.set_title(&title);
    }
}

/// Shows a desktop notification that a long run has ended or waits, if the window has no focus.
async fn ended(app: &AppHandle, studio: &Studio, run: &RunInfo) {
    let is_over = matches!(run.state, RunState::Done | RunState::Paused);
    let is_looked_at =
        app.get_webview_window("main").is_some_and(|window| window.is_focused().unwrap_or(false));
    if !is_over || run.seconds < LONG_SECONDS || is_looked_at {
        return;
    }
    let settings = studio.call("start_up", json!({})).await;
    if settings.is_ok_and(|reply| reply["settings"]["notify"] == false) {
        return;
    }
    let body = match (&run.reason, run.failed) {
        (Some(reason), _) => reason.clone(),
        (None, 0) => format!("{} files are in {}.", run.rendered + run.cached, run.destination),
        (None, failed) => {
            format!("{} files are written, {failed} failed.", run.rendered + run.cached)
        }
    };
    let title = if run.state == RunState::Done { "Export done" } else { "Export paused" };
    let _ = app.notification().builder().title(title).body(body).show();
}
