//! The assets of the open workspace: which there are, what is known of them, and their pictures.

mod commands;

use std::{fs::File, sync::Arc};

use cropmark_rules::plan::AssetFacts;

pub(crate) use commands::{annotate, assets, details, original, set_visible, thumbnail};

use crate::{
    ApiError,
    error::unfinished,
    model::{self, FocalPoint},
    workspace::Ground,
};

/// The assets of the open workspace.
#[derive(Debug)]
pub(crate) struct Library {
    ground: Ground,
}

/// An asset, open for reading, with all that plans must know of it.
#[derive(Debug, Clone)]
pub(crate) struct OpenAsset {
    /// Its number.
    pub(crate) id: u32,
    /// As [`model::Asset::version`] was when it was opened.
    pub(crate) version: String,
    /// Open for reading.
    pub(crate) file: Arc<File>,
    /// Path, content, header and focal point.
    pub(crate) facts: AssetFacts,
    /// The file's length.
    pub(crate) bytes: u64,
}

impl Library {
    pub(crate) fn new(ground: Ground) -> Self {
        Self { ground }
    }

    /// Opens an asset, reading its content and header if that was not done before.
    ///
    /// # Errors
    /// `not_found` where there is none of this number, else why it cannot be read.
    pub(crate) async fn open_asset(&self, _id: u32) -> Result<OpenAsset, ApiError> {
        Err(unfinished())
    }

    /// What is known of an asset.
    pub(crate) fn asset(&self, _id: u32) -> Option<model::Asset> {
        None
    }

    /// The numbers of all assets, in the order of their paths.
    pub(crate) fn ids(&self) -> Vec<u32> {
        Vec::new()
    }

    /// The number of the asset with this path, as [`model::Asset::path`] has it.
    pub(crate) fn by_path(&self, _path: &str) -> Option<u32> {
        None
    }

    /// Sets or removes the focal point, durable when this returns. Records no history.
    ///
    /// # Errors
    /// `not_found`, `read_only`, or why the index cannot be written.
    pub(crate) async fn set_focal(
        &self,
        _id: u32,
        _point: Option<FocalPoint>,
    ) -> Result<(), ApiError> {
        Err(unfinished())
    }

    /// Sets all marks of an asset, durable when this returns. Records no history.
    ///
    /// # Errors
    /// `not_found`, `read_only`, or why the index cannot be written.
    pub(crate) async fn set_marks(&self, _id: u32, _marks: Vec<String>) -> Result<(), ApiError> {
        Err(unfinished())
    }

    /// A `ThumbHash` of an asset, base64.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn thumbhash(&self, _id: u32) -> Result<String, ApiError> {
        Err(unfinished())
    }
}
