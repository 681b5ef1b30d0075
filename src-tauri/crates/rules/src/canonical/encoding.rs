//! The canonical form of an encoding: without the options that its format has not.

use crate::{Encoding, Format, FormatRule, Metadata, format::Lossless};

/// The encoding's canonical form.
#[must_use]
pub fn encoding(encoding: Encoding) -> Encoding {
    let mut canonical = encoding;
    canonical.metadata = metadata(canonical.metadata);
    let FormatRule::Named(format) = canonical.format else {
        // Tried on every format's own scale, on which the default is this one's.
        let default = Encoding::default_quality(Format::Jpeg);
        canonical.quality = canonical.quality.filter(|quality| *quality != default);
        return canonical;
    };
    let facts = format.facts();
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
    canonical
}

/// A list of kinds in one order, each once; of none, nothing is kept.
fn metadata(metadata: Metadata) -> Metadata {
    let Metadata::Kinds(mut kinds) = metadata else { return metadata };
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() { Metadata::Strip } else { Metadata::Kinds(kinds) }
}
