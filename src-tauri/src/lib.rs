//! The desktop shell: window, menu, dialogs and the `variant://` scheme around
//! [`cropmark_api::Studio`], which does the work and makes all decisions.

mod arguments;
mod automation;
mod clipboard;
mod commands;
#[cfg(target_os = "linux")]
mod drawing;
mod drops;
mod events;
mod leaving;
mod log;
mod menu;
mod origin;
mod run;
mod scheme;
mod state;

pub use run::run;
