//! The engine's activity.

use cropmark_engine::{ClassSnapshot, Snapshot, WorkerState as EngineWorkerState};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The engine's activity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Activity {
    /// Work that the user waits for.
    pub on_demand: ClassActivity,
    /// Background work: exports, eager generators.
    pub eager: ClassActivity,
    /// Bytes of memory that the running jobs take, by estimate.
    #[ts(type = "number")]
    pub memory_used: u64,
    /// The most bytes that they may take.
    #[ts(type = "number")]
    pub memory_limit: u64,
    /// Whether the next job waits for memory.
    pub memory_waiting: bool,
    /// One a worker place.
    pub workers: Vec<WorkerActivity>,
    /// Jobs done since the start.
    #[ts(type = "number")]
    pub jobs: u64,
    /// Workers that died.
    #[ts(type = "number")]
    pub crashed: u64,
    /// Workers stopped because a variant took too long.
    #[ts(type = "number")]
    pub timed_out: u64,
    /// Variants tried a second time.
    #[ts(type = "number")]
    pub retried: u64,
}

/// The work of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct ClassActivity {
    /// Jobs that wait for their turn.
    pub queued: u32,
    /// Jobs of paused runs.
    pub held: u32,
    /// Jobs that run.
    pub running: u32,
}

/// One worker place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkerActivity {
    /// The process, while there is one.
    pub process: Option<u32>,
    /// Whether the place is kept for work that the user waits for.
    pub kept: bool,
    /// Its activity.
    pub state: WorkerState,
    /// Jobs that this process has finished.
    #[ts(type = "number")]
    pub jobs: u64,
    /// Bytes that it held after its last job.
    #[ts(type = "number")]
    pub resident_bytes: u64,
}

/// The activity of a worker place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    /// A process is starting.
    Starting,
    /// Ready for a job.
    Idle,
    /// Runs work that the user waits for.
    OnDemand,
    /// Runs background work.
    Eager,
    /// Its process is being ended.
    Ending,
    /// No process; the next try comes soon.
    Down,
}

impl From<ClassSnapshot> for ClassActivity {
    fn from(class: ClassSnapshot) -> Self {
        let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self { queued: small(class.queued), held: small(class.held), running: small(class.running) }
    }
}

impl From<EngineWorkerState> for WorkerState {
    fn from(state: EngineWorkerState) -> Self {
        match state {
            EngineWorkerState::Starting => Self::Starting,
            EngineWorkerState::Idle => Self::Idle,
            EngineWorkerState::Busy(cropmark_engine::Class::OnDemand) => Self::OnDemand,
            EngineWorkerState::Busy(cropmark_engine::Class::Eager) => Self::Eager,
            EngineWorkerState::Ending => Self::Ending,
            EngineWorkerState::Down => Self::Down,
        }
    }
}

impl From<&Snapshot> for Activity {
    fn from(snapshot: &Snapshot) -> Self {
        let workers = snapshot.workers.iter().map(|worker| WorkerActivity {
            process: worker.process,
            kept: worker.kept,
            state: worker.state.into(),
            jobs: worker.jobs,
            resident_bytes: worker.resident_bytes,
        });
        Self {
            on_demand: snapshot.on_demand.into(),
            eager: snapshot.eager.into(),
            memory_used: snapshot.admission.used + snapshot.admission.kept,
            memory_limit: snapshot.admission.max_memory,
            memory_waiting: snapshot.admission.waiting,
            workers: workers.collect(),
            jobs: snapshot.totals.jobs,
            crashed: snapshot.totals.crashed,
            timed_out: snapshot.totals.timed_out,
            retried: snapshot.totals.retried,
        }
    }
}
