//! How the window names a variant: its variation, its format, and the URL of its picture.

use cropmark_rules::{Format, FormatRule, Key, plan::PlannedVariant};

/// A variation as `GeneratorInfo.variations` names it.
pub(crate) fn variation_name(variant: &PlannedVariant) -> Option<String> {
    match (&variant.theme, &variant.variation) {
        (Some(theme), Some(name)) => Some(format!("{theme}/{name}")),
        (_, name) => name.clone(),
    }
}

/// A planned format's name.
pub(crate) fn format_name(format: FormatRule) -> &'static str {
    match format {
        FormatRule::Named(format) => format.name(),
        FormatRule::Smallest => "smallest",
        FormatRule::Source => "source",
    }
}

/// The URL of a variant's picture.
pub(crate) fn url(key: Key, format: Format) -> String {
    format!("variant://localhost/variant/{key}.{}", format.extension())
}
