//! Cropmark's engine: decides what runs next, admits it to memory, and keeps the worker
//! processes that do the work.
//!
//! One task, the dispatcher, owns all mutable state and takes one event at a time; see
//! `core::dispatcher`. What runs next is a pure function in `core/queue/policy.rs`. Processes are
//! started in one place, `core/pool/process.rs`. No image byte is parsed here.

mod blocking;
mod core;
pub mod eager;
pub mod folders;
pub mod intake;
mod means;
pub mod metrics;
mod os;
pub mod presets;
pub mod render;
pub mod run;
pub mod source;
pub mod user_settings;
pub mod watch;

pub use self::core::{
    arrival::Arrival,
    engine::Engine,
    error::StartError,
    order::{BatchId, Class, Fidelity, OrderedVariant, RenderOrder},
    settings::Settings,
    snapshot::{AdmissionSnapshot, ClassSnapshot, Snapshot, Totals, WorkerSnapshot, WorkerState},
    ticket::Ticket,
};
pub use self::os::raise_file_limit;
