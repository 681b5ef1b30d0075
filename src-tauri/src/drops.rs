//! Drags of files from other programs over the window: reported to the page, which gets a grant for
//! what is dropped.

use std::path::PathBuf;

use cropmark_api::model::{Grant, Purpose};
use serde::Serialize;
use tauri::{AppHandle, DragDropEvent, Emitter as _, Manager as _, PhysicalPosition};

use crate::state::Starting;

/// A drag as the page is told it. Positions are in physical pixels.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum FileDrag {
    /// The paths are known when the drag enters the window.
    Over {
        paths: Option<Vec<String>>,
        position: PhysicalPosition<f64>,
    },
    Leave {},
    Drop {
        grant: Grant,
        paths: Vec<String>,
        position: PhysicalPosition<f64>,
    },
}

/// Reports a step of a drag to the page.
pub(crate) fn report(app: &AppHandle, step: &DragDropEvent) {
    let drag = match step {
        DragDropEvent::Enter { paths, position } => {
            FileDrag::Over { paths: Some(shown(paths)), position: *position }
        }
        DragDropEvent::Over { position } => FileDrag::Over { paths: None, position: *position },
        DragDropEvent::Drop { paths, position } => {
            return grant(app.clone(), paths.clone(), *position);
        }
        _ => FileDrag::Leave {},
    };
    let _ = app.emit("file_drag", drag);
}

fn shown(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

fn grant(app: AppHandle, paths: Vec<PathBuf>, position: PhysicalPosition<f64>) {
    let starting = app.state::<Starting>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let Some(studio) = starting.studio().await else { return };
        let shown = shown(&paths);
        let drag = match studio.grant(Purpose::Drop, paths) {
            Ok(grant) => FileDrag::Drop { grant, paths: shown, position },
            Err(error) => {
                tracing::error!(%error, "what was dropped is not granted");
                FileDrag::Leave {}
            }
        };
        let _ = app.emit("file_drag", drag);
    });
}
