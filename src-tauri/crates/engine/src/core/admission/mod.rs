//! Admission: running jobs together stay within a memory limit and a number.

mod admit;
mod estimate;

pub(crate) use admit::{Admitted, admit};
pub(crate) use estimate::read_frames;

use crate::Settings;

/// Bytes that reading a header takes, at most: nearly all of it is the worker itself.
pub(crate) const INSPECT_BYTES: u64 = 32 << 20;

/// What running jobs may take, and what they take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) max_memory: u64,
    pub(crate) max_requests: usize,
    /// Bytes, by estimate.
    pub(crate) used: u64,
    /// Jobs.
    pub(crate) granted: usize,
}

impl Budget {
    pub(crate) fn new(settings: &Settings) -> Self {
        let max_requests = settings.max_requests.unwrap_or(usize::MAX).max(1);
        Self { max_memory: settings.max_memory, max_requests, used: 0, granted: 0 }
    }

    /// Bytes that can still be granted.
    pub(crate) fn free_memory(&self) -> u64 {
        self.max_memory.saturating_sub(self.used)
    }

    /// Jobs that can still be granted.
    pub(crate) fn free_requests(&self) -> usize {
        self.max_requests.saturating_sub(self.granted)
    }

    /// Takes a job's share.
    pub(crate) fn grant(&mut self, bytes: u64) {
        self.used = self.used.saturating_add(bytes);
        self.granted += 1;
    }

    /// Gives it back.
    pub(crate) fn release(&mut self, bytes: u64) {
        self.used = self.used.saturating_sub(bytes);
        self.granted = self.granted.saturating_sub(1);
    }
}
