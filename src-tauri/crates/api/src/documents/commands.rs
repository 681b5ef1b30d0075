//! The commands about documents: each does its work where waiting holds up nobody.

use std::sync::Arc;

use super::{
    Change, DocumentError, Documents, Entry,
    change::{Direction, Stepped},
};
use crate::{
    ApiError, Studio,
    model::{
        Document, EditArguments, FileArguments, History, Nothing, PresetFile, ResolveArguments,
        SetTextArguments, Undone,
    },
    workspace::{Workspace, blocking},
};

async fn on_documents<T: Send + 'static>(
    studio: &Studio,
    work: impl FnOnce(&Documents) -> Result<T, DocumentError> + Send + 'static,
) -> Result<T, ApiError> {
    let documents = studio.workspace()?.documents.clone();
    Ok(blocking(move || work(&documents)).await??)
}

/// The command of this name.
pub(crate) async fn presets(studio: &Studio, _: Nothing) -> Result<Vec<PresetFile>, ApiError> {
    on_documents(studio, |documents| Ok(documents.presets())).await
}

/// The command of this name.
pub(crate) async fn document(
    studio: &Studio,
    FileArguments { file }: FileArguments,
) -> Result<Document, ApiError> {
    on_documents(studio, move |documents| documents.document(&file)).await
}

/// The command of this name.
pub(crate) async fn edit(studio: &Studio, asked: EditArguments) -> Result<Document, ApiError> {
    on_documents(studio, move |documents| {
        documents.edit(&asked.file, &asked.edits, &asked.label, asked.gesture.as_deref())
    })
    .await
}

/// The command of this name.
pub(crate) async fn set_text(
    studio: &Studio,
    asked: SetTextArguments,
) -> Result<Document, ApiError> {
    on_documents(studio, move |documents| {
        documents.set_text(&asked.file, asked.text, asked.gesture.as_deref())
    })
    .await
}

/// The command of this name.
pub(crate) async fn save(
    studio: &Studio,
    FileArguments { file }: FileArguments,
) -> Result<Document, ApiError> {
    on_documents(studio, move |documents| documents.save(&file)).await
}

/// The command of this name.
pub(crate) async fn revert(
    studio: &Studio,
    FileArguments { file }: FileArguments,
) -> Result<Document, ApiError> {
    on_documents(studio, move |documents| documents.revert(&file)).await
}

/// The command of this name.
pub(crate) async fn resolve_conflict(
    studio: &Studio,
    ResolveArguments { file, text }: ResolveArguments,
) -> Result<Document, ApiError> {
    on_documents(studio, move |documents| documents.resolve(&file, &text)).await
}

/// The command of this name.
pub(crate) async fn create(
    studio: &Studio,
    FileArguments { file }: FileArguments,
) -> Result<Document, ApiError> {
    on_documents(studio, move |documents| documents.create(&file)).await
}

/// The command of this name.
pub(crate) async fn history(studio: &Studio, _: Nothing) -> Result<History, ApiError> {
    on_documents(studio, |documents| Ok(documents.history())).await
}

/// The command of this name.
pub(crate) async fn undo(studio: &Studio, _: Nothing) -> Result<Undone, ApiError> {
    step(studio.workspace()?, Direction::Undo).await
}

/// The command of this name.
pub(crate) async fn redo(studio: &Studio, _: Nothing) -> Result<Undone, ApiError> {
    step(studio.workspace()?, Direction::Redo).await
}

async fn step(workspace: Arc<Workspace>, direction: Direction) -> Result<Undone, ApiError> {
    let documents = workspace.documents.clone();
    let _stepping = documents.inner.stepping.lock().await;
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
    workspace: &Workspace,
    entry: &Entry,
    direction: Direction,
) -> Result<(), ApiError> {
    let back = direction == Direction::Undo;
    match &entry.change {
        Change::Text { .. } => Ok(()),
        Change::Focal { asset, before, after } => {
            let point = if back { before } else { after };
            workspace.library.set_focal(*asset, *point).await
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
