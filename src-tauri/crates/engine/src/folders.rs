//! Finds the files that ship with the product and the folders of this user.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use cropmark_store::{StoreError, TrustKey};
use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};

/// The file that describes a folder of fonts.
const FONTS_FILE: &str = "fonts.conf";

/// Finds the `fonts.conf` of the fonts that ship with the product: `CROPMARK_FONTS` (that file or its
/// folder), else as installed, else in the source tree.
#[must_use]
pub fn fonts() -> Option<PathBuf> {
    let place = shipped("CROPMARK_FONTS", Path::new("fonts"))?;
    let file = if place.is_dir() { place.join(FONTS_FILE) } else { place };
    file.is_file().then_some(file)
}

/// Finds a part that ships with the product: where the environment says, else as installed
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
    Some(of_user()?.cache_dir().join("cropmark"))
}

/// Cropmark's folder among the user's settings.
#[must_use]
pub fn config() -> Option<PathBuf> {
    Some(of_user()?.config_dir().join("cropmark"))
}

/// Cropmark's folder among the user's data.
#[must_use]
pub fn data() -> Option<PathBuf> {
    Some(of_user()?.data_dir().join("cropmark"))
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

/// The system's rules for the folders of this user: on Linux those of the XDG specification. `None`
/// without a home folder.
fn of_user() -> Option<impl BaseStrategy> {
    choose_native_strategy().ok()
}
