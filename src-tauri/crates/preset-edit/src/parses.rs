//! Counts, for tests, how often this thread parses a text.

use std::cell::Cell;

thread_local! { static COUNT: Cell<usize> = const { Cell::new(0) } }

pub(crate) fn add() {
    COUNT.set(COUNT.get() + 1);
}

/// Counts the parses of some work.
pub(crate) fn during(work: impl FnOnce()) -> usize {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}
