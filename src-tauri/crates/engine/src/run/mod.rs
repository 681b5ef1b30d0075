//! Export runs: from files and folders to finished variants under their final names.
//!
//! One executor takes the sources through planning and rendering, in their order. A recorded run
//! outlives its process: its [`RunPlan`] and its sources are written down before anything is done;
//! a row is reported once its item's end is on the disk; and before a file gets its final name,
//! that name is noted, so that after a crash the file is recognised. What the store holds is
//! enough to go on in another process. A run that is not [recorded](Record) takes the
//! same way, and only reports.
//!
//! A [`Run`] is the handle; [`RunRecord`] and [`StoredRow`] are what is left to read of any run.
//! Originals are never written to.

mod command;
mod context;
mod destination;
mod early;
mod error;
mod events;
mod executor;
mod finished;
mod handle;
mod item;
mod membership;
mod name_clashes;
mod names;
mod on_clash;
mod plan;
mod planned_source;
mod prepare;
mod progress;
mod record;
mod recorder;
pub(crate) mod row;
mod shard;
mod shared;
mod source_task;
mod source_work;
mod stored_run;
mod take_up;
mod task;
mod writer;

pub use context::RunContext;
pub use destination::Destination;
pub use error::RunError;
pub use events::RunEvent;
pub use handle::{Begun, Record, Run};
pub use name_clashes::NameClash;
pub use on_clash::OnClash;
pub use plan::{PLAN_VERSION, PresetText, RunOrigin, RunPlan};
pub use progress::RunProgress;
pub use record::{KEPT_RUNS, RunRecord, StoredRow};
pub use row::{CacheUse, Row, Status, Summary};
pub use shard::{Shard, ShardError};
