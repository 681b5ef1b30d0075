//! A packet without what does not hold for the variant: the orientation, the thumbnail, and the
//! place where it is not to be kept.

use std::borrow::Cow;

use quick_xml::{
    NsReader, Writer,
    events::{BytesStart, Event, attributes::Attribute},
};

use super::packet::{PacketError, entity, is_binding, namespace, namespace_of, text};

/// The packet for an image that stands upright: no other orientation is claimed, no thumbnail
/// kept, and the place only where it is asked for. `None`: it cannot be parsed, so that
/// what it holds is not known.
pub(crate) fn upright(packet: &[u8], place: bool) -> Option<Vec<u8>> {
    filtered(packet, place).ok()
}

fn filtered(packet: &[u8], place: bool) -> Result<Vec<u8>, PacketError> {
    let mut reader = NsReader::from_str(text(packet)?);
    let mut writer = Writer::new(Vec::with_capacity(packet.len()));
    let mut levels = 0_usize;
    // The level of the element that is being left out.
    let mut dropped: Option<usize> = None;
    loop {
        let event = reader.read_event()?;
        let is_start = matches!(event, Event::Start(_));
        if is_start {
            levels += 1;
        }
        let kept = match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                let (resolved, name) = reader.resolver().resolve_element(start.name());
                if dropped.is_none() && goes(&namespace_of(&resolved)?, name.as_ref(), place) {
                    if !is_start {
                        continue;
                    }
                    dropped = Some(levels);
                }
                let element = without_attributes(&reader, start, place)?;
                if is_start { Event::Start(element) } else { Event::Empty(element) }
            }
            Event::End(end) => {
                let is_dropped = dropped.is_some();
                if dropped == Some(levels) {
                    dropped = None;
                }
                levels = levels.saturating_sub(1);
                if is_dropped {
                    continue;
                }
                Event::End(end)
            }
            // Entities of its own could hold anything.
            Event::DocType(_) => return Err(PacketError::Refused),
            Event::Eof if levels > 0 => return Err(PacketError::Refused),
            Event::Eof => return Ok(writer.into_inner()),
            Event::Comment(_) => continue,
            Event::GeneralRef(ref reference) => {
                entity(reference)?;
                event
            }
            other => other,
        };
        if dropped.is_none() {
            writer.write_event(kept).map_err(|error| quick_xml::Error::Io(error.into()))?;
        }
    }
}

/// The element without the attributes that go.
fn without_attributes(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
    place: bool,
) -> Result<BytesStart<'static>, PacketError> {
    let mut element = BytesStart::new(start.name().0.to_owned());
    for attribute in start.attributes().with_checks(false) {
        let Attribute { key, value } = attribute?;
        let (resolved, name) = reader.resolver().resolve_attribute(key);
        if is_binding(key) || !goes(&namespace_of(&resolved)?, name.as_ref(), place) {
            element.push_attribute(Attribute { key, value: Cow::Owned(value.into_owned()) });
        }
    }
    Ok(element)
}

/// Whether a property of this namespace and name goes.
fn goes(namespace: &str, name: &str, place: bool) -> bool {
    let is = |other: &str, local: &str| namespace == other && name == local;
    is(namespace::TIFF, "Orientation")
        || is(namespace::XMP, "Thumbnails")
        || (!place && namespace != namespace::RDF && is_place(name))
}

/// Whether a name is that of a coordinate or of a place that has some, in any namespace: drone
/// makers use their own, and have spelt them `GpsLongtitude` and `LRFTargetLon`.
fn is_place(name: &str) -> bool {
    const PARTS: [&str; 9] = [
        "gps",
        "latitude",
        "longitude",
        "longtitude",
        "altitude",
        "coordinate",
        "location",
        "geohash",
        "geotag",
    ];
    const WHOLE: [&str; 5] = ["lat", "lon", "long", "lng", "alt"];
    const ENDS: [&str; 5] = ["Lat", "Lon", "Long", "Lng", "Alt"];
    let lower = name.to_ascii_lowercase();
    PARTS.iter().any(|part| lower.contains(part))
        || WHOLE.contains(&lower.as_str())
        || ENDS.iter().any(|end| name.ends_with(end))
}
