//! Where things are on this computer: what ships with the product, and the person's folders.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use cropmark_store::{StoreError, TrustKey};

/// The file that a folder of fonts is known by.
const FONTS_FILE: &str = "fonts.conf";

/// The `fonts.conf` of the fonts that ship with the product: `CROPMARK_FONTS` (that file or its
/// folder), else as installed, else in the source tree.
#[must_use]
pub fn fonts() -> Option<PathBuf> {
    let place = shipped("CROPMARK_FONTS", Path::new("fonts"))?;
    let file = if place.is_dir() { place.join(FONTS_FILE) } else { place };
    file.is_file().then_some(file)
}

/// A part that ships with the product: where the environment says, else as installed
/// (`../share/cropmark` beside the program), else in the source tree (`assets`).
#[must_use]
pub fn shipped(variable: &str, name: &Path) -> Option<PathBuf> {
    let there = |place: PathBuf| place.canonicalize().ok();
    if let Some(place) = env::var_os(variable) {
        return there(place.into());
    }
    let program = env::current_exe().ok()?;
    let installed = program.parent()?.join("../share/cropmark").join(name);
    let from_source = program.ancestors().skip(1).map(|folder| folder.join("assets").join(name));
    std::iter::once(installed).chain(from_source).find_map(there)
}

/// Cropmark's folder among the user's caches.
#[must_use]
pub fn cache() -> Option<PathBuf> {
    folder("XDG_CACHE_HOME", ".cache", "Library/Caches")
}

/// Cropmark's folder among the user's settings.
#[must_use]
pub fn config() -> Option<PathBuf> {
    folder("XDG_CONFIG_HOME", ".config", "Library/Preferences")
}

/// Cropmark's folder among the user's data.
#[must_use]
pub fn data() -> Option<PathBuf> {
    folder("XDG_DATA_HOME", ".local/share", "Library/Application Support")
}

/// Reads the key by which the user's Cropmark knows what it wrote into workspaces, from
/// `trust.key` in this folder of the user's data, or makes it. Where there can be no such file, the
/// key is of this process alone: then nothing that was kept before is used.
///
/// # Errors
/// Where there is such a file and it cannot be used.
pub fn trust_key(data: Option<&Path>) -> Result<TrustKey, StoreError> {
    let of_this_process = |source| StoreError::Key { path: "/dev/urandom".into(), source };
    let Some(path) = data.map(|folder| folder.join("trust.key")) else {
        return TrustKey::of_this_process().map_err(of_this_process);
    };
    match TrustKey::load(&path) {
        Err(error) if fs::symlink_metadata(&path).is_err() => {
            tracing::warn!(%error, "what is kept now is not known again");
            TrustKey::of_this_process().map_err(of_this_process)
        }
        other => other,
    }
}

fn folder(variable: &str, inside_home: &str, inside_mac_home: &str) -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute(variable).or_else(|| {
        let inside = if cfg!(target_os = "macos") { inside_mac_home } else { inside_home };
        Some(absolute("HOME")?.join(inside))
    })?;
    Some(folder.join("cropmark"))
}
