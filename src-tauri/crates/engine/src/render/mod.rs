//! From planned variants to verified results, once for every user.
//!
//! A [`RenderJob`] is a source that was taken in with a group of variants that share its decoding.
//! [`render`] orders it with a [`Target`] for each wanted variant, to which the engine copies the
//! result. Each answer is [`Unverified`] until the source and the overlays were checked, and a
//! [`Verified`] one can be [kept](keep) or put in its place.

mod early;
pub(crate) mod gather;
mod job;
pub(crate) mod keep;
mod renders;
mod target;
mod verify;

pub(crate) use early::{EarlyRenders, render_early};
pub use job::{Purpose, RenderJob};
pub use keep::keep;
pub(crate) use renders::render_with;
pub use renders::{Renders, render, render_one};
pub use target::{Target, Targets};
pub use verify::{Unverified, Verified};
