//! What runs when: orders come in through the [`engine::Engine`], the dispatcher decides, and the
//! pool's workers do the work.

mod admission;
pub(crate) mod arrival;
mod bounds;
pub(crate) mod copy;
mod dispatcher;
pub(crate) mod engine;
pub(crate) mod error;
mod event;
pub(crate) mod order;
pub(crate) mod pool;
mod queue;
mod request;
pub(crate) mod settings;
pub(crate) mod snapshot;
pub(crate) mod ticket;
