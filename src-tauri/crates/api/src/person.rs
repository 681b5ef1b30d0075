//! What is kept for the person between starts: settings, the window's session, recent
//! workspaces; and the commands about them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    ApiError, Places, Studio,
    model::{
        Activity, Event, Nothing, PathArguments, RecentWorkspace, SessionArguments, Settings,
        StartUp, Text,
    },
};

/// Recent workspaces that are kept.
const RECENT: usize = 12;

/// The longest session that is kept, in bytes.
const SESSION_BYTES: usize = 256 << 10;

/// The last bytes of the log that go into diagnostics.
const LOG_TAIL: usize = 64 << 10;

/// What is kept for the person.
#[derive(Debug)]
pub(crate) struct Person {
    settings_file: PathBuf,
    session_file: PathBuf,
    recent_file: PathBuf,
    settings: Settings,
    session: Value,
    recent: Vec<RecentWorkspace>,
}

impl Person {
    /// Reads what was kept. What cannot be read counts as never kept; the file is only written
    /// anew when something changes.
    pub(crate) fn load(places: &Places) -> Self {
        let settings_file = places.config.join("settings.json");
        let session_file = places.data.join("session.json");
        let recent_file = places.data.join("recent.json");
        Self {
            settings: read(&settings_file).unwrap_or_default(),
            session: read(&session_file).unwrap_or_default(),
            recent: read(&recent_file).unwrap_or_default(),
            settings_file,
            session_file,
            recent_file,
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Remembers that a workspace was opened.
    pub(crate) fn opened(&mut self, path: &Path, now: SystemTime) {
        let path_text = path.to_string_lossy().into_owned();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let opened_ms = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        self.recent.retain(|recent| recent.path != path_text);
        let opened_ms = u64::try_from(opened_ms).unwrap_or(u64::MAX);
        let recent = RecentWorkspace { path: path_text, name, exists: true, open: true, opened_ms };
        self.recent.insert(0, recent);
        self.recent.truncate(RECENT);
        self.keep(&self.recent_file, &self.recent);
    }

    /// Remembers that the person closed the workspace: the next start opens none.
    pub(crate) fn closed(&mut self) {
        for recent in &mut self.recent {
            recent.open = false;
        }
        self.keep(&self.recent_file, &self.recent);
    }

    fn recent(&self) -> Vec<RecentWorkspace> {
        let looked_at = |recent: &RecentWorkspace| RecentWorkspace {
            exists: Path::new(&recent.path).is_dir(),
            ..recent.clone()
        };
        self.recent.iter().map(looked_at).collect()
    }

    /// Keeps a file; where that fails the work goes on, and the next start knows less.
    #[expect(clippy::unused_self, reason = "says what it is about")]
    fn keep(&self, file: &Path, content: &impl Serialize) {
        if let Err(error) = write(file, content) {
            tracing::warn!(file = %file.display(), %error, "could not be kept");
        }
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> Option<T> {
    let text = fs::read(file).ok()?;
    let value = serde_json::from_slice(&text);
    value.map_err(|error| tracing::warn!(file = %file.display(), %error, "not understood")).ok()
}

/// Whole or not at all: written beside, then renamed.
fn write(file: &Path, content: &impl Serialize) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let text = serde_json::to_vec_pretty(content)?;
    let beside = tempfile::NamedTempFile::new_in(folder)?;
    fs::write(beside.path(), text)?;
    beside.persist(file)?;
    Ok(())
}

/// The command of this name.
pub(crate) async fn start_up(studio: &Studio, _: Nothing) -> Result<StartUp, ApiError> {
    let engine = studio.engine();
    let description = engine.as_ref().ok().map(|engine| engine.description().clone());
    if let Ok(engine) = &engine {
        // Otherwise told of when it changes: a window that has just come knows nothing of it.
        studio.tell(Event::Activity(Activity::from(&engine.snapshot())));
    }
    let trouble = engine.err().map(|error| error.message);
    let workspace = studio.find_workspace().map(|workspace| workspace.info().clone());
    let fonts = fonts(studio.places());
    let person = studio.person();
    Ok(StartUp {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        recent: person.recent(),
        workspace,
        session: person.session.clone(),
        settings: person.settings.clone(),
        schema: cropmark_rules::preset_schema().clone(),
        writes: description
            .map(|known| known.writes.iter().map(|format| format.name().to_owned()).collect())
            .unwrap_or_default(),
        fonts,
        refused: studio.refused().clone(),
        trouble,
    })
}

/// The families that the product's fonts answer to: the generic ones.
fn fonts(places: &Places) -> Vec<String> {
    let families = ["Sans", "Serif", "Mono"];
    if places.fonts.is_some() { families.map(str::to_owned).to_vec() } else { Vec::new() }
}

/// The command of this name.
pub(crate) async fn save_session(
    studio: &Studio,
    SessionArguments { session }: SessionArguments,
) -> Result<Nothing, ApiError> {
    if session.to_string().len() > SESSION_BYTES {
        return Err(ApiError::invalid("The session is too long to be kept."));
    }
    let mut person = studio.person();
    if person.session != session {
        person.session = session;
        person.keep(&person.session_file, &person.session);
    }
    Ok(Nothing {})
}

/// The command of this name.
pub(crate) async fn set_settings(
    studio: &Studio,
    settings: Settings,
) -> Result<Settings, ApiError> {
    if settings.on_demand_share > 100 {
        return Err(ApiError::invalid("The share of work that a person waits for is 0 to 100."));
    }
    if settings.workers == Some(0) || settings.workers.is_some_and(|workers| workers > 1024) {
        return Err(ApiError::invalid("There are 1 to 1024 workers."));
    }
    if settings.timeout_seconds == 0 {
        return Err(ApiError::invalid("A variant needs at least a second."));
    }
    let mut person = studio.person();
    person.settings = settings.clone();
    write(&person.settings_file, &person.settings).map_err(|error| {
        let file = person.settings_file.display();
        ApiError::system(format!("The settings could not be kept in {file}: {error}"))
    })?;
    Ok(settings)
}

/// The command of this name.
pub(crate) async fn forget_recent(
    studio: &Studio,
    PathArguments { path }: PathArguments,
) -> Result<Nothing, ApiError> {
    let mut person = studio.person();
    person.recent.retain(|recent| recent.path != path);
    person.keep(&person.recent_file, &person.recent);
    Ok(Nothing {})
}

/// The command of this name.
pub(crate) async fn diagnostics(studio: &Studio, _: Nothing) -> Result<Text, ApiError> {
    let engine = match studio.engine() {
        Ok(engine) => {
            let description = serde_json::to_value(engine.description()).unwrap_or_default();
            json!({ "worker": description, "activity": Activity::from(&engine.snapshot()) })
        }
        Err(error) => json!({ "trouble": error.message }),
    };
    let facts = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "sqlite": cropmark_store::sqlite_version(),
        "running_seconds": studio.began().elapsed().as_secs(),
        "engine": engine,
        "settings": studio.person().settings,
        "workspace": studio.find_workspace().map(|workspace| workspace.info().clone()),
    });
    let facts = serde_json::to_string_pretty(&facts).unwrap_or_default();
    let log = studio.places().log.as_deref().map(tail).unwrap_or_default();
    Ok(Text { text: format!("Cropmark diagnostics\n{facts}\n\nLog\n{log}") })
}

fn tail(folder: &Path) -> String {
    let text = newest(folder).and_then(|file| fs::read(file).ok()).unwrap_or_default();
    let from = text.len().saturating_sub(LOG_TAIL);
    String::from_utf8_lossy(&text[from..]).into_owned()
}

/// The file of a folder that comes last by name: log files are named by their days.
fn newest(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).max()
}

