//! The bytes of variants.

use std::time::SystemTime;

use cropmark_rules::Key;

use super::Shared;
use crate::{Picture, PictureError, Studio, picture::mime};

/// The picture of a key and extension, `<key>.<extension>`.
pub(crate) async fn picture(studio: &Studio, name: &str) -> Result<Picture, PictureError> {
    let (key, extension) = name.split_once('.').ok_or(PictureError::NotFound)?;
    let key = key.parse().map_err(|_| PictureError::NotFound)?;
    let mime = mime(extension).ok_or(PictureError::NotFound)?;
    let workspace = studio.workspace().map_err(|_| PictureError::NotFound)?;
    let shared = &workspace.previews.shared;
    let bytes = bytes(shared, key, extension).await.ok_or(PictureError::NotFound)?;
    Ok(Picture { mime, bytes, immutable: true })
}

async fn bytes(shared: &Shared, key: Key, extension: &str) -> Option<std::sync::Arc<[u8]>> {
    if let Some(finished) = shared.recent.get(key) {
        let is_named = finished.rendered.format.extension() == extension;
        return is_named.then_some(finished.bytes);
    }
    let store = shared.ground.store().clone();
    let found = crate::workspace::blocking(move || store.variant_bytes(key, SystemTime::now()));
    let found = found.await.ok()?.ok()??;
    (found.rendered.format.extension() == extension).then_some(found.bytes)
}
