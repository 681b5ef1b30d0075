//! What a header says, in the words of the protocol.

use cropmark_rules::{Format, protocol::Header};

use crate::{
    color,
    formats::RawFacts,
    metadata::{self, Described},
    vips::Image,
};

/// The header of a source by its first frame, whose pixels have not been read.
pub(super) fn of(source: Described<'_>, format: Format, facts: &RawFacts) -> Header {
    let image = source.image;
    let frames = image.frames();
    let animated = format.has_frames() && frames > 1;
    let mut metadata = metadata::names(source);
    if let Some((across, down)) = facts.sensor {
        metadata.insert("raw.sensor".to_owned(), format!("{across} x {down}"));
    }
    let positive = |value: i32| u32::try_from(value).unwrap_or(0);
    Header {
        format,
        width: image.width(),
        height: image.height(),
        frames,
        bands: image.bands(),
        depth: image.integer("bits-per-sample").map_or(image.depth(), positive).max(1),
        alpha: image.has_alpha(),
        space: space(image),
        profile: profile(image),
        orientation: orientation(image),
        delays: if animated {
            delays(image).into_iter().map(positive).collect()
        } else {
            Vec::new()
        },
        repeats: image.integer("loop").filter(|_| animated).map(positive),
        buffer_bytes: facts.buffer_bytes,
        metadata,
    }
}

/// The orientation tag, 1–8; what is no such number counts as upright.
pub(super) fn orientation(image: &Image) -> u8 {
    let value = image.integer("orientation").and_then(|value| u8::try_from(value).ok());
    value.filter(|value| (1..=8).contains(value)).unwrap_or(1)
}

/// Milliseconds of each frame.
pub(super) fn delays(image: &Image) -> Vec<i32> {
    image.integers("delay").unwrap_or_default()
}

fn space(image: &Image) -> String {
    match image.interpretation().as_str() {
        "rgb16" | "rgb" | "scrgb" => "srgb".to_owned(),
        "b-w" | "grey16" => "grey".to_owned(),
        "labs" | "labq" => "lab".to_owned(),
        other => other.to_owned(),
    }
}

fn profile(image: &Image) -> Option<String> {
    let bytes = image.blob(color::PROFILE)?;
    Some(match color::read_profile(&bytes) {
        Some(profile) if profile.description.is_empty() => "without a name".to_owned(),
        Some(profile) => profile.description,
        None => "broken".to_owned(),
    })
}