/// The command of this name.
pub(crate) async fn reopen(studio: &Studio, _: Nothing) -> Result<Nothing, ApiError> {
    let last = studio.person().recent().into_iter().next();
    let Some(last) = last.filter(|last| last.exists && last.open) else { return Ok(Nothing {}) };
    let path = last.path;
    if studio.places().data.join("samples") == Path::new(&path) {
        crate::workspace::open_samples(studio, Nothing {}).await?;
    } else {
        crate::workspace::open(studio, PathArguments { path }).await?;
    }
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(folder: &Path) -> Places {
        Places {
            worker: folder.join("worker"),
            fonts: None,
            samples: None,
            config: folder.join("config"),
            data: folder.join("data"),
            cache: folder.join("cache"),
            log: None,
        }
    }

    #[test]
    fn what_is_kept_comes_back_and_rubbish_is_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let mut person = Person::load(&places);
        for name in 0..RECENT + 2 {
            person.opened(&folder.path().join(name.to_string()), UNIX_EPOCH);
        }
        person.opened(&folder.path().join("5"), UNIX_EPOCH);
        let again = Person::load(&places);
        assert_eq!(again.recent.len(), RECENT);
        assert_eq!(again.recent[0].name, "5");
        assert!(!again.recent()[0].exists, "it is no folder");
        fs::write(&person.recent_file, "{").unwrap();
        assert!(Person::load(&places).recent.is_empty());
    }

    #[tokio::test]
    async fn a_studio_without_workers_still_answers() {
        let folder = tempfile::tempdir().unwrap();
        let studio = Studio::start(places(folder.path())).await;
        let reply = studio.call("start_up", json!({})).await.unwrap();
        assert!(reply["trouble"].as_str().unwrap().contains("worker"), "{reply}");
        assert!(reply["schema"]["properties"]["generators"].is_object());
        let settings = json!({ "on_demand_share": 101 });
        assert_eq!(studio.call("set_settings", settings).await.unwrap_err().code, "invalid");
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
        let studio = Studio::start(places(folder.path())).await;
        let mut events = studio.events();
        studio.refuse("There is no folder /gone.");
        let reply = studio.call("start_up", json!({})).await.unwrap();
        assert_eq!(reply["refused"], "There is no folder /gone.");
        assert_eq!(events.recv().await.unwrap(), Event::Workspace { workspace: None });
        let pictures = folder.path().join("pictures");
        fs::create_dir(&pictures).unwrap();
        studio.call("open_workspace", json!({ "path": pictures })).await.unwrap();
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
