//! Lets Tauri generate what it builds in: the list of commands for the window's permissions, the
//! page, the icons.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&[
        "call",
        "choose",
        "close_window",
        "copy_image",
        "drag_out",
        "edit_text",
        "hold_window",
        "reveal",
        "set_menu",
        "set_theme",
        "set_zoom",
    ]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("{error:#}");
    }
}
