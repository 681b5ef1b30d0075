//! The clipboard: pictures of a variant, and the editing of the text that has the focus.

use cropmark_api::{ApiError, Picture};
use serde::Deserialize;
use serde_json::Value;
use tauri::{AppHandle, State, WebviewWindow};

use crate::{commands::started, state::Starting};

/// What is done to the text that has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum TextCommand {
    Cut,
    Copy,
    Paste,
}

/// Copies a variant's picture. A program that pastes it chooses between the variant's own format and PNG.
#[tauri::command]
pub(crate) async fn copy_image(
    app: AppHandle,
    starting: State<'_, Starting>,
    variant: Value,
) -> Result<(), ApiError> {
    let pictures = started(&starting).await?.clipboard_pictures(variant).await?;
    put(&app, pictures).await
}

#[cfg(target_os = "linux")]
async fn put(app: &AppHandle, pictures: Vec<Picture>) -> Result<(), ApiError> {
    use gtk::{Clipboard, TargetEntry, TargetFlags, gdk};

    let (sender, done) = tokio::sync::oneshot::channel();
    let offer = move || {
        let targets: Vec<_> = (0..)
            .zip(&pictures)
            .map(|(number, picture)| TargetEntry::new(picture.mime, TargetFlags::empty(), number))
            .collect();
        let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        // The bytes go as they are: nothing here decodes them.
        let is_taken = clipboard.set_with_data(&targets, move |_, selection, number| {
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            if let Some(picture) = pictures.get(number) {
                selection.set(&selection.target(), 8, &picture.bytes);
            }
        });
        let _ = sender.send(is_taken);
    };
    let refused = || ApiError::new("system", "The clipboard could not be written. Try again.");
    app.run_on_main_thread(offer).map_err(|_| refused())?;
    if done.await.unwrap_or(false) { Ok(()) } else { Err(refused()) }
}

#[cfg(not(target_os = "linux"))]
async fn put(_: &AppHandle, _: Vec<Picture>) -> Result<(), ApiError> {
    let message = "Images cannot be copied on this system yet. Save the variant instead.";
    Err(ApiError::new("system", message))
}

/// Cuts, copies or pastes in the text that has the focus, as the page alone may not.
#[tauri::command]
pub(crate) async fn edit_text(window: WebviewWindow, command: TextCommand) -> Result<(), ApiError> {
    let failed = |error: tauri::Error| ApiError::new("system", error.to_string());
    #[cfg(target_os = "linux")]
    let done = window.with_webview(move |view| {
        use webkit2gtk::WebViewExt as _;
        view.inner().execute_editing_command(command.name());
    });
    #[cfg(not(target_os = "linux"))]
    let done = window.eval(format!("document.execCommand('{}')", command.name().to_lowercase()));
    done.map_err(failed)
}

impl TextCommand {
    fn name(self) -> &'static str {
        match self {
            Self::Cut => "Cut",
            Self::Copy => "Copy",
            Self::Paste => "Paste",
        }
    }
}
