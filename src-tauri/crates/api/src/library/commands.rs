//! The commands about assets, and the pictures behind their URLs.

use std::collections::BTreeMap;

use super::{Library, no_asset};
use crate::{ApiError, Picture, PictureError, Studio, model};

/// The command of this name.
pub(crate) async fn assets(studio: &Studio, _: model::Nothing) -> Result<model::Assets, ApiError> {
    Ok(studio.workspace()?.library.all())
}

/// The command of this name.
pub(crate) async fn details(
    studio: &Studio,
    model::AssetArguments { asset: id }: model::AssetArguments,
) -> Result<model::AssetDetails, ApiError> {
    let workspace = studio.workspace()?;
    let library = &workspace.library;
    let opened = library.open_asset(id).await;
    // As it is known after it was read.
    let asset = library.asset(id).ok_or_else(no_asset)?;
    let absolute = library.absolute(id).ok_or_else(no_asset)?;
    let Ok(opened) = opened else {
        return Ok(model::AssetDetails {
            asset,
            absolute,
            space: None,
            profile: None,
            bands: None,
            depth: None,
            orientation: None,
            metadata: BTreeMap::new(),
            thumbhash: None,
        });
    };
    let thumbhash = library.thumbhash_of(&opened).await.ok();
    let header = opened.facts.header;
    Ok(model::AssetDetails {
        asset,
        absolute,
        space: Some(header.space),
        profile: header.profile,
        bands: Some(header.bands),
        depth: Some(header.depth),
        orientation: Some(header.orientation),
        metadata: header.metadata,
        thumbhash,
    })
}

impl Library {
    fn absolute(&self, id: u32) -> Option<String> {
        let path = self.catalogue().get(id)?.fingerprint.path.clone();
        Some(self.inner.ground.root().join(path).to_string_lossy().into_owned())
    }
}

/// The command of this name.
pub(crate) async fn set_visible(
    studio: &Studio,
    model::VisibleArguments { assets }: model::VisibleArguments,
) -> Result<model::Nothing, ApiError> {
    studio.workspace()?.library.set_visible(assets);
    Ok(model::Nothing {})
}

/// The command of this name.
pub(crate) async fn annotate(
    studio: &Studio,
    annotation: model::Annotation,
) -> Result<model::Nothing, ApiError> {
    let workspace = studio.workspace()?;
    workspace.library.annotate(&workspace.documents, annotation).await?;
    Ok(model::Nothing {})
}

/// A small picture of an asset.
pub(crate) async fn thumbnail(
    studio: &Studio,
    asset: u32,
    version: &str,
    pixels: u32,
) -> Result<Picture, PictureError> {
    let workspace = studio.find_workspace().ok_or(PictureError::NotFound)?;
    let thumbnail = workspace.library.thumbnail(asset, version, pixels);
    workspace.ground().while_open(thumbnail).await.unwrap_or(Err(PictureError::Gone))
}

/// A picture of an upright asset, to compare with; 0 pixels: in full size.
pub(crate) async fn original(
    studio: &Studio,
    asset: u32,
    version: &str,
    pixels: u32,
) -> Result<Picture, PictureError> {
    let workspace = studio.find_workspace().ok_or(PictureError::NotFound)?;
    let original = workspace.library.original(asset, version, pixels);
    workspace.ground().while_open(original).await.unwrap_or(Err(PictureError::Gone))
}
