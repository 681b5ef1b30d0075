//! What is different on every operating system: memory, processes, files and the sandbox.

pub(crate) mod files;
pub(crate) mod memory;
pub(crate) mod process;
pub(crate) mod sandbox;
