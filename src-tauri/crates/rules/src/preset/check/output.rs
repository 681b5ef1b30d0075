//! Output options that contradict each other.

use toml::{Spanned, de::DeValue};

use super::{At, PartFaults};
use crate::{
    Depth, Format, FormatRule,
    format::Lossless,
    preset::{
        Defaults, OutputRules,
        finding::{Findings, Part},
        prune::Pruned,
        walk::words::join,
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
        (
            "depth",
            own.palette == Some(true) && own.depth.is_some_and(|it| it != Depth::Bits(8)),
            "palette has colours of 8 bits; remove depth or palette",
        ),
        (
            "depth",
            matches!(own.depth, Some(Depth::Bits(bits)) if ![8, 10, 12, 16].contains(&bits)),
            "it may be 8, 10, 12, 16 or \"source\"",
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
        faults.add(&way("lossless"), "lossless: JPEG always loses; choose jxl, webp, avif or png");
    }
    if own.palette == Some(true) && !some(|format| format.facts().palette) {
        faults.add(&way("palette"), "palette: only png has one; remove it or choose png");
    }
    if own.sizes.is_some() && !some(|format| format == Format::Ico) {
        faults.add(&way("sizes"), "sizes: only ico holds several; remove it or choose ico");
    }
    let is_deep = matches!(own.depth, Some(Depth::Bits(bits)) if bits > 8);
    if is_deep && !some(|format| !format.facts().depths.is_empty()) {
        faults.add(&way("depth"), deep_fault(formats));
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

/// Says that none of these formats holds more than 8 bits, and which do.
fn deep_fault(formats: &[FormatRule]) -> String {
    let named = formats.iter().filter_map(|rule| match rule {
        FormatRule::Named(format) => Some(*format),
        FormatRule::Source | FormatRule::Smallest => None,
    });
    let labels: Vec<&str> = named.map(|format| format.facts().label).collect();
    let holding = Format::ALL.into_iter().filter(|format| !format.facts().depths.is_empty());
    let deep: Vec<&str> = holding.map(Format::name).collect();
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let holds = if labels.len() == 1 { "holds" } else { "hold" };
    format!(
        "depth: {} {holds} 8 bits; choose {}, or remove depth",
        join(owned(&labels), "and"),
        join(owned(&deep), "or")
    )
}
