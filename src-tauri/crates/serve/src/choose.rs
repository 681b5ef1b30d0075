//! The variant of a plan that a request means.

use cropmark_engine::presets::PresetPlan;
use cropmark_rules::{Fault, Format, FormatRule, plan::PlannedVariant};

use crate::{accept, hints::Hints, locate::Wanted, negotiation::Negotiation, refusal::Refusal};

/// A planned variant.
#[derive(Debug, PartialEq)]
pub(crate) struct Choice<'p> {
    pub(crate) variant: &'p PlannedVariant,
    /// Whether another `Accept` could have meant another one.
    pub(crate) varies: bool,
    /// Whether other client hints could have.
    pub(crate) is_hinted: bool,
}

/// Chooses the variant of an asset that a request means.
pub(crate) fn choose<'p>(
    plan: &'p PresetPlan,
    wanted: &Wanted,
    negotiation: Negotiation<'_>,
    asset: &str,
) -> Result<Choice<'p>, Refusal> {
    if let Some(unmatched) = plan.unmatched.first() {
        let message = format!("{asset}: {:?} {}.", unmatched.generator, unmatched.reason);
        return Err(Refusal::not_found(message));
    }
    let (variants, is_hinted) = of_size(plan, wanted, negotiation.hints);
    if variants.is_empty() {
        return Err(nothing(plan, wanted, asset));
    }
    let rule = |variant: &&PlannedVariant| match variant.encoding.format {
        FormatRule::Named(format) => Some(format),
        FormatRule::Smallest | FormatRule::Source => None,
    };
    let with = |format: Option<Format>| {
        let format = format?;
        variants.iter().copied().find(|variant| rule(variant) == Some(format))
    };
    if let Some(variant) = with(wanted.format) {
        return Ok(Choice { variant, varies: false, is_hinted });
    }
    let formats: Vec<Format> = variants.iter().filter_map(rule).collect();
    if wanted.is_strict {
        let names: Vec<&str> = formats.iter().map(|format| format.extension()).collect();
        let message = if names.is_empty() {
            format!(
                "{asset}: its format is known only once it is rendered; leave the extension out."
            )
        } else {
            format!("{asset}: this generator writes {}.", names.join(", "))
        };
        return Err(Refusal::not_found(message));
    }
    let chosen = with(accept::choose(negotiation.accept, &formats));
    let variant = chosen.unwrap_or(variants[0]);
    Ok(Choice { variant, varies: variants.len() > 1, is_hinted })
}

/// The variants of the size that is wanted, one a format, and whether hints could have chosen another
/// size. A generator with widths that is asked for none gives the one that the hints choose, else the
/// largest; it gives the largest too where a width above the source's is asked for.
fn of_size<'p>(
    plan: &'p PresetPlan,
    wanted: &Wanted,
    hints: Hints,
) -> (Vec<&'p PlannedVariant>, bool) {
    let of = |theme: Option<&str>, variation: Option<&str>| -> Vec<&PlannedVariant> {
        let is_meant = |variant: &&PlannedVariant| {
            variant.theme.as_deref() == theme && variant.variation.as_deref() == variation
        };
        plan.variants.iter().filter(is_meant).collect()
    };
    let exact = of(wanted.theme.as_deref(), wanted.variation.as_deref());
    if !exact.is_empty() || wanted.theme.is_some() {
        return (exact, false);
    }
    let widths = plan.variants.iter().filter(|variant| variant.theme.is_none());
    let widths = widths.filter_map(|variant| variant.variation.as_deref()?.parse::<u32>().ok());
    let mut widths: Vec<u32> = widths.collect();
    widths.sort_unstable();
    widths.dedup();
    let largest = widths.last().copied();
    match wanted.variation.as_deref() {
        None => {
            let hinted = match hints {
                Hints::On(Some(hint)) => hint.choose(&widths),
                Hints::On(None) | Hints::Off => None,
            };
            let is_hinted = hints != Hints::Off && widths.len() > 1;
            let width = hinted.or(largest);
            (width.map_or(exact, |width| of(None, Some(&width.to_string()))), is_hinted)
        }
        Some(name) => match (name.parse::<u32>(), largest) {
            (Ok(width), Some(largest)) if width > largest => {
                (of(None, Some(&largest.to_string())), false)
            }
            _ => {
                // A theme's variation, named behind the file's name.
                let named = |variant: &&PlannedVariant| variant.variation.as_deref() == Some(name);
                let theme = plan.variants.iter().find(named).map(|it| it.theme.clone());
                (theme.map_or(exact, |theme| of(theme.as_deref(), Some(name))), false)
            }
        },
    }
}

/// Why there is no variant of the size.
fn nothing(plan: &PresetPlan, wanted: &Wanted, asset: &str) -> Refusal {
    let is_meant = |name: &Option<String>| wanted.variation.is_none() || *name == wanted.variation;
    let refused = plan.refused.iter().find(|refused| is_meant(&refused.variation));
    let fault: Option<&Fault> = refused.map(|refused| &refused.fault);
    fault.map_or_else(
        || Refusal::not_found(format!("{asset}: this generator makes no such size of it.")),
        |fault| Refusal::of(asset, fault),
    )
}

#[cfg(test)]
mod tests;
