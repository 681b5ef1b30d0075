//! Whose an index is: it has a random number that is authenticated for its user and its folder.

use std::{fmt, path::Path};

use rusqlite::{Connection, TransactionBehavior};
use serde::{Deserialize, Serialize};

use crate::{
    TrustKey, os,
    seal::{Seal, WorkspaceId},
    table::{SEALED, run, setting, variant},
};

/// Where the number stands among the settings.
const IDENTITY: &str = "index.identity";

#[derive(Serialize, Deserialize)]
struct Identity {
    id: WorkspaceId,
    mac: [u8; 32],
}

/// What came along with a folder and was removed from its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Foreign {
    /// Export runs.
    pub runs: u64,
    /// Variants.
    pub variants: u64,
}

/// Both, as in `1 export run and 2 variants`; one alone where there is none of the other.
impl fmt::Display for Foreign {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: u64, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {one}s")),
        };
        let both = [counted(self.runs, "export run"), counted(self.variants, "variant")];
        formatter.write_str(&both.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }
}

/// The user, and the canonical path of the workspace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) key: &'a TrustKey,
    pub(crate) folder: &'a Path,
}

impl Owner<'_> {
    /// The keys of an index that is only read: a wrong number verifies nothing.
    pub(crate) fn seal(self, connection: &Connection) -> rusqlite::Result<Seal> {
        let known = identity(connection).map(|identity| identity.id);
        Ok(Seal::new(self.key, self.folder, &known.map_or_else(random, Ok)?))
    }

    /// Takes over an index whose tables are right: gives it a number where it has none of this
    /// user's, removes what did not come from here, and has every row authenticated that this
    /// connection writes.
    pub(crate) fn take_over(
        self,
        connection: &mut Connection,
    ) -> rusqlite::Result<(Seal, Foreign)> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known = identity(&transaction).and_then(|identity| {
            let seal = Seal::new(self.key, self.folder, &identity.id);
            (seal.of_workspace() == blake3::Hash::from(identity.mac)).then_some(seal)
        });
        let is_known = known.is_some();
        let seal = match known {
            Some(seal) => seal,
            None => self.identify(&transaction, random()?)?,
        };
        seal.register(&transaction)?;
        let foreign = if is_known {
            Foreign { runs: run::remove_foreign(&transaction)?, variants: 0 }
        } else {
            Foreign {
                runs: run::remove_all(&transaction)?,
                variants: variant::remove_foreign(&transaction)?,
            }
        };
        transaction.commit()?;
        for table in SEALED {
            connection.execute_batch(&table.triggers())?;
        }
        Ok((seal, foreign))
    }

    /// Notes the number of a workspace in its index.
    pub(crate) fn identify(
        self,
        connection: &Connection,
        id: WorkspaceId,
    ) -> rusqlite::Result<Seal> {
        let seal = Seal::new(self.key, self.folder, &id);
        let identity = Identity { id, mac: seal.of_workspace().into() };
        let value = serde_json::to_value(identity)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        setting::set(connection, IDENTITY, &value)?;
        Ok(seal)
    }
}

/// The number that an index says it has.
pub(crate) fn id(connection: &Connection) -> Option<WorkspaceId> {
    identity(connection).map(|identity| identity.id)
}

fn identity(connection: &Connection) -> Option<Identity> {
    let value = setting::get(connection, IDENTITY).ok().flatten()?;
    serde_json::from_value(value).ok()
}

fn random() -> rusqlite::Result<WorkspaceId> {
    let random =
        os::random().map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    Ok(std::array::from_fn(|index| random[index]))
}

#[cfg(test)]
mod tests;
