//! Taking a source in, once for every user: opened, recognised by its fingerprint, else its header
//! checked, its content hashed, and both remembered.

pub(crate) mod cache;
mod freshness;
mod take;

pub use cache::Cache;
pub use freshness::{Freshness, TOO_FRESH};
pub use take::{Accepts, ContentIdentity, Intake, IntakeError, IntakeRequest, KnownSource};
