//! From planned variants to verified results, once for every user.
//!
//! A [`RenderJob`] is a source that was taken in with a group of variants that share its decoding.
//! [`render`] sends it to the workers with a [`Target`] for each wanted variant; each answer is
//! [`Unverified`] until its length and hash, the source and the overlays were checked, and a
//! [`Verified`] one can be [kept](keep) or put in its place.

pub(crate) mod group;
mod job;
pub(crate) mod keep;
mod renders;
mod target;
mod verify;
pub(crate) mod write_limit;

pub use job::{Purpose, RenderJob};
pub use keep::keep;
pub use renders::{Renders, render, render_one};
pub use target::{Target, Targets};
pub use verify::{Unverified, Verified};
