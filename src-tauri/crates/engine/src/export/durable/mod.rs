//! Export runs that outlive their process.
//!
//! A [`RunPlan`] and its sources are written down before anything is done. Sources are planned
//! ahead, in their order, each into items; a row is told once its item's end is on the disk; and
//! before a file gets its final name, that name is noted, so that after a crash the file is
//! recognised. What the store holds is enough to go on without whoever began the run.
//!
//! A [`Run`] is the handle; [`RunRecord`] and [`StoredRow`] are what is left to read of any run.

mod error;
mod handle;
mod pass;
mod plan;
mod planning;
mod progress;
mod record;
mod recorder;
mod source;
mod spec;
mod task;

pub use error::RunError;
pub use handle::{Run, RunReport};
pub use plan::{PLAN_VERSION, PresetText, RunOrigin, RunPlan};
pub(super) use planning::STOPPED;
pub use progress::RunProgress;
pub use record::{KEPT_RUNS, RunRecord, StoredRow};
pub(super) use recorder::{Recorder, Recording};
