//! The user's annotations of assets: focal points, crops by hand, faces, marks, titles and alt texts.

use std::collections::BTreeSet;

use cropmark_engine::Class;
use cropmark_rules::{
    AssetTexts,
    value::{CropFrame, CropFrameError, FaceBox, Point},
};
use cropmark_store::{Annotation, AssetUpdate, StoreError};

use super::{Library, no_asset};
use crate::{
    ApiError,
    context::blocking,
    documents::{Change, Documents, HistoryEntry, MarksChange},
    model::{self, FocalPoint},
};

/// The longest mark, in bytes.
const LONGEST_MARK: usize = 200;

/// The longest name of a generator that a crop can be for, in bytes.
const LONGEST_GENERATOR: usize = 500;

/// The longest title or description, in bytes.
const LONGEST_TEXT: usize = 4000;

impl Library {
    /// Sets or removes the focal point, durable when this returns. Records no history.
    ///
    /// # Errors
    /// `not_found`, `read_only`, or why the index cannot be written.
    pub(crate) async fn set_focal(
        &self,
        id: u32,
        focal: Option<FocalPoint>,
    ) -> Result<(), ApiError> {
        self.change(id, |annotation| annotation.focal = focal.map(Point::from)).await?;
        // Crops around the focal point have changed.
        self.inner.outbox.restated(id);
        Ok(())
    }

    /// Sets or removes the crop by hand for a generator, durable when this returns. Records no
    /// history.
    ///
    /// # Errors
    /// `not_found`, `read_only`, or why the index cannot be written.
    pub(crate) async fn set_crop(
        &self,
        id: u32,
        generator: &str,
        frame: Option<CropFrame>,
    ) -> Result<(), ApiError> {
        let set = |annotation: &mut Annotation| match frame {
            Some(frame) => drop(annotation.crops.insert(generator.to_owned(), frame)),
            None => drop(annotation.crops.remove(generator)),
        };
        self.change(id, set).await?;
        self.inner.outbox.restated(id);
        Ok(())
    }

    /// Sets the faces, or has them found again, durable when this returns. Records no history.
    ///
    /// # Errors
    /// `not_found`, `read_only`, or why the index cannot be written.
    pub(crate) async fn set_faces(
        &self,
        id: u32,
        faces: Option<Vec<FaceBox>>,
    ) -> Result<(), ApiError> {
        self.change(id, |annotation| annotation.faces = faces).await?;
        self.inner.outbox.restated(id);
        Ok(())
    }

    /// Gives a generator the crops by hand of another: of the one that it was before a renaming,
    /// which keeps them for an undo.
    ///
    /// # Errors
    /// As [`Self::set_crop`].
    pub(crate) async fn copy_crops(&self, from: &str, to: &str) -> Result<(), ApiError> {
        let cropped: Vec<(u32, CropFrame)> = {
            let catalogue = self.catalogue();
            let crop = |id: u32| Some((id, *catalogue.get(id)?.annotation.crops.get(from)?));
            catalogue.ids().into_iter().filter_map(crop).collect()
        };
        for (id, frame) in cropped {
            self.set_crop(id, to, Some(frame)).await?;
        }
        Ok(())
    }

    /// Sets all marks of an asset, durable when this returns. Records no history.
    ///
    /// # Errors
    /// `not_found`, `read_only`, or why the index cannot be written.
    pub(crate) async fn set_marks(&self, id: u32, marks: Vec<String>) -> Result<(), ApiError> {
        self.change(id, |annotation| annotation.marks = marks.into_iter().collect()).await
    }

    /// Sets what the user wrote about an asset, durable when this returns. Records no history.
    ///
    /// # Errors
    /// `not_found`, `read_only`, or why the index cannot be written.
    pub(crate) async fn set_texts(&self, id: u32, texts: AssetTexts) -> Result<(), ApiError> {
        self.change(id, |annotation| annotation.texts = texts).await?;
        // Variants that show them have changed.
        self.inner.outbox.restated(id);
        Ok(())
    }

    async fn change(&self, id: u32, change: impl FnOnce(&mut Annotation)) -> Result<(), ApiError> {
        self.inner.context.may_write()?;
        let entry = self.catalogue().get(id).cloned().ok_or_else(no_asset)?;
        let mut annotation = entry.annotation;
        change(&mut annotation);
        match self.store_annotation(id, annotation.clone()).await {
            Err(Some(StoreError::UnknownAsset { .. })) => {
                // The store knows an asset once it was taken in; one that cannot be is added now.
                if self.take_in(id, Class::OnDemand).await.is_err() {
                    self.add_unread(id).await?;
                }
                self.store_annotation(id, annotation.clone()).await
            }
            other => other,
        }
        .map_err(|error| error.map_or_else(no_asset, ApiError::from))?;
        if let Some(entry) = self.catalogue().get_mut(id) {
            entry.annotation = annotation;
        }
        self.inner.outbox.changed(id);
        Ok(())
    }

    /// Adds an asset that cannot be read to the store.
    async fn add_unread(&self, id: u32) -> Result<(), ApiError> {
        let fingerprint = self.catalogue().get(id).map(|entry| entry.fingerprint.clone());
        let fingerprint = fingerprint.ok_or_else(no_asset)?;
        let store = self.inner.context.store().clone();
        let row = AssetUpdate { fingerprint, content: None, header: None };
        Ok(blocking(move || store.update_assets(vec![row])).await??)
    }

    async fn store_annotation(
        &self,
        id: u32,
        annotation: Annotation,
    ) -> Result<(), Option<StoreError>> {
        let path = self.catalogue().get(id).map(|entry| entry.fingerprint.path.clone());
        let path = path.ok_or(None)?;
        let store = self.inner.context.store().clone();
        let kept = blocking(move || store.annotate(&path, annotation)).await;
        kept.map_err(|_| None)?.map_err(Some)
    }

