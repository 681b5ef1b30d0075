//! Output options that contradict each other.

use toml::{Spanned, de::DeValue};

use super::{At, PartFaults};
use crate::{
    Format, FormatRule,
    format::Lossless,
    preset::{
        Defaults, OutputRules,
        finding::{Findings, Part},
        prune::Pruned,
    },
};

/// Checks the output that generators may leave out.
pub(in crate::preset) fn output(
    findings: &mut Findings,
    defaults: &Defaults,
    value: &Spanned<DeValue<'_>>,
    pruned: &Pruned,
) {
    let mut faults = PartFaults { findings, part: Part::AllGenerators, value, pruned };
    check(&mut faults, &[At::Key("output")], &defaults.output, None);
}

/// Checks an output table against itself: what it takes from the defaults yields to it.
pub(super) fn check(
    faults: &mut PartFaults<'_, '_, '_>,
    table: &[At<'_>],
    own: &OutputRules,
    defaults: Option<&OutputRules>,
) {
    let way = |key: &'static str| [table, &[At::Key(key)]].concat();
    let lossless = own.lossless == Some(true);
    let exclusive = [
        (
            "max_bytes",
            lossless && own.max_bytes.is_some(),
            "lossless keeps every pixel, so max_bytes has no quality to lower; remove one",
        ),
        (
            "target_score",
            lossless && own.target_score.is_some(),
            "lossless keeps every pixel, so target_score has no quality to choose; remove one",
        ),
        (
            "target_score",
            own.quality.is_some() && own.target_score.is_some(),
            "target_score chooses the quality; remove quality or target_score",
        ),
        (
            "palette",
            lossless && own.palette == Some(true),
            "palette keeps at most 256 colours and lossless every one; remove one",
        ),
    ];
    for (key, contradicts, message) in exclusive {
        if contradicts {
            faults.add(&way(key), format!("{key}: {message}"));
        }
    }
    let formats = own.format.as_ref().or(defaults.and_then(|defaults| defaults.format.as_ref()));
    let formats = formats.map_or(&[FormatRule::Source][..], |formats| formats.as_slice());
    let some = |can: fn(Format) -> bool| {
        formats.iter().any(|rule| match rule {
            FormatRule::Named(format) => can(*format),
            FormatRule::Source | FormatRule::Smallest => true,
        })
    };
    if lossless && !some(|format| format.facts().lossless != Lossless::Never) {
        faults.add(&way("lossless"), "lossless: JPEG always loses; choose webp, avif or png");
    }
    if own.palette == Some(true) && !some(|format| format.facts().palette) {
        faults.add(&way("palette"), "palette: only png has one; remove it or choose png");
    }
    if own.sizes.is_some() && !some(|format| format == Format::Ico) {
        faults.add(&way("sizes"), "sizes: only ico holds several; remove it or choose ico");
    }
    let given = own.format.as_ref().map_or(&[][..], |formats| formats.as_slice());
    let list_way = way("format");
    if own.format.is_some() && given.is_empty() && faults.is_whole(&list_way) {
        faults.add(&list_way, "format: the list is empty; give at least one format");
    }
    for (index, format) in given.iter().enumerate() {
        if given[..index].contains(format) {
            let way = [table, &[At::Key("format"), At::Index(index)]].concat();
            faults.add(&way, "format: this one is given twice");
        }
    }
}
