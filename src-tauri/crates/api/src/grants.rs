//! The paths that the page may use: each was chosen by the user, or belongs to the workspace.
//!
//! The page names a path by a grant's id, which it cannot guess. The shell grants what the user
//! chooses in the system's dialogs, drops on the window, or names on the command line.

use std::{collections::VecDeque, path::PathBuf};

use crate::{
    ApiError,
    model::{Grant, Purpose},
};

/// The most grants that are kept; the oldest ones are dropped first.
const MOST: usize = 1000;

/// The grants that were given and not used up.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    given: VecDeque<Given>,
}

#[derive(Debug)]
struct Given {
    id: String,
    purpose: Purpose,
    paths: Vec<PathBuf>,
}

impl Grants {
    /// Grants paths for one purpose. The same paths get the same id again.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub(crate) fn give(
        &mut self,
        purpose: Purpose,
        paths: Vec<PathBuf>,
    ) -> Result<Grant, ApiError> {
        let shown = paths.iter().map(|path| path.to_string_lossy().into_owned());
        let path = shown.collect::<Vec<_>>().join("\n");
        let same = |given: &&Given| given.purpose == purpose && given.paths == paths;
        if let Some(given) = self.given.iter().find(same) {
            return Ok(Grant { id: given.id.clone(), path });
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| {
            ApiError::system(format!("The system gives no random numbers: {error}"))
        })?;
        let id = format!("{:032x}", u128::from_le_bytes(random));
        if self.given.len() >= MOST {
            self.given.pop_front();
        }
        self.given.push_back(Given { id: id.clone(), purpose, paths });
        Ok(Grant { id, path })
    }

    /// Returns the path of a grant for this purpose, and removes the grant where the purpose
    /// allows one use.
    ///
    /// # Errors
    /// Where no such grant is there.
    pub(crate) fn path(&mut self, purpose: Purpose, id: &str) -> Result<PathBuf, ApiError> {
        self.paths(purpose, id)?.into_iter().next().ok_or_else(refused)
    }

    /// As [`Self::path`], with all paths of the grant.
    pub(crate) fn paths(&mut self, purpose: Purpose, id: &str) -> Result<Vec<PathBuf>, ApiError> {
        let is_it = |given: &Given| given.id == id && given.purpose == purpose;
        let place = self.given.iter().position(is_it).ok_or_else(refused)?;
        let given = if purpose.is_for_one_use() {
            self.given.remove(place).map(|given| given.paths)
        } else {
            self.given.get(place).map(|given| given.paths.clone())
        };
        given.ok_or_else(refused)
    }
}

fn refused() -> ApiError {
    let message = "Cropmark may not use this file or folder. Choose it again.";
    ApiError::new("not_granted", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_for_its_purpose_and_for_one_use_where_one_is_enough() {
        let mut grants = Grants::default();
        let mut give = |purpose| grants.give(purpose, vec!["/out".into()]).unwrap().id;
        let (folder, report) = (give(Purpose::Destination), give(Purpose::Report));
        assert_ne!(folder, report);
        assert_eq!(give(Purpose::Destination), folder, "the same folder, the same grant");
        let mut path = |purpose, id: &str| grants.path(purpose, id).map_err(|error| error.code);
        for _ in 0..2 {
            assert_eq!(path(Purpose::Destination, &folder), Ok("/out".into()));
        }
        assert_eq!(path(Purpose::Report, &report), Ok("/out".into()));
        for (purpose, id) in [
            (Purpose::Report, report.as_str()),
            (Purpose::Report, &folder),
            (Purpose::Workspace, "/out"),
        ] {
            assert_eq!(path(purpose, id), Err("not_granted".into()), "{purpose:?}");
        }
    }

    #[test]
    fn old_grants_are_dropped() {
        let mut grants = Grants::default();
        let ids: Vec<_> = (0..=MOST)
            .map(|at| grants.give(Purpose::File, vec![at.to_string().into()]).unwrap().id)
            .collect();
        assert!(grants.path(Purpose::File, &ids[0]).is_err());
        assert!(grants.path(Purpose::File, &ids[MOST]).is_ok());
    }
}
