//! Starts the program, runs the window and ends both in order.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use clap::Parser as _;
use cropmark_api::{
    ApiError, Paths, Studio,
    model::{Grant, Purpose},
};
use serde_json::{Value, json};
use tauri::{
    AppHandle, Emitter as _, Manager as _, RunEvent, WebviewUrl, WebviewWindowBuilder, WindowEvent,
};

use crate::{
    arguments::{Arguments, has_display},
    clipboard, commands, drops, events,
    leaving::{self, Leaving},
    log,
    menu::Bar,
    origin::is_own,
    scheme,
    state::Starting,
};

/// How long the end waits at most for writes that are under way.
const END: Duration = Duration::from_secs(10);

/// Shows the window and stays until it is closed.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    if !has_display() {
        eprintln!(
            "cropmark-studio needs a display, and there is none (DISPLAY and WAYLAND_DISPLAY are \
             not set). Without one, use `cropmark`: `cropmark --help`."
        );
        return ExitCode::FAILURE;
    }
    #[cfg(target_os = "linux")]
    crate::drawing::choose();
    let paths = Paths::find();
    if let Some(folder) = &paths.log
        && fs::create_dir_all(folder).is_ok()
    {
        log::start(folder);
    }
    match build(arguments, paths) {
        Ok(app) => {
            let is_ending = AtomicBool::new(false);
            app.run(move |app, event| {
                if let RunEvent::ExitRequested { api, .. } = event
                    && !is_ending.swap(true, Ordering::Relaxed)
                {
                    api.prevent_exit();
                    end(app.clone());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("cropmark-studio: the window cannot be shown: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(arguments: Arguments, paths: Paths) -> tauri::Result<tauri::App> {
    let starting = Starting::new();
    let for_scheme = starting.clone();
    let mut builder = tauri::Builder::default();
    if has_session_bus() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, words, folder| {
            show_again(app, &words, Path::new(&folder));
        }));
    }
    builder
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .register_asynchronous_uri_scheme_protocol(
            scheme::NAME,
            move |context, request, responder| {
                scheme::answer(&for_scheme, context, request, responder);
            },
        )
        .manage(starting.clone())
        .manage(Bar::default())
        .manage(Leaving::default())
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::choose,
            leaving::close_window,
            clipboard::copy_image,
            clipboard::edit_text,
            commands::drag_out,
            leaving::hold_window,
            commands::reveal,
            commands::set_menu,
            commands::set_theme,
            commands::set_zoom,
        ])
        .on_window_event(|window, event| match event {
            WindowEvent::DragDrop(step) => drops::report(window.app_handle(), step),
            WindowEvent::CloseRequested { api, .. } => leaving::ask_page(window, api),
            _ => {}
        })
        .on_menu_event(|app, event| {
            let id = event.id().0.as_str();
            app.state::<Bar>().restore_mark(id);
            let _ = app.emit("menu", id);
        })
        .setup(move |app| {
            let handle = app.handle().clone();
            let started = starting.clone();
            tauri::async_runtime::spawn(async move {
                let studio = Studio::start(paths).await;
                let events = studio.events();
                tauri::async_runtime::spawn(events::forward(handle, studio.clone(), events));
                open_first(&studio, &arguments).await;
                starting.set(studio);
            });
            WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
                .title("Cropmark")
                .inner_size(1280.0, 800.0)
                .min_inner_size(commands::LEAST_SIZE.width, commands::LEAST_SIZE.height)
                .on_navigation(is_own)
                .build()?;
            tauri::async_runtime::spawn(events::name_window(app.handle().clone(), started));
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// Whether a second start can reach this program, which takes a session bus.
fn has_session_bus() -> bool {
    if !cfg!(target_os = "linux") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() {
        return true;
    }
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    folder.is_some_and(|folder| folder.join("bus").exists())
}

/// Opens the folder that was named, or the one that was open last.
async fn open_first(studio: &Studio, arguments: &Arguments) {
    let opened = match &arguments.folder {
        Some(folder) => open(studio, folder).await,
        None if arguments.samples => studio.call("open_samples", json!({})).await,
        None => studio.call("reopen", json!({})).await,
    };
    if let Err(error) = opened {
        tracing::warn!(%error, "the folder was not opened");
        eprintln!("cropmark-studio: {error}");
        studio.refuse(error.message);
    }
}

async fn open(studio: &Studio, folder: &Path) -> Result<Value, ApiError> {
    let grant = grant(studio, folder)?;
    studio.call("open_workspace", json!({ "grant": grant.id })).await
}

/// Grants a folder, or that of a file, to be opened.
fn grant(studio: &Studio, folder: &Path) -> Result<Grant, ApiError> {
    let path = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    // For a file, such as a preset, its folder is opened.
    let path = match path.parent() {
        Some(parent) if path.is_file() => parent,
        _ => &path,
    };
    let Some(path) = path.to_str() else {
        let message = format!(
            "{} cannot be opened: its name is not written in UTF-8. Rename it, then open it.",
            path.display()
        );
        return Err(ApiError::new("system", message));
    };
    studio.grant(Purpose::Workspace, vec![path.into()])
}

/// Opens the folder of a second start in this window.
fn show_again(app: &AppHandle, words: &[String], started_in: &Path) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
    let Ok(arguments) = Arguments::try_parse_from(words) else { return };
    if arguments.folder.is_none() && !arguments.samples {
        return;
    }
    let folder = arguments.folder.map(|folder| started_in.join(folder));
    let arguments = Arguments { folder, ..arguments };
    let starting = app.state::<Starting>().inner().clone();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(studio) = starting.studio().await else { return };
        if !leaving::loses_changes(&studio).await {
            return open_first(&studio, &arguments).await;
        }
        // The page asks first.
        let grant = match &arguments.folder {
            Some(folder) => grant(&studio, folder).map(|grant| Some(grant.id)),
            None => Ok(None),
        };
        match grant {
            Ok(grant) => drop(app.emit("open", grant)),
            Err(error) => studio.refuse(error.message),
        }
    });
}

/// Closes the studio in order, then ends the program.
fn end(app: AppHandle) {
    let studio = app.state::<Starting>().take();
    tauri::async_runtime::spawn(async move {
        if let Some(studio) = studio
            && tokio::time::timeout(END, studio.shut_down()).await.is_err()
        {
            tracing::warn!("the end took too long");
        }
        app.exit(0);
    });
}
