//! The files that are read at all: not too large, and of a version that is known.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::preset::model::VERSION;

/// The largest preset file, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// The version of a file that is for a newer one than this program reads.
pub(super) fn newer_version<'d, 'i>(root: &'d DeTable<'i>) -> Option<&'d Spanned<DeValue<'i>>> {
    root.get("version").filter(|version| is_newer(version.get_ref()))
}

fn is_newer(version: &DeValue<'_>) -> bool {
    let version = version.as_integer().filter(|version| version.radix() == 10);
    // A number that fits no integer is a newer version as well.
    version.is_some_and(|version| match version.as_str().parse::<i64>() {
        Ok(version) => version > i64::from(VERSION),
        Err(_) => !version.as_str().starts_with('-'),
    })
}
