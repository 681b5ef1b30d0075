//! The engine with real processes: the test worker, which does what its source says.

mod arriving;
mod common;
mod faults;
mod life;
mod logs;
mod proxies;
mod runs;
mod scheduling;
mod throttling;
