//! Cropmark's engine: decides what runs next, admits it to memory, and keeps the worker
//! processes that do the work.
//!
//! One task, the dispatcher, owns all mutable state and takes one event at a time; see
//! `dispatcher`. What runs next is a pure function in `queue/policy.rs`. Processes are started
//! in one place, `pool/process.rs`. No image byte is parsed here.

mod admission;
mod dispatcher;
mod engine;
mod event;
pub mod export;
mod order;
pub mod places;
mod pool;
mod queue;
mod settings;
mod snapshot;
mod ticket;
pub mod watch;

pub use engine::{Engine, StartError};
pub use order::{BatchId, Class, OrderedVariant, RenderOrder};
pub use settings::Settings;
pub use snapshot::{
    AdmissionSnapshot, ClassSnapshot, Snapshot, Totals, WorkerSnapshot, WorkerState,
};
pub use ticket::Ticket;
