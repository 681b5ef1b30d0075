//! What Cropmark keeps on disk.
//!
//! [`atomic`] is the one door for files under their final names: whole or not at all, and never
//! over an original.

pub mod atomic;
