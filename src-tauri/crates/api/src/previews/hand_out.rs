//! The command `variant_file`: a real file with a name that people understand, to be dragged to
//! other programs.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use cropmark_rules::{Key, naming::clean_component, parameters::stem};
use cropmark_store::atomic::{Conflict, Originals, TemporaryFile, WriteError, create_folders};

use super::{
    Shared,
    choice::{Chosen, choose, variation_of},
    preview::{choice, real},
};
use crate::{
    ApiError, Studio,
    model::{PreviewArguments, Text},
    workspace::blocking,
};

/// The command of this name.
///
/// The file is a copy: other programs may write to what they are given, and the workspace's own
/// files must stay what their keys say. It lies there until the workspace is opened again.
pub(crate) async fn variant_file(
    studio: &Studio,
    arguments: PreviewArguments,
) -> Result<Text, ApiError> {
    let workspace = studio.workspace()?;
    let shared = Arc::clone(&workspace.previews.shared);
    let chosen = Arc::new(choose(&workspace, arguments.asset, &choice(&arguments)).await?);
    let key = chosen.variant.key;
    let (extension, bytes) = if let Some(found) = content(&shared, key).await {
        found
    } else {
        let finished = real(&shared, &chosen, &arguments).await?;
        (finished.rendered.format.extension(), finished.bytes)
    };
    let folder = folder(&shared).join(key.short());
    let spares = studio.places().cache.join("drag");
    let name = name(&chosen, extension);
    blocking(move || {
        // A workspace that must not be written to has its files in the person's cache.
        let spare = || {
            shared.spare.call_once(|| {
                let _ = fs::remove_dir_all(&spares);
            });
            write(&spares.join(key.short()), &name, &bytes)
        };
        let written = match shared.ground.may_write() {
            Ok(()) => write(&folder, &name, &bytes).or_else(|_| spare()),
            Err(_) => spare(),
        };
        let path = written.map_err(|error| ApiError::from(error.fault()))?;
        Ok(Text { text: path.to_string_lossy().into_owned() })
    })
    .await?
}

/// Where files are handed out.
pub(super) fn folder(shared: &Shared) -> PathBuf {
    shared.ground.store().layout().root().join("drag")
}

async fn content(shared: &Shared, key: Key) -> Option<(&'static str, Arc<[u8]>)> {
    if let Some(found) = shared.recent.get(key) {
        return Some((found.rendered.format.extension(), found.bytes));
    }
    let store = shared.ground.store().clone();
    let found = blocking(move || store.variant_bytes(key, SystemTime::now()));
    let found = found.await.ok()?.ok()??;
    Some((found.rendered.format.extension(), found.bytes))
}

/// The asset's name with the variation's, or the generator's where there is only one size.
fn name(chosen: &Chosen, extension: &str) -> String {
    let file = chosen.asset.facts.path.rsplit('/').next().unwrap_or_default();
    let variant = &chosen.variant;
    let of = variation_of(variant).unwrap_or_else(|| variant.generator.clone());
    clean_component(&format!("{}-{}.{extension}", stem(file), of.replace('/', "-")))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, WriteError> {
    create_folders(folder)?;
    let path = folder.join(name);
    let temporary = TemporaryFile::beside(&path)?;
    let written = temporary.file().as_ref().write_all(bytes);
    written.map_err(|error| WriteError::at(&path, error))?;
    temporary.commit(Conflict::Overwrite, &Originals::new())?;
    Ok(path)
}
