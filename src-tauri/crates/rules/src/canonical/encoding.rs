//! The canonical form of an encoding: without the options that its format has not.

use crate::{
    Depth, Encoding, Format, FormatRule, Metadata,
    format::Lossless,
    output::{Trial, on_scale_of},
};

/// The encoding's canonical form.
#[must_use]
pub fn encoding(encoding: Encoding) -> Encoding {
    let mut canonical = encoding;
    canonical.metadata = metadata(canonical.metadata);
    let FormatRule::Named(format) = canonical.format else {
        canonical.sizes.clear();
        canonical.depth = None;
        return tried(canonical);
    };
    let facts = format.facts();
    if format == Format::Ico {
        canonical.sizes.sort_unstable_by(|one, other| other.cmp(one));
        canonical.sizes.dedup();
    } else {
        canonical.sizes.clear();
    }
    canonical.lossless &= facts.lossless == Lossless::Choice;
    canonical.palette &= facts.palette;
    // A palette's quality is the least that it must reach: none is not the default of others.
    let default = Encoding::default_quality(format);
    let has_quality = canonical.palette || canonical.has_quality(format);
    canonical.quality = canonical
        .quality
        .filter(|quality| has_quality && (canonical.palette || *quality != default));
    canonical.chroma = canonical.chroma.filter(|_| facts.chroma);
    canonical.progressive = canonical.progressive.filter(|_| facts.progressive);
    canonical.effort = canonical.effort.filter(|_| facts.effort);
    canonical.density = canonical.density.filter(|_| facts.density);
    canonical.depth = depth(&canonical, format);
    canonical
}

/// The depth as it is written; none where that is 8 bits.
fn depth(encoding: &Encoding, format: Format) -> Option<Depth> {
    let depth =
        encoding.depth.filter(|_| !format.facts().depths.is_empty() && !encoding.palette)?;
    let Depth::Bits(_) = depth else { return Some(depth) };
    Some(encoding.bits(format, 8)).filter(|bits| *bits > 8).map(Depth::Bits)
}

/// A format that is found by trial: the quality is on every format's own scale, on which the
/// default is this one's.
fn tried(mut canonical: Encoding) -> Encoding {
    let default = Encoding::default_quality(Format::Jpeg);
    let quality = canonical.quality.unwrap_or(default);
    for (format, trial) in &mut canonical.trials {
        let has_quality = canonical.palette || format.facts().default_quality.is_some();
        let same = on_scale_of(*format, quality);
        trial.quality = trial.quality.filter(|quality| has_quality && *quality != same);
    }
    canonical.trials.retain(|_, trial| *trial != Trial::default());
    canonical.quality = canonical.quality.filter(|quality| *quality != default);
    canonical
}

/// A list of kinds in one order, each once; of none, nothing is kept.
fn metadata(metadata: Metadata) -> Metadata {
    let Metadata::Kinds(mut kinds) = metadata else { return metadata };
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() { Metadata::Strip } else { Metadata::Kinds(kinds) }
}
