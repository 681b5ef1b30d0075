//! The commands of the page: those of the studio, all through `call`, and those that only a
//! desktop can do.

use std::path::{Path, PathBuf};

use cropmark_api::{
    ApiError, Studio,
    model::{Grant, Purpose},
};
use serde_json::Value;
use tauri::{AppHandle, LogicalSize, Manager as _, State, Theme, WebviewWindow, ipc::Response};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot;

use crate::{
    automation,
    menu::{Bar, MenuSpec},
    state::Starting,
};

/// The least size of the window's content, at an interface scale of 100 %.
pub(crate) const LEAST_SIZE: LogicalSize<f64> = LogicalSize { width: 720.0, height: 480.0 };

/// Runs one of the studio's commands.
#[tauri::command]
pub(crate) async fn call(
    starting: State<'_, Starting>,
    name: String,
    arguments: Value,
) -> Result<Response, ApiError> {
    started(&starting).await?.call_text(&name, arguments).await.map(Response::new)
}

/// Lets the user choose a file or a folder in the system's own dialog, and grants it to the page;
/// returns none where the user cancels the dialog.
#[tauri::command]
pub(crate) async fn choose(
    window: WebviewWindow,
    starting: State<'_, Starting>,
    purpose: Purpose,
    title: String,
    start: Option<PathBuf>,
    name: Option<String>,
) -> Result<Option<Grant>, ApiError> {
    let studio = started(&starting).await?;
    let chosen = match automation::chosen() {
        Some(path) => Some(path),
        None => ask(&window, purpose, &title, start.as_deref(), name).await,
    };
    chosen.map(|path| studio.grant(purpose, vec![path])).transpose()
}

pub(crate) async fn started(starting: &Starting) -> Result<Studio, ApiError> {
    let ending = || ApiError::new("system", "Cropmark is ending.");
    starting.studio().await.ok_or_else(ending)
}

async fn ask(
    window: &WebviewWindow,
    purpose: Purpose,
    title: &str,
    start: Option<&Path>,
    name: Option<String>,
) -> Option<PathBuf> {
    let dialog = dialog(window, title, start);
    let (sender, chosen) = oneshot::channel();
    let answer = move |path: Option<FilePath>| {
        let _ = sender.send(path);
    };
    match purpose {
        Purpose::Workspace | Purpose::Destination => dialog.pick_folder(answer),
        Purpose::Report | Purpose::PresetCopy | Purpose::VariantFile => {
            dialog.set_file_name(name.unwrap_or_default()).save_file(answer);
        }
        Purpose::Table | Purpose::Overlay => dialog.pick_file(answer),
        // They are granted without a dialog.
        Purpose::Drop | Purpose::File => return None,
    }
    chosen.await.ok().flatten()?.into_path().ok()
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

/// Shows a granted file in the system's file manager.
#[tauri::command]
pub(crate) async fn reveal(
    app: AppHandle,
    starting: State<'_, Starting>,
    grant: String,
) -> Result<(), ApiError> {
    let path = started(&starting).await?.granted_file(&grant)?;
    if !path.exists() {
        let message = format!("{} is no longer there.", path.display());
        return Err(ApiError::new("not_found", message));
    }
    app.opener().reveal_item_in_dir(&path).map_err(|error| {
        let message = format!("No file manager shows {}: {error}", path.display());
        ApiError::new("system", message)
    })
}

/// Starts a drag of a granted file to another program, from where the pointer is down.
#[tauri::command]
pub(crate) async fn drag_out(
    window: WebviewWindow,
    starting: State<'_, Starting>,
    grant: String,
) -> Result<(), ApiError> {
    let path = started(&starting).await?.granted_file(&grant)?;
    let failed =
        |error: String| ApiError::new("system", format!("The drag did not begin: {error}"));
    let (sender, begun) = oneshot::channel();
    let app = window.app_handle().clone();
    app.run_on_main_thread(move || {
        let item = drag::DragItem::Files(vec![path]);
        // No image: the window would have to read it from the original itself.
        let image = drag::Image::File(PathBuf::new());
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

/// Draws the page this many times as large, and returns the device pixels that the display has for a
/// pixel of the page at a zoom of 1. The least size of the window grows with the page.
#[tauri::command]
pub(crate) async fn set_zoom(window: WebviewWindow, zoom: f64) -> Result<f64, ApiError> {
    let zoom = if zoom.is_finite() { zoom.clamp(1.0, 1.5) } else { 1.0 };
    let failed = |error: tauri::Error| ApiError::new("system", error.to_string());
    window.set_zoom(zoom).map_err(failed)?;
    let LogicalSize { width, height } = LEAST_SIZE;
    let least = LogicalSize { width: width * zoom, height: height * zoom };
    window.set_min_size(Some(least)).map_err(failed)?;
    window.scale_factor().map_err(failed)
}
