//! Preset texts, focal points, crops and marks, and the one history that undoes them.

use std::sync::Arc;

use super::{
    Annotation, ApiError, CopyArguments, Direction, Document, EditArguments, Grant, Nothing,
    Purpose, Studio, Undone, UnsavablePreset,
};
use crate::{
    context::blocking,
    documents::{Change, DocumentError, Documents, HistoryEntry, Stepped},
    model::{Edit, Step},
    workspace::Workspace,
};

/// Runs work on the documents on a thread that may block.
pub(super) async fn on_documents<T: Send + 'static>(
    studio: &Studio,
    work: impl FnOnce(&Documents) -> Result<T, DocumentError> + Send + 'static,
) -> Result<T, ApiError> {
    let documents = studio.workspace()?.documents.clone();
    Ok(blocking(move || work(&documents)).await??)
}

/// Changes a document by its form. Where it renames a generator, crops by hand follow.
pub(super) async fn edit(studio: &Studio, given: EditArguments) -> Result<Document, ApiError> {
    let renamed: Vec<(String, String)> = given.edits.iter().filter_map(generator_renamed).collect();
    let document = on_documents(studio, move |documents| {
        documents.edit(&given.file, &given.edits, &given.label, given.gesture.as_deref())
    });
    let document = document.await?;
    for (from, to) in renamed {
        if let Err(error) = studio.workspace()?.library.copy_crops(&from, &to).await {
            tracing::warn!(%from, %to, error = error.message, "crops do not follow a renaming");
        }
    }
    Ok(document)
}

/// The former and the new name of a generator that an edit renames.
fn generator_renamed(edit: &Edit) -> Option<(String, String)> {
    let Edit::Rename { path, to } = edit else { return None };
    match path.as_slice() {
        [Step::Key(table), Step::Key(from)] if table == "generators" => {
            Some((from.clone(), to.clone()))
        }
        _ => None,
    }
}

/// The documents whose changes could be lost when the workspace is closed; none without a workspace.
pub(super) async fn unsavable(studio: &Studio) -> Result<Vec<UnsavablePreset>, ApiError> {
    if studio.find_workspace().is_none() {
        return Ok(Vec::new());
    }
    on_documents(studio, |documents| Ok(documents.unsavable())).await
}

/// Writes a copy of a preset.
pub(super) async fn save_copy(studio: &Studio, given: CopyArguments) -> Result<Grant, ApiError> {
    let to = studio.grants().path(Purpose::PresetCopy, &given.grant)?;
    let written = on_documents(studio, move |documents| documents.save_copy(&given.file, &to));
    studio.grant(Purpose::File, vec![written.await?])
}

pub(super) async fn annotate(studio: &Studio, given: Annotation) -> Result<Nothing, ApiError> {
    let workspace = studio.workspace()?;
    workspace.library.annotate(&workspace.documents, given).await?;
    Ok(Nothing {})
}

/// Undoes or redoes the next entry of the history.
pub(super) async fn step(studio: &Studio, direction: Direction) -> Result<Undone, ApiError> {
    let workspace = studio.workspace()?;
    let documents = workspace.documents.clone();
    let _stepping = documents.stepping().await;
    let stepped = {
        let documents = documents.clone();
        blocking(move || documents.step(direction)).await?
    };
    match stepped {
        Stepped::Nothing => Ok(Undone { label: None, file: None, assets: Vec::new() }),
        Stepped::Done(undone) => Ok(undone),
        Stepped::Assets(entry) => {
            let done = on_assets(&workspace, &entry, direction).await;
            if done.is_err() {
                documents.drop_step(&entry, direction);
            }
            done.map(|()| entry.undone())
        }
    }
}

async fn on_assets(
    workspace: &Arc<Workspace>,
    entry: &HistoryEntry,
    direction: Direction,
) -> Result<(), ApiError> {
    let back = direction == Direction::Undo;
    match &entry.change {
        Change::Text { .. } => Ok(()),
        Change::Focal { asset, before, after } => {
            let point = if back { before } else { after };
            workspace.library.set_focal(*asset, *point).await
        }
        Change::Crop { asset, generator, before, after } => {
            let frame = if back { before } else { after };
            workspace.library.set_crop(*asset, generator, *frame).await
        }
        Change::Texts { asset, before, after } => {
            let texts = if back { before } else { after };
            workspace.library.set_texts(*asset, texts.clone()).await
        }
        Change::Faces { asset, before, after } => {
            let faces = if back { before } else { after };
            workspace.library.set_faces(*asset, faces.clone()).await
        }
        Change::Marks(changes) => {
            // An asset that is gone does not keep the others from having their marks back.
            let mut done = Ok(());
            for change in changes {
                let marks = if back { &change.before } else { &change.after };
                let set = workspace.library.set_marks(change.asset, marks.clone()).await;
                done = done.and(set);
            }
            done
        }
    }
}
