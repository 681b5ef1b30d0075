//! The canonical form of source rules: without the options that this source makes no use of.

use crate::{Format, Frames, SourceRules, Subsample, Tone, protocol::Header};

/// The source rules' canonical form, for a source with this header.
#[must_use]
pub fn rules(rules: &SourceRules, header: &Header) -> SourceRules {
    let plain = SourceRules::default();
    let rest = header.frames.saturating_sub(rules.page);
    let whole = matches!(rules.frames, Frames::Count(count) if rest > 0 && count >= rest);
    let single = header.frames <= 1 && rules.page == 0;
    let is_light = header.format.facts().light && header.depth >= 32;
    SourceRules {
        // Pages may differ in their orientation; of a single one the header tells it.
        auto_orient: rules.auto_orient || (single && header.orientation <= 1),
        page: rules.page,
        frames: if whole { Frames::All } else { rules.frames },
        density: if header.format.facts().vector { rules.density } else { plain.density },
        subsample: rules.subsample.as_ref().and_then(|rule| subsample(rule, header, rules, single)),
        exposure: if is_light { rules.exposure } else { plain.exposure },
        tone: rules.tone.filter(|tone| is_light && *tone != Tone::default()),
        damaged: rules.damaged.filter(|_| header.format == Format::Jpeg),
    }
}

fn subsample(
    rule: &Subsample,
    header: &Header,
    rules: &SourceRules,
    single: bool,
) -> Option<Subsample> {
    if !header.format.facts().subsample {
        // Only whether it fails matters; where it does, the worker says so.
        let fails = Subsample { fail_if_unsupported: true, ..rule.clone() };
        return rule.fail_if_unsupported.then_some(fails);
    }
    let (width, height) =
        if rules.auto_orient { header.upright_size() } else { (header.width, header.height) };
    let takes_all = single && rule.size(width, height) == (width, height);
    (!takes_all).then(|| Subsample { fail_if_unsupported: true, ..rule.clone() })
}