    /// Sets focal points, crops, marks or texts, and records the change in the workspace's history.
    pub(crate) async fn annotate(
        &self,
        documents: &Documents,
        annotation: model::Annotation,
    ) -> Result<(), ApiError> {
        match annotation {
            model::Annotation::Focal { asset, point, gesture } => {
                check(point)?;
                let before = self.asset(asset).ok_or_else(no_asset)?.focal;
                self.set_focal(asset, point).await?;
                let label = if point.is_some() { "Set focal point" } else { "Remove focal point" };
                let change = Change::Focal { asset, before, after: point };
                documents
                    .record(HistoryEntry { label: label.to_owned(), change }, gesture.as_deref());
            }
            model::Annotation::Crop { asset, generator, frame, gesture } => {
                check_generator(&generator)?;
                let checked = frame.map(CropFrame::from).map(CropFrame::checked).transpose();
                let after = checked.map_err(|error| ApiError::invalid(error.to_string()))?;
                let before = self.asset(asset).ok_or_else(no_asset)?.crops.remove(&generator);
                self.set_crop(asset, &generator, after).await?;
                let label = if after.is_some() { "Crop image" } else { "Reset crop" };
                let before = before.map(CropFrame::from);
                let change = Change::Crop { asset, generator, before, after };
                documents
                    .record(HistoryEntry { label: label.to_owned(), change }, gesture.as_deref());
            }
            model::Annotation::Texts { asset, title, alt, gesture } => {
                let after = AssetTexts { title: checked(&title)?, alt: checked(&alt)? };
                let before = self.asset(asset).ok_or_else(no_asset)?.texts();
                let label =
                    if before.title == after.title { "Change alt text" } else { "Change title" };
                self.set_texts(asset, after.clone()).await?;
                let change = Change::Texts { asset, before, after };
                documents
                    .record(HistoryEntry { label: label.to_owned(), change }, gesture.as_deref());
            }
            model::Annotation::Faces { asset, faces } => {
                let after = faces.map(checked_faces).transpose()?;
                let before =
                    self.catalogue().get(asset).ok_or_else(no_asset)?.annotation.faces.clone();
                self.set_faces(asset, after.clone()).await?;
                let label = if after.is_some() { "Correct faces" } else { "Find faces again" };
                let change = Change::Faces { asset, before, after };
                documents.record(HistoryEntry { label: label.to_owned(), change }, None);
            }
            model::Annotation::Mark { assets, mark, set } => {
                self.mark(documents, assets, mark.trim(), set).await?;
            }
        }
        Ok(())
    }

    async fn mark(
        &self,
        documents: &Documents,
        assets: Vec<u32>,
        mark: &str,
        set: bool,
    ) -> Result<(), ApiError> {
        if mark.is_empty() || mark.len() > LONGEST_MARK || mark.chars().any(char::is_control) {
            return Err(ApiError::invalid("A mark is a short text, such as “favourite”."));
        }
        let mut changes = Vec::new();
        let mut outcome = Ok(());
        let assets: BTreeSet<u32> = assets.into_iter().collect();
        for asset in assets {
            let Some(before) = self.asset(asset).map(|asset| asset.marks) else { continue };
            let mut after: BTreeSet<String> = before.iter().cloned().collect();
            let is_new = if set { after.insert(mark.to_owned()) } else { after.remove(mark) };
            if !is_new {
                continue;
            }
            let after: Vec<String> = after.into_iter().collect();
            outcome = self.set_marks(asset, after.clone()).await;
            if outcome.is_err() {
                break;
            }
            changes.push(MarksChange { asset, before, after });
        }
        // Changes made before a failure can be undone too.
        if !changes.is_empty() {
            let label = if set {
                format!("Mark as “{mark}”")
            } else {
                format!("Remove mark “{mark}”")
            };
            documents.record(HistoryEntry { label, change: Change::Marks(changes) }, None);
        }
        outcome
    }
}

/// A title or a description without the space around it.
fn checked(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.len() > LONGEST_TEXT || text.chars().any(|letter| letter.is_control() && letter != '\n')
    {
        let message =
            format!("A title or an alt text is at most {LONGEST_TEXT} bytes of plain text.");
        return Err(ApiError::invalid(message));
    }
    Ok(text.to_owned())
}

fn check_generator(name: &str) -> Result<(), ApiError> {
    if name.is_empty() || name.len() > LONGEST_GENERATOR {
        return Err(ApiError::invalid("A crop is for one generator, which it names."));
    }
    Ok(())
}

fn checked_faces(faces: Vec<model::FaceBox>) -> Result<Vec<FaceBox>, ApiError> {
    if faces.len() > FaceBox::MOST {
        let message = format!("A picture has {} faces at most.", FaceBox::MOST);
        return Err(ApiError::invalid(message));
    }
    let checked = |face| Ok(CropFrame::from(face).checked()?.into());
    let checked: Result<_, CropFrameError> = faces.into_iter().map(checked).collect();
    checked.map_err(|_| ApiError::invalid("A face lies within the picture, and is not empty."))
}

fn check(point: Option<FocalPoint>) -> Result<(), ApiError> {
    let is_share = |share: f64| (0.0..=1.0).contains(&share);
    if point.is_none_or(|FocalPoint { x, y }| is_share(x) && is_share(y)) {
        return Ok(());
    }
    Err(ApiError::invalid(
        "A focal point lies within the picture: 0 to 1 from the left and the top.",
    ))
}
