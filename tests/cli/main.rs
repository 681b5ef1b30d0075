//! Black-box tests of the command line: the real programs on images that the tests make.

mod cache;
mod check;
mod conflicts;
mod exchange;
mod fonts;
mod interrupt;
mod kill;
mod language;
mod look;
mod memory;
mod names;
mod originals;
mod parameters;
mod planted;
mod real_files;
mod refusals;
mod render;
mod serve;
mod settings;
mod shards;
mod sources;
mod support;
mod urls;
mod usage;
mod watch;
mod workspace;
