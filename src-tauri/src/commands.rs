//! The commands of the page: those of the studio, all through `call`, and those that only a
//! desktop can do.

use std::path::{Path, PathBuf};

use cropmark_api::ApiError;
use serde::Deserialize;
use serde_json::Value;
use tauri::{AppHandle, Manager as _, State, Theme, WebviewWindow, ipc::Response};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot;

use crate::{
    menu::{Bar, MenuSpec},
    state::Starting,
};

/// Runs one of the studio's commands.
#[tauri::command]
pub(crate) async fn call(
    starting: State<'_, Starting>,
    name: String,
    arguments: Value,
) -> Result<Response, ApiError> {
    match starting.studio().await {
        Some(studio) => studio.call_text(&name, arguments).await.map(Response::new),
        None => Err(ApiError::new("system", "Cropmark is ending.")),
    }
}

/// What a dialog lets the user choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Choice {
    Folder,
    Files,
}

/// Lets the user choose a folder or files in the system's own dialog; returns none where the user
/// cancels it.
#[tauri::command]
pub(crate) async fn choose(
    window: WebviewWindow,
    kind: Choice,
    title: String,
    start: Option<PathBuf>,
) -> Result<Vec<PathBuf>, ApiError> {
    let dialog = dialog(&window, &title, start.as_deref());
    let (sender, chosen) = oneshot::channel();
    match kind {
        Choice::Folder => dialog.pick_folder(move |folder| {
            let _ = sender.send(folder.into_iter().collect());
        }),
        Choice::Files => dialog.pick_files(move |files| {
            let _ = sender.send(files.unwrap_or_default());
        }),
    }
    let chosen: Vec<tauri_plugin_dialog::FilePath> = chosen.await.unwrap_or_default();
    Ok(chosen.into_iter().filter_map(|path| path.into_path().ok()).collect())
}

/// Lets the user choose the name of a new file.
#[tauri::command]
pub(crate) async fn choose_new(
    window: WebviewWindow,
    title: String,
    start: Option<PathBuf>,
    name: String,
) -> Result<Option<PathBuf>, ApiError> {
    let dialog = dialog(&window, &title, start.as_deref()).set_file_name(name);
    let (sender, chosen) = oneshot::channel();
    dialog.save_file(move |path| {
        let _ = sender.send(path);
    });
    let chosen = chosen.await.ok().flatten();
    Ok(chosen.and_then(|path| path.into_path().ok()))
}

fn dialog(
    window: &WebviewWindow,
    title: &str,
    start: Option<&Path>,
) -> FileDialogBuilder<tauri::Wry> {
    let dialog = window.dialog().file().set_title(title).set_parent(window);
    match start {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

/// Shows a file in the system's file manager.
#[tauri::command]
pub(crate) async fn reveal(app: AppHandle, path: PathBuf) -> Result<(), ApiError> {
    if !path.exists() {
        let message = format!("{} is not there any more.", path.display());
        return Err(ApiError::new("not_found", message));
    }
    app.opener().reveal_item_in_dir(&path).map_err(|error| {
        let message = format!("No file manager shows {}: {error}", path.display());
        ApiError::new("system", message)
    })
}

/// Starts a drag of a file to another program, from where the pointer is down.
#[tauri::command]
pub(crate) async fn drag_out(
    window: WebviewWindow,
    path: PathBuf,
    image: PathBuf,
) -> Result<(), ApiError> {
    let failed =
        |error: String| ApiError::new("system", format!("The drag did not begin: {error}"));
    let (sender, begun) = oneshot::channel();
    let app = window.app_handle().clone();
    app.run_on_main_thread(move || {
        let item = drag::DragItem::Files(vec![path]);
        let image = drag::Image::File(image);
        #[cfg(target_os = "linux")]
        let window = window.gtk_window().map_err(|error| error.to_string());
        #[cfg(not(target_os = "linux"))]
        let window: Result<_, String> = Ok(window);
        let outcome = window.and_then(|window| {
            drag::start_drag(&window, item, image, |_, _| {}, drag::Options::default())
                .map_err(|error| error.to_string())
        });
        let _ = sender.send(outcome);
    })
    .map_err(|error| failed(error.to_string()))?;
    begun.await.unwrap_or_else(|_| Err("the window is closing".to_owned())).map_err(failed)
}

/// Sets the menu bar.
#[tauri::command]
pub(crate) async fn set_menu(
    app: AppHandle,
    bar: State<'_, Bar>,
    menus: Vec<MenuSpec>,
) -> Result<(), ApiError> {
    bar.show(&app, menus).map_err(|error| ApiError::new("system", format!("no menu: {error}")))
}

/// Sets light or dark colours; none follows the system.
#[tauri::command]
pub(crate) async fn set_theme(
    window: WebviewWindow,
    theme: Option<String>,
) -> Result<(), ApiError> {
    let theme = match theme.as_deref() {
        Some("light") => Some(Theme::Light),
        Some("dark") => Some(Theme::Dark),
        _ => None,
    };
    window.set_theme(theme).map_err(|error| ApiError::new("system", error.to_string()))
}
