//! Landlock: the worker sees fonts and libraries, and only to read; it reaches no network and
//! signals nobody outside.

use std::{env, path::PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, PathBeneath, PathFd,
    Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus, Scope,
};

use crate::fonts;

/// What was restricted.
pub(super) struct Restricted {
    pub(super) files: bool,
    pub(super) network: bool,
}

/// Restricts this process; parts that the kernel does not know are left out and reported.
pub(super) fn restrict() -> Restricted {
    let files = restrict_files().unwrap_or(false);
    let network = restrict_network().unwrap_or(false);
    Restricted { files, network }
}

fn restrict_files() -> Result<bool, landlock::RulesetError> {
    let abi = ABI::V3;
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .create()?;
    for folder in readable() {
        // Folders that are not there need no rule.
        if let Ok(descriptor) = PathFd::new(&folder) {
            ruleset = ruleset.add_rule(PathBeneath::new(descriptor, AccessFs::from_read(abi)))?;
        }
    }
    Ok(ruleset.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
}

fn restrict_network() -> Result<bool, landlock::RulesetError> {
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// Fonts, their settings and caches, and libraries.
fn readable() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = [
        "/usr/share/fontconfig",
        "/etc/fonts",
        "/var/cache/fontconfig",
        "/usr/lib",
        "/usr/lib64",
        "/lib",
        "/lib64",
    ]
    .into_iter()
    .map(PathBuf::from)
    .collect();
    if let Some(cache) = env::var_os("XDG_CACHE_HOME") {
        folders.push(PathBuf::from(cache).join("fontconfig"));
    }
    folders.extend(fonts::folders());
    folders
}
