//! What the user has set about engine and store: in `settings.toml`, in the environment, by flags;
//! each of them goes before the one named earlier.
//!
//! Every setting is a row of `TABLE`; its values are texts until the row reads them.

mod file;
mod kind;
mod log;
mod schema;
mod table;
mod value;

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use cropmark_rules::preset::nearest;
use cropmark_store::CacheSettings;

pub use log::{LogRotation, LogSettings};
pub use schema::schema;

use self::table::TABLE;
use crate::{
    Settings,
    source::url::{AllowedHost, FetchLimits},
};

/// The name of the file in Cropmark's folder among the user's settings.
pub const FILE_NAME: &str = "settings.toml";

/// What the names of variables begin with.
const PREFIX: &str = "CROPMARK_";

/// The most bytes of the file.
const MOST_BYTES: u64 = 1 << 20;

/// Settings, and where each comes from.
#[derive(Debug, Clone)]
pub struct UserSettings {
    /// How the engine works.
    pub engine: Settings,
    /// How variants are kept.
    pub cache: CacheSettings,
    /// The hosts that sources by URL may be fetched from, beside those that a command names.
    pub allowed_hosts: Vec<AllowedHost>,
    /// What fetching a source may cost.
    pub fetching: FetchLimits,
    /// What is logged, and where to.
    pub log: LogSettings,
    origins: BTreeMap<&'static str, Origin>,
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody has set it.
    Default,
    /// This file.
    File(PathBuf),
    /// This variable of the environment.
    Environment(String),
    /// The command.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Environment(name) => formatter.write_str(name),
            Self::Flag => formatter.write_str("command"),
        }
    }
}

/// Why settings cannot be used: where it stands, what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct SettingsError {
    place: String,
    message: String,
}

/// A setting as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingNow {
    /// The name in the file.
    pub name: &'static str,
    /// The value as the file has it; `None`: no limit.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

impl UserSettings {
    /// The defaults, which may differ from program to program.
    #[must_use]
    pub fn new(engine: Settings) -> Self {
        Self {
            engine,
            cache: CacheSettings::default(),
            allowed_hosts: Vec::new(),
            fetching: FetchLimits::default(),
            log: LogSettings::default(),
            origins: BTreeMap::new(),
        }
    }

    /// Takes the file in, if it is there.
    ///
    /// # Errors
    /// With line and column: where it is no TOML, a key is unknown or a value is wrong.
    pub fn read_file(&mut self, path: &Path) -> Result<(), SettingsError> {
        let unreadable = |reason: String| SettingsError {
            place: path.display().to_string(),
            message: format!("it cannot be read ({reason}); correct or remove it"),
        };
        let length = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(unreadable(error.to_string())),
            Ok(metadata) => metadata.len(),
        };
        if length > MOST_BYTES {
            return Err(unreadable("it is larger than 1 MiB".to_owned()));
        }
        let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        self.read_text(path, &text)
    }

    /// Takes in what stands in the file.
    ///
    /// # Errors
    /// As of [`UserSettings::read_file`].
    pub fn read_text(&mut self, path: &Path, text: &str) -> Result<(), SettingsError> {
        let located = |offset: usize, message: String| {
            let (line, column) = place(text, offset);
            SettingsError { place: format!("{}:{line}:{column}", path.display()), message }
        };
        for entry in file::entries(text).map_err(|fault| located(fault.offset, fault.message))? {
            self.set(&entry.name, &entry.value, Origin::File(path.to_owned()))
                .map_err(|message| located(entry.offset, message))?;
        }
        Ok(())
    }

    /// Takes in what the environment says: of the setting `cache.disk`, the variable
    /// `CROPMARK_CACHE_DISK`.
    ///
    /// # Errors
    /// Where a value is wrong.
    pub fn read_environment(
        &mut self,
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<(), SettingsError> {
        for row in TABLE {
            let variable = variable(row.name);
            let Some(text) = get(&variable).filter(|text| !text.is_empty()) else { continue };
            self.set(row.name, &text, Origin::Environment(variable.clone()))
                .map_err(|message| SettingsError { place: variable, message })?;
        }
        Ok(())
    }

    /// Finds the variables of the environment that look like those of settings and are none: each with
    /// the nearest variable of a setting. `others` are variables that the program reads as well.
    #[must_use]
    pub fn misspelt_variables(
        names: impl Iterator<Item = String>,
        others: &[&str],
    ) -> Vec<(String, String)> {
        let variables = TABLE.iter().map(|row| variable(row.name));
        let known: Vec<String> =
            variables.chain(others.iter().map(|name| (*name).to_owned())).collect();
        let suffixes = || known.iter().filter_map(|name| name.strip_prefix(PREFIX));
        let near = names.filter(|name| !known.contains(name)).filter_map(|name| {
            let near = nearest(name.strip_prefix(PREFIX)?, suffixes())?;
            Some((name.clone(), format!("{PREFIX}{near}")))
        });
        near.collect()
    }

    /// Takes in what the command says, as `name=value`.
    ///
    /// # Errors
    /// Where a name is unknown or a value is wrong.
    pub fn read_flag(&mut self, flag: &str) -> Result<(), SettingsError> {
        let fault = |message| SettingsError { place: format!("--set {flag}"), message };
        let (name, value) =
            flag.split_once('=').ok_or_else(|| fault("write it as NAME=VALUE".to_owned()))?;
        self.set(name.trim(), value.trim(), Origin::Flag).map_err(fault)
    }

    /// Notes that the command has set this one by a flag of its own.
    pub fn note_flag(&mut self, name: &'static str) {
        self.origins.insert(name, Origin::Flag);
    }

    /// Whether somebody has set this one.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.origins.contains_key(name)
    }

    /// All settings as they are now.
    #[must_use]
    pub fn all(&self) -> Vec<SettingNow> {
        let now = TABLE.iter().map(|row| SettingNow {
            name: row.name,
            value: (row.get)(self),
            origin: self.origins.get(row.name).cloned().unwrap_or(Origin::Default),
        });
        now.collect()
    }

    fn set(&mut self, name: &str, text: &str, origin: Origin) -> Result<(), String> {
        let Some(row) = TABLE.iter().find(|row| row.name == name) else {
            let hint = match nearest(name, TABLE.iter().map(|row| row.name)) {
                Some(near) => format!("did you mean {near:?}?"),
                None => "`cropmark doctor` lists those that there are".to_owned(),
            };
            return Err(format!("there is no setting {name:?}; {hint}"));
        };
        let value = row.kind.read(text);
        value
            .and_then(|value| (row.set)(self, value))
            .map_err(|reason| format!("{name}: {reason}"))?;
        self.origins.insert(row.name, origin);
        Ok(())
    }
}

/// The variable of the environment that sets this one.
fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.replace('.', "_").to_uppercase())
}

/// The line and column of a place in a text, from 1.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests;
