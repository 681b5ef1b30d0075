//! The window's start, its session and the settings.

use super::{ApiError, Fonts, Nothing, Purpose, SessionArguments, Settings, StartUp, Studio};
use crate::{
    context::blocking,
    fonts,
    model::{Activity, Event},
};

/// The longest session that is kept, in bytes.
const SESSION_BYTES: usize = 256 << 10;

pub(super) fn start_up(studio: &Studio) -> Result<StartUp, ApiError> {
    let engine = studio.engine();
    if let Ok(engine) = &engine {
        // Later events tell changes only, and a new window knows nothing yet.
        studio.emit(Event::Activity(Activity::from(&engine.snapshot())));
    }
    let writes = engine.as_ref().map(|engine| {
        engine.description().writes.iter().map(|format| format.name().to_owned()).collect()
    });
    let profile = studio.profile();
    let mut recent = profile.recent();
    for workspace in &mut recent {
        let path = workspace.path.clone().into();
        workspace.grant = studio.grants().give(Purpose::Workspace, vec![path])?.id;
    }
    let destination = profile.destination().map(|folder| vec![folder.to_owned()]);
    let grant = |folder| studio.grants().give(Purpose::Destination, folder);
    Ok(StartUp {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        recent,
        destination: destination.map(grant).transpose()?,
        workspace: studio.find_workspace().map(|workspace| workspace.info().clone()),
        session: profile.session().clone(),
        settings: profile.settings(),
        schema: cropmark_rules::preset_schema().clone(),
        writes: writes.unwrap_or_default(),
        refused: studio.refused().clone(),
        trouble: engine.err().map(|error| error.message),
    })
}

/// The families of fonts that texts can be set in.
pub(super) async fn fonts(studio: &Studio) -> Result<Fonts, ApiError> {
    let shipped = studio.paths().fonts.clone();
    let families = blocking(move || fonts::families(shipped.as_deref())).await?;
    Ok(Fonts { families })
}

pub(super) fn save(studio: &Studio, given: SessionArguments) -> Result<Nothing, ApiError> {
    if given.session.to_string().len() > SESSION_BYTES {
        return Err(ApiError::invalid("The session is too long to be kept."));
    }
    studio.profile().set_session(given.session);
    Ok(Nothing {})
}

pub(super) fn set_settings(studio: &Studio, settings: Settings) -> Result<Settings, ApiError> {
    if settings.on_demand_share > 100 {
        return Err(ApiError::invalid("The share of work that you wait for is 0 to 100."));
    }
    if !(100..=150).contains(&settings.interface_scale) {
        return Err(ApiError::invalid("The interface scale is 100 to 150 percent."));
    }
    if settings.workers.is_some_and(|workers| !(1..=1024).contains(&workers)) {
        return Err(ApiError::invalid("There are 1 to 1024 workers."));
    }
    if settings.timeout_seconds == 0 {
        return Err(ApiError::invalid("A variant needs at least a second."));
    }
    studio.profile().set_settings(settings.clone()).map_err(|(file, error)| {
        let file = file.display();
        ApiError::system(format!("The settings could not be kept in {file}: {error}"))
    })?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};

    use super::*;
    use crate::Paths;

    #[tokio::test]
    async fn a_studio_without_workers_still_answers() {
        let folder = tempfile::tempdir().unwrap();
        let studio = Studio::start(Paths::below(folder.path())).await;
        let reply = studio.call("start_up", json!({})).await.unwrap();
        assert!(reply["trouble"].as_str().unwrap().contains("worker"), "{reply}");
        assert!(reply["schema"]["properties"]["generators"].is_object());
        let settings = json!({ "on_demand_share": 101 });
        assert_eq!(studio.call("set_settings", settings).await.unwrap_err().code, "invalid");
        for scale in [99, 151] {
            let settings = json!({ "interface_scale": scale });
            assert_eq!(studio.call("set_settings", settings).await.unwrap_err().code, "invalid");
        }
        let settings = studio.call("set_settings", json!({ "theme": "dark" })).await.unwrap();
        assert_eq!(settings["theme"], "dark");
        let reply = studio.call("start_up", json!({})).await.unwrap();
        assert_eq!(reply["settings"]["theme"], "dark");
        assert_eq!(studio.call("no such", json!({})).await.unwrap_err().code, "bad_call");
        assert!(studio.call("diagnostics", json!({})).await.is_ok());
    }

    #[tokio::test]
    async fn a_refused_folder_is_told_until_one_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let studio = Studio::start(Paths::below(folder.path())).await;
        let mut events = studio.events();
        studio.refuse("There is no folder /gone.");
        let reply = studio.call("start_up", json!({})).await.unwrap();
        assert_eq!(reply["refused"], "There is no folder /gone.");
        assert_eq!(events.recv().await.unwrap(), Event::Workspace { workspace: None });
        let pictures = folder.path().join("pictures");
        fs::create_dir(&pictures).unwrap();
        let grant = studio.grant(Purpose::Workspace, vec![pictures]).unwrap().id;
        studio.call("open_workspace", json!({ "grant": grant })).await.unwrap();
        let mut events = studio.events();
        studio.refuse("There is no folder /lost.");
        let reply = studio.call("start_up", json!({})).await.unwrap();
        assert_eq!(reply["refused"], Value::Null);
        let told = async {
            loop {
                if let Event::Notice { message, .. } = events.recv().await.unwrap() {
                    return message;
                }
            }
        };
        assert_eq!(told.await, "There is no folder /lost.");
        studio.shut_down().await;
    }
}
