//! Sources by URL: which may be fetched, and from which addresses; a file that grows while one
//! arrives; and what is kept for the next run.
//!
//! Only `http` and `https`. A host must be allowed. Every hop of a redirect is checked anew, and
//! the address that was checked is the one connected to.

mod address;
mod client;
mod download;
mod fetch;
mod hosts;
mod kept;
mod limits;
mod location;
mod spool;
#[cfg(test)]
mod tests;

pub use fetch::Fetcher;
pub(crate) use fetch::{ArrivingSource, Begun};
pub use hosts::{AllowedHost, AllowedHosts, HostError};
pub use limits::FetchLimits;
pub(crate) use location::shown_text;
pub use location::{RemoteUrl, is_url};
