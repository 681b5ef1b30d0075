//! The commands `matrix` and `asset_states`.

use super::states;
use crate::{
    ApiError, Studio,
    model::{AssetStates, Matrix, MatrixArguments, Nothing},
    workspace::blocking,
};

/// The most assets of one question.
const MOST: usize = 500;

/// The command of this name.
pub(crate) async fn matrix(
    studio: &Studio,
    arguments: MatrixArguments,
) -> Result<Matrix, ApiError> {
    if arguments.assets.len() > MOST {
        return Err(ApiError::invalid(format!("At most {MOST} assets can be asked for at once.")));
    }
    let workspace = studio.workspace()?;
    blocking(move || {
        let shared = &workspace.previews.shared;
        let rules = shared.ruling.now(&workspace.documents);
        let files = &arguments.files;
        let is_wanted = |file: &str| files.is_empty() || files.iter().any(|one| one == file);
        let mut notes = Vec::new();
        let known = arguments.assets.iter().filter_map(|id| workspace.library.asset(*id));
        let library = &workspace.library;
        let rows =
            known.map(|asset| states::row(shared, library, &rules, &asset, is_wanted, &mut notes));
        let rows = rows.collect();
        shared.board.keep(&notes);
        Matrix { rows }
    })
    .await
}

/// The command of this name.
pub(crate) async fn asset_states(studio: &Studio, _: Nothing) -> Result<AssetStates, ApiError> {
    Ok(studio.workspace()?.previews.shared.survey.states())
}
