//! What the engine is doing at a moment, for status displays and tests.

use std::sync::Arc;

use cropmark_rules::Key;

use crate::Class;

/// The engine's state at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Work that a user waits for.
    pub on_demand: ClassSnapshot,
    /// Work that no user waits for.
    pub eager: ClassSnapshot,
    /// Admission to memory.
    pub admission: AdmissionSnapshot,
    /// One entry a worker place.
    pub workers: Vec<WorkerSnapshot>,
    /// The variants that workers are rendering.
    pub rendering: Arc<[Key]>,
    /// What has happened since the start.
    pub totals: Totals,
}

/// The work of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassSnapshot {
    /// Jobs that wait for their turn, held ones not counted.
    pub queued: usize,
    /// Jobs of paused batches.
    pub held: usize,
    /// Jobs that run.
    pub running: usize,
}

/// Admission to memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AdmissionSnapshot {
    /// Bytes that the running jobs take, by estimate.
    pub used: u64,
    /// Bytes of the pixels that workers keep from one preview to the next.
    pub kept: u64,
    /// The most bytes that both may take.
    pub max_memory: u64,
    /// Jobs that are admitted.
    pub granted: usize,
    /// Whether the next job waits for memory.
    pub waiting: bool,
}

/// One worker place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerSnapshot {
    /// The process, while there is one.
    pub process: Option<u32>,
    /// Whether the place is kept for work that a user waits for.
    pub kept: bool,
    /// What it does.
    pub state: WorkerState,
    /// Jobs that this process has finished.
    pub jobs: u64,
    /// Bytes that it held after its last job.
    pub resident_bytes: u64,
}

/// What a worker place does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerState {
    /// A process is starting.
    Starting,
    /// Ready for a job.
    Idle,
    /// At work for this class.
    Busy(Class),
    /// Its process is being ended.
    Ending,
    /// No process: the last ones failed to start, the next try comes soon.
    Down,
}

/// What has happened since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Turns that on-demand work got while both classes held work.
    pub on_demand_turns: u64,
    /// Turns that eager work got while both classes held work.
    pub eager_turns: u64,
    /// Jobs that workers finished.
    pub jobs: u64,
    /// Worker processes started.
    pub started: u64,
    /// Workers that crashed or broke the protocol.
    pub crashed: u64,
    /// Workers killed because a variant took too long.
    pub timed_out: u64,
    /// Workers killed because their work was cancelled.
    pub cancelled: u64,
    /// Workers replaced because of their age or memory.
    pub retired: u64,
    /// Variants tried a second time.
    pub retried: u64,
}
