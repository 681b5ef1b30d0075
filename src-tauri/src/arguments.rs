//! The arguments that the program is started with.

use std::path::PathBuf;

use clap::Parser;

/// Cropmark's studio: see and tune every variant of the images in a folder.
#[derive(Debug, Parser)]
#[command(name = "cropmark-studio", version)]
pub(crate) struct Arguments {
    /// The folder to open; left out: the one that was open last
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,

    /// Open the samples that come with Cropmark
    #[arg(long, conflicts_with = "folder")]
    pub(crate) samples: bool,
}

/// Whether there is a display to show a window on.
pub(crate) fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
