//! Selects the failed rows that another try can help.

use cropmark_engine::run::{Row, RunRecord, StoredRow};
use cropmark_store::{ItemState, RunId, Store, StoreError};

/// The most failed rows that are examined.
const MOST: usize = 5000;

/// The positions of a run's failed rows that another try can help; `None` where there are too many
/// to examine, and all are to be tried again. Blocks.
pub(super) fn select(store: &Store, id: RunId) -> Result<Option<Vec<u32>>, StoreError> {
    let failed = RunRecord::all_rows(store, id, &[ItemState::Failed]);
    let failed: Vec<_> = failed.take(MOST).collect::<Result<_, _>>()?;
    let positions = || failed.iter().filter(|row| can_retry(row)).map(|row| row.position);
    Ok((failed.len() < MOST).then(|| positions().collect()))
}

/// Whether a row failed for a reason that can pass.
pub(super) fn can_retry(stored: &StoredRow) -> bool {
    stored.state == ItemState::Failed && stored.row.as_ref().is_none_or(Row::is_retriable)
}

#[cfg(test)]
mod tests {
    use cropmark_engine::run::Status;
    use cropmark_rules::{Fault, FaultCode};

    use super::*;

    #[test]
    fn what_the_rule_refuses_is_not_worth_another_try() {
        let row = |error| Row {
            source: String::new(),
            generator: None,
            variation: None,
            status: Status::Failed,
            path: None,
            format: None,
            width: None,
            height: None,
            bytes: None,
            ms: None,
            cache: None,
            error,
            notes: Vec::new(),
            clash: false,
        };
        let stored = |state, code: Option<FaultCode>| StoredRow {
            position: 0,
            source: String::new(),
            generator: None,
            variation: None,
            state,
            row: Some(row(code.map(|code| Fault::new(code, "why")))),
        };
        for (state, code, expected) in [
            (ItemState::Failed, Some(FaultCode::Crashed), true),
            (ItemState::Failed, Some(FaultCode::Unreadable), true),
            (ItemState::Failed, Some(FaultCode::Invalid), false),
            (ItemState::Failed, Some(FaultCode::Unsupported), false),
            (ItemState::Failed, None, true),
            (ItemState::Done, None, false),
        ] {
            assert_eq!(can_retry(&stored(state, code)), expected, "{state:?} {code:?}");
        }
    }
}
