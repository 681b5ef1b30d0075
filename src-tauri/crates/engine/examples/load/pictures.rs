//! The pictures that a folder holds.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cropmark_engine::Engine;

use crate::{Fallible, stage::Picture};

/// Photographs have at least so many megapixels.
const PHOTOGRAPH: f64 = 6.0;

/// All that can be read, in the order of the names.
pub(crate) async fn all(engine: &Engine, folder: &Path) -> Fallible<Vec<Picture>> {
    let entries: Result<Vec<_>, _> = fs::read_dir(folder)?.collect();
    let mut paths: Vec<PathBuf> = entries?.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    let mut pictures = Vec::new();
    for path in paths.iter().filter(|path| path.is_file()) {
        pictures.extend(Picture::open(engine, path).await?);
    }
    if pictures.is_empty() {
        return Err(format!("{} holds no pictures", folder.display()).into());
    }
    Ok(pictures)
}

/// The large JPEGs among them that decode without a fault.
pub(crate) async fn photographs(engine: &Engine, folder: &Path) -> Fallible<Vec<Picture>> {
    let mut photographs = Vec::new();
    for picture in all(engine, folder).await? {
        let is_photograph = picture.header.format == cropmark_rules::Format::Jpeg
            && picture.megapixels() >= PHOTOGRAPH;
        if is_photograph && picture.is_whole(engine).await? {
            photographs.push(picture);
        }
    }
    if photographs.is_empty() {
        return Err(format!("{} holds no large JPEGs", folder.display()).into());
    }
    Ok(photographs)
}

impl Picture {
    /// Whether a thumbnail can be made of it. The system has read the file then, too.
    pub(crate) async fn is_whole(&self, engine: &Engine) -> Fallible<bool> {
        let order = self.order(cropmark_engine::Class::OnDemand, &crate::stage::thumbnail()?)?;
        Ok(crate::stage::finish(engine, order).await.is_ok())
    }
}
