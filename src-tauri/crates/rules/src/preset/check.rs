//! What a schema cannot say: keys that need or exclude each other, names that must exist, paths
//! that must stay inside.

use std::collections::BTreeSet;

use toml::{Spanned, de::DeValue};

use crate::preset::{Generator, OutputRules, Theme, syntax::Finding};

pub(super) fn generator(
    _generator: &Generator,
    _defaults: &OutputRules,
    _value: &Spanned<DeValue<'_>>,
) -> Vec<Finding> {
    Vec::new()
}

pub(super) fn theme(
    _theme: &Theme,
    _generators: &[Generator],
    _names: &BTreeSet<&str>,
    _earlier: &[Theme],
    _value: &Spanned<DeValue<'_>>,
) -> Vec<Finding> {
    Vec::new()
}
