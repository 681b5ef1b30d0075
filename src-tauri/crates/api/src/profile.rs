//! The user's settings, the window's session and the recent workspaces, kept between starts.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::watch;

use crate::{
    Paths,
    model::{ExportProfile, RecentWorkspace, Settings},
};

/// Recent workspaces that are kept.
const RECENT: usize = 12;

/// The most export profiles that are kept.
const PROFILES: usize = 100;

/// The user's settings, session, recent workspaces, last destination and export profiles, each in a
/// file of its own.
#[derive(Debug)]
pub(crate) struct UserProfile {
    settings_file: PathBuf,
    session_file: PathBuf,
    recent_file: PathBuf,
    destination_file: PathBuf,
    exports_file: PathBuf,
    settings: watch::Sender<Settings>,
    session: Value,
    recent: Vec<RecentWorkspace>,
    destination: Option<PathBuf>,
    exports: Vec<ExportProfile>,
}

impl UserProfile {
    /// Reads the profile's files. A file that is missing or not understood counts as empty; it is
    /// only replaced when its content changes.
    pub(crate) fn load(paths: &Paths) -> Self {
        let settings_file = paths.config.join("settings.json");
        let session_file = paths.data.join("session.json");
        let recent_file = paths.data.join("recent.json");
        let destination_file = paths.data.join("destination.json");
        let exports_file = paths.data.join("export-profiles.json");
        Self {
            settings: watch::Sender::new(read(&settings_file).unwrap_or_default()),
            session: read(&session_file).unwrap_or_default(),
            recent: read(&recent_file).unwrap_or_default(),
            destination: read(&destination_file).unwrap_or_default(),
            exports: read(&exports_file).unwrap_or_default(),
            settings_file,
            session_file,
            recent_file,
            destination_file,
            exports_file,
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.borrow().clone()
    }

    /// Follows the settings as they change.
    pub(crate) fn watch_settings(&self) -> watch::Receiver<Settings> {
        self.settings.subscribe()
    }

    /// Applies and keeps the settings.
    pub(crate) fn set_settings(&mut self, settings: Settings) -> Result<(), (PathBuf, io::Error)> {
        self.settings.send_replace(settings);
        let written = write(&self.settings_file, &*self.settings.borrow());
        written.map_err(|error| (self.settings_file.clone(), error))
    }

    /// The window's session as it was given to [`Self::set_session`]; null at the first start.
    pub(crate) fn session(&self) -> &Value {
        &self.session
    }

    pub(crate) fn set_session(&mut self, session: Value) {
        if self.session != session {
            self.session = session;
            keep(&self.session_file, &self.session);
        }
    }

    /// The recent workspaces, the newest first, with whether each is there now.
    pub(crate) fn recent(&self) -> Vec<RecentWorkspace> {
        let checked = |recent: &RecentWorkspace| RecentWorkspace {
            exists: Path::new(&recent.path).is_dir(),
            ..recent.clone()
        };
        self.recent.iter().map(checked).collect()
    }

    /// Puts a workspace that was opened at the head of the recent ones.
    pub(crate) fn add_recent(&mut self, path: &Path, now: SystemTime) {
        let path_text = path.to_string_lossy().into_owned();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let opened_ms = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        self.recent.retain(|recent| recent.path != path_text);
        let opened_ms = u64::try_from(opened_ms).unwrap_or(u64::MAX);
        let recent = RecentWorkspace {
            grant: String::new(),
            path: path_text,
            name,
            exists: true,
            open: true,
            opened_ms,
        };
        self.recent.insert(0, recent);
        self.recent.truncate(RECENT);
        keep(&self.recent_file, &self.recent);
    }

    /// The folder that the user chose last to export to.
    pub(crate) fn destination(&self) -> Option<&Path> {
        self.destination.as_deref()
    }

    pub(crate) fn set_destination(&mut self, folder: &Path) {
        if self.destination() != Some(folder) {
            self.destination = Some(folder.to_owned());
            keep(&self.destination_file, &self.destination);
        }
    }

    /// The export profiles, by name. Their grants have paths, and no ids yet.
    pub(crate) fn export_profiles(&self) -> &[ExportProfile] {
        &self.exports
    }

    /// Keeps an export profile, in place of the one of the same name; false: there are too many.
    pub(crate) fn put_export_profile(&mut self, profile: ExportProfile) -> bool {
        let place = self.exports.binary_search_by(|one| one.name.cmp(&profile.name));
        match place {
            Ok(place) => self.exports[place] = profile,
            Err(_) if self.exports.len() >= PROFILES => return false,
            Err(place) => self.exports.insert(place, profile),
        }
        keep(&self.exports_file, &self.exports);
        true
    }

    pub(crate) fn forget_export_profile(&mut self, name: &str) {
        self.exports.retain(|profile| profile.name != name);
        keep(&self.exports_file, &self.exports);
    }

    /// Records that the user closed the workspace, so that the next start opens none.
    pub(crate) fn mark_closed(&mut self) {
        for recent in &mut self.recent {
            recent.open = false;
        }
        keep(&self.recent_file, &self.recent);
    }

    pub(crate) fn forget_recent(&mut self, path: &str) {
        self.recent.retain(|recent| recent.path != path);
        keep(&self.recent_file, &self.recent);
    }
}

/// Writes a file of the profile. A failure is logged only: the next start then knows less.
fn keep(file: &Path, content: &impl Serialize) {
    if let Err(error) = write(file, content) {
        tracing::warn!(file = %file.display(), %error, "could not be kept");
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> Option<T> {
    let text = fs::read(file).ok()?;
    let value = serde_json::from_slice(&text);
    value.map_err(|error| tracing::warn!(file = %file.display(), %error, "not understood")).ok()
}

/// Replaces a file as a whole: writes a temporary file beside it, then renames that.
fn write(file: &Path, content: &impl Serialize) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let text = serde_json::to_vec_pretty(content)?;
    let temporary = tempfile::NamedTempFile::new_in(folder)?;
    fs::write(temporary.path(), text)?;
    temporary.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_rubbish_is_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::below(folder.path());
        let mut profile = UserProfile::load(&paths);
        for name in 0..RECENT + 2 {
            profile.add_recent(&folder.path().join(name.to_string()), UNIX_EPOCH);
        }
        profile.add_recent(&folder.path().join("5"), UNIX_EPOCH);
        let again = UserProfile::load(&paths);
        assert_eq!(again.recent.len(), RECENT);
        assert_eq!(again.recent[0].name, "5");
        assert!(!again.recent()[0].exists, "it is no folder");
        fs::write(&profile.recent_file, "{").unwrap();
        assert!(UserProfile::load(&paths).recent.is_empty());
    }
}
