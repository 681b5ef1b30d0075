//! Which failed rows are worth another try.

use cropmark_engine::export::{Row, RunRecord, StoredRow};
use cropmark_store::{ItemState, RunId, Store, StoreError};

/// Rows that are looked at, at a time.
const PAGE: u32 = 500;

/// So many failed rows are looked at, at most: of more, all are tried again.
const MOST: usize = 5000;

/// The failed rows of a run that are worth another try.
pub(super) struct Worth {
    /// Their places.
    pub(super) positions: Vec<u32>,
    /// Whether all failed rows were looked at.
    pub(super) is_complete: bool,
}

/// Looks through the failed rows of a run. Blocks.
pub(super) fn look_through(store: &Store, id: RunId) -> Result<Worth, StoreError> {
    let mut positions = Vec::new();
    let mut seen = 0;
    loop {
        let offset = u32::try_from(seen).unwrap_or(u32::MAX);
        let page = RunRecord::rows(store, id, Some(ItemState::Failed), offset, PAGE)?;
        positions.extend(page.iter().filter(|row| is_worth(row)).map(|row| row.position));
        seen += page.len();
        let is_complete = page.len() < PAGE as usize;
        if is_complete || seen >= MOST {
            return Ok(Worth { positions, is_complete });
        }
    }
}

/// Whether a row failed for a reason that may be another the next time.
pub(super) fn is_worth(stored: &StoredRow) -> bool {
    stored.state == ItemState::Failed && stored.row.as_ref().is_none_or(Row::is_retriable)
}

#[cfg(test)]
mod tests {
    use cropmark_engine::export::Status;
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
            assert_eq!(is_worth(&stored(state, code)), expected, "{state:?} {code:?}");
        }
    }
}
