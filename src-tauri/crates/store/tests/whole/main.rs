//! The store as a whole, against what happens to files and processes.

mod common;
mod damage;
mod disk;
mod kill;
