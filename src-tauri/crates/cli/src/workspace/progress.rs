//! Shows the progress of a long check: a bar on a terminal, and nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal;

/// A progress bar that is removed from the screen when it is dropped.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(is_silent: bool) -> Self {
        if is_silent || !terminal::can_redraw() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length();
        let template = "{bar:30} {pos} of {len} variants  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(super) fn show(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
