//! A copy of a variant's file, to be dragged to other programs or read by a worker.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use cropmark_rules::{Format, Key, naming::clean_component, parameters::stem};
use cropmark_store::{
    VariantBytes,
    atomic::{Conflict, Originals, TemporaryFile, WriteError, create_folders},
};

use super::{
    Inner, Previews,
    resolve::{Request, Resolved},
};
use crate::{
    ApiError, Picture, context::blocking, model::PreviewArguments, variant::variation_name,
};

impl Previews {
    /// Copies a variant, rendered if it is not there, and returns the copy's path.
    ///
    /// Another program may write to the copy; the workspace's own file stays as its key says. The
    /// copy is removed when the workspace is opened again.
    pub(crate) async fn drag_out(&self, arguments: PreviewArguments) -> Result<PathBuf, ApiError> {
        let (resolved, finished) = self.finished(&arguments).await?;
        self.write_copy(&resolved, finished).await
    }

    /// Writes a copy of a variant under a readable name, for other programs or a worker to read.
    pub(super) async fn write_copy(
        &self,
        resolved: &Resolved,
        finished: VariantBytes,
    ) -> Result<PathBuf, ApiError> {
        let key = resolved.variant.key;
        let name = name(resolved, finished.rendered.format);
        let inner = Arc::clone(&self.inner);
        blocking(move || {
            let bytes = &finished.bytes;
            let spare = || write(&inner.spare_drag_folder().join(key.short()), &name, bytes);
            let written = match inner.context.may_write() {
                Ok(()) => {
                    write(&inner.drag_folder().join(key.short()), &name, bytes).or_else(|_| spare())
                }
                Err(_) => spare(),
            };
            written.map_err(|error| ApiError::from(error.fault()))
        })
        .await?
    }

    /// A finished variant in a format that the window shows.
    pub(super) async fn shown(
        &self,
        key: Key,
        finished: VariantBytes,
    ) -> Result<Picture, ApiError> {
        let folder = self.inner.spare_drag_folder().join(key.short());
        let name = format!("shown.{}", finished.rendered.format.extension());
        let written = blocking(move || write(&folder, &name, &finished.bytes)).await?;
        let file = written.map_err(|error| ApiError::from(error.fault()))?;
        let (mime, bytes) = self.inner.library.as_shown(&file).await?;
        Ok(Picture { mime, bytes, immutable: true })
    }

    /// The bytes of a variant, rendered if they are not there.
    pub(super) async fn finished(
        &self,
        arguments: &PreviewArguments,
    ) -> Result<(Resolved, VariantBytes), ApiError> {
        let resolved = self.resolve(arguments.asset, Request::from(arguments)).await?;
        let finished = match self.inner.find(resolved.variant.key).await {
            Some(found) => found,
            None => self.render_kept(&resolved, arguments).await?,
        };
        Ok((resolved, finished))
    }
}

impl Inner {
    fn drag_folder(&self) -> PathBuf {
        self.context.store().layout().root().join("drag")
    }

    /// The folder that stands in for a read-only workspace's, emptied at its first use.
    fn spare_drag_folder(&self) -> &Path {
        self.spare_emptied.call_once(|| {
            let _ = fs::remove_dir_all(&self.spare_drag_folder);
        });
        &self.spare_drag_folder
    }

    /// Removes the copies of earlier sessions.
    pub(super) fn remove_dragged_out(&self) {
        if self.context.may_write().is_ok() {
            let _ = fs::remove_dir_all(self.drag_folder());
        }
    }
}

/// The asset's name with the variation's, or the generator's where there is only one size.
pub(super) fn name(resolved: &Resolved, format: Format) -> String {
    let file = resolved.asset.facts().path.rsplit('/').next().unwrap_or_default();
    let variant = &resolved.variant;
    let of = variation_name(variant).unwrap_or_else(|| variant.generator.clone());
    let extension = format.extension();
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
