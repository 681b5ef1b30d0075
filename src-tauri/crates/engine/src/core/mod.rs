//! What runs when: orders come in through the [`engine::Engine`], the dispatcher decides, and the
//! pool's workers do the work.

mod admission;
mod bounds;
mod dispatcher;
pub(crate) mod engine;
pub(crate) mod error;
mod event;
pub(crate) mod order;
mod pool;
mod queue;
mod request;
pub(crate) mod settings;
pub(crate) mod snapshot;
pub(crate) mod ticket;
