//! Exports through the commands, with real workers.
