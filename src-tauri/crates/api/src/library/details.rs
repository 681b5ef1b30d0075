//! All that is known of one asset, for the inspector.

use std::path::PathBuf;

use super::{Library, no_asset};
use crate::{ApiError, model::AssetDetails};

impl Library {
    /// The path of an asset's file.
    pub(crate) fn file(&self, id: u32) -> Result<PathBuf, ApiError> {
        let catalogue = self.catalogue();
        let entry = catalogue.get(id).ok_or_else(no_asset)?;
        Ok(self.inner.context.root().join(&entry.fingerprint.path))
    }

    /// Reads an asset and describes it. One that cannot be read has only what the list shows.
    pub(crate) async fn details(&self, id: u32) -> Result<AssetDetails, ApiError> {
        let opened = self.open_asset(id).await.ok();
        let thumbhash = match &opened {
            Some(opened) => self.thumbhash_of(opened).await.ok(),
            None => None,
        };
        let (path, asset) = {
            let catalogue = self.catalogue();
            let path = catalogue.get(id).map(|entry| entry.fingerprint.path.clone());
            (path.ok_or_else(no_asset)?, catalogue.model(id).ok_or_else(no_asset)?)
        };
        let header = opened.map(|opened| opened.known.facts.header);
        Ok(AssetDetails {
            asset,
            absolute: self.inner.context.root().join(path).to_string_lossy().into_owned(),
            space: header.as_ref().map(|header| header.space.clone()),
            bands: header.as_ref().map(|header| header.bands),
            depth: header.as_ref().map(|header| header.depth),
            orientation: header.as_ref().map(|header| header.orientation),
            profile: header.as_ref().and_then(|header| header.profile.clone()),
            metadata: header.map(|header| header.metadata).unwrap_or_default(),
            thumbhash,
        })
    }
}
