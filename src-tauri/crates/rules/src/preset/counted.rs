//! Counts, for tests, the work that this thread does.

use std::cell::Cell;

thread_local! {
    static PARSES: Cell<usize> = const { Cell::new(0) };
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// A text is parsed.
pub(super) fn parse() {
    PARSES.set(PARSES.get() + 1);
}

/// Two names are compared, or a name is copied, or a range is looked at.
pub(super) fn step() {
    STEPS.set(STEPS.get() + 1);
}

/// Counts the parses of some work.
pub(super) fn parses(work: impl FnOnce()) -> usize {
    let before = PARSES.get();
    work();
    PARSES.get() - before
}

/// Counts the steps of some work.
pub(super) fn steps(work: impl FnOnce()) -> usize {
    let before = STEPS.get();
    work();
    STEPS.get() - before
}
