//! Tables whose rows carry a message authentication code in the column `mac`. The connection that
//! writes sets it by triggers of its own, so that no statement can forget to; whoever reads asks
//! for rows that are [genuine](SealedTable::genuine).

/// A table with a column `mac`. In its parts, `@` stands where a row's name may stand.
pub(crate) struct SealedTable {
    /// The table's name.
    pub(crate) name: &'static str,
    /// What tells a row from others: the condition that a row is that called `NEW`.
    pub(crate) is_new: &'static str,
    /// What is authenticated.
    pub(crate) values: &'static str,
    /// Whether its rows hold wherever the folder is, and not in this place alone.
    pub(crate) is_portable: bool,
    /// The columns that statements change.
    pub(crate) changing: Option<&'static str>,
}

impl SealedTable {
    fn code(&self, row: &str) -> String {
        let function = if self.is_portable { "portable_mac" } else { "mac" };
        format!("{function}('{}', {})", self.name, self.values.replace('@', row))
    }

    /// The condition that a row was written by this user's Cropmark, for this workspace.
    pub(crate) fn genuine(&self) -> String {
        format!("mac IS {}", self.code(""))
    }

    /// The SQL of this connection's triggers. A row that was not genuine is not made so.
    pub(crate) fn triggers(&self) -> String {
        let Self { name, is_new, changing, .. } = self;
        let set = format!("UPDATE {name} SET mac = {} WHERE {is_new};", self.code(""));
        let inserted =
            format!("CREATE TEMP TRIGGER {name}_inserted AFTER INSERT ON {name} BEGIN {set} END;");
        let Some(columns) = changing else { return inserted };
        let old = self.code("OLD.");
        format!(
            "{inserted}
             CREATE TEMP TRIGGER {name}_changed AFTER UPDATE OF {columns} ON {name}
             WHEN OLD.mac IS {old} BEGIN {set} END;"
        )
    }
}
