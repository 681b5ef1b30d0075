//! A local image server: gives the variants of a workspace by URL, rendered on demand by the same
//! scheduler, admission and cache as everything else.
//!
//! `/<generator>/<path>.<ext>` and `/<generator>/<theme>/<variation>/<path>.<ext>` name a variant;
//! see `locate`. Nothing outside of the workspace is read, no hidden file, and no link is
//! followed that leads out. URLs in the languages of other systems are understood where the settings
//! say so; see `foreign`. Only GET and HEAD are answered, and no bodies of requests are read.

mod accept;
mod address;
mod body;
mod catalogue;
mod choose;
mod conditional;
mod content;
mod foreign;
mod hints;
mod identity;
mod imgproxy;
mod known;
mod konifer;
mod listen;
mod locate;
mod magnolia;
mod negotiation;
mod picture;
mod refusal;
mod reply;
mod request;
mod resolve;
mod server;
mod shared;
mod warm;
mod warm_list;

pub use imgproxy::ImgproxySettings;
pub use konifer::KoniferSettings;
pub use server::{ServeError, Server};
pub use shared::ServeSettings;
pub use warm::WarmSummary;
pub use warm_list::WarmList;
