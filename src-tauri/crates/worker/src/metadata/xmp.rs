//! Adobe's extensible metadata: XML that is only searched for a few properties, never parsed as
//! a whole. What is written anew is built from plain values.

use std::collections::BTreeMap;

/// A packet longer than this is not searched.
const LONGEST_PACKET: usize = 4 << 20;

/// The most entries of a list.
const MOST_ENTRIES: usize = 50;

/// Properties by the names that parameters use.
const NAMES: [(&str, &str); 6] = [
    ("dc:title", "title"),
    ("dc:description", "description"),
    ("dc:creator", "creator"),
    ("dc:rights", "rights"),
    ("dc:subject", "subject"),
    ("xmp:Rating", "rating"),
];

/// The properties that have names.
pub(crate) fn names(packet: &[u8]) -> BTreeMap<String, String> {
    let text = text(packet);
    let found = NAMES.iter().filter_map(|(property, name)| {
        let value = values(&text, property).join(", ");
        (!value.is_empty()).then(|| (format!("xmp.{name}"), value))
    });
    let mut names: BTreeMap<String, String> = found.collect();
    names.insert("xmp".to_owned(), format!("{} bytes", packet.len()));
    names
}

fn text(packet: &[u8]) -> String {
    String::from_utf8_lossy(&packet[..packet.len().min(LONGEST_PACKET)]).into_owned()
}

/// The values of a property, written as an attribute or as an element with or without a list.
fn values(text: &str, property: &str) -> Vec<String> {
    let plain = |value: &str| super::clean(&unescaped(value));
    if let Some((_, value)) = attributes(text, property).next() {
        return vec![plain(value)].into_iter().filter(|value| !value.is_empty()).collect();
    }
    let Some((_, inside)) = elements(text, property).next() else { return Vec::new() };
    let mut entries: Vec<String> =
        elements(inside, "rdf:li").take(MOST_ENTRIES).map(|(_, entry)| plain(entry)).collect();
    if entries.is_empty() && !inside.contains('<') {
        entries.push(plain(inside));
    }
    entries.retain(|entry| !entry.is_empty());
    entries
}

type Place = std::ops::Range<usize>;

/// Every ` name="value"`, with its place and its value. With a colon at its end, `name` stands
/// for all that begin with it.
fn attributes<'a>(text: &'a str, name: &str) -> impl Iterator<Item = (Place, &'a str)> {
    let matches = text.match_indices(name).collect::<Vec<_>>().into_iter();
    let open = name.to_owned();
    matches.filter_map(move |(at, _)| {
        if !text[..at].ends_with(|sign: char| sign.is_ascii_whitespace()) {
            return None;
        }
        let after = &text[at + open.len()..];
        let rest = after.trim_start_matches(|sign: char| sign.is_ascii_alphanumeric());
        if rest.len() != after.len() && !is_prefix(&open) {
            return None;
        }
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
        let value = rest[1..].split(quote).next()?;
        let end = text.len() - rest.len() + 1 + value.len() + 1;
        (end <= text.len()).then_some((at..end, value))
    })
}

/// Every `<name …>inside</name>`, with its place and its inside. As with attributes, a name may
/// be a beginning.
fn elements<'a>(text: &'a str, name: &str) -> impl Iterator<Item = (Place, &'a str)> {
    let open = format!("<{name}");
    let name = name.to_owned();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + text.get(from..)?.find(&open)?;
            from = at + open.len();
            let after = &text[from..];
            let rest = after.trim_start_matches(|sign: char| sign.is_ascii_alphanumeric());
            let suffix = &after[..after.len() - rest.len()];
            if !suffix.is_empty() && !is_prefix(&name) {
                continue;
            }
            let head = &rest[..rest.find('>')?];
            let inside = from + suffix.len() + head.len() + 1;
            if head.ends_with('/') {
                from = inside;
                return Some((at..inside, ""));
            }
            let close = format!("</{name}{suffix}>");
            let end = inside + text[inside..].find(&close)?;
            from = end + close.len();
            return Some((at..from, &text[inside..end]));
        }
    })
}

fn is_prefix(name: &str) -> bool {
    name.ends_with(':') || name.ends_with("GPS")
}

fn unescaped(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn escaped(text: &str) -> String {
    let pairs = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The packet for an image that stands upright: no other orientation is claimed, no thumbnail
/// kept, and the place only where it is asked for.
pub(super) fn upright(packet: &[u8], place: bool) -> Vec<u8> {
    // What is no text is not searched, and so not kept.
    let Ok(text) = std::str::from_utf8(packet) else { return Vec::new() };
    let mut drop = vec!["tiff:Orientation", "xmp:Thumbnails", "xap:Thumbnails"];
    if !place {
        drop.push("exif:GPS");
    }
    let mut text = text.to_owned();
    for name in drop {
        let mut places: Vec<Place> = attributes(&text, name).map(|(place, _)| place).collect();
        places.extend(elements(&text, name).map(|(place, _)| place));
        places.sort_by_key(|place| std::cmp::Reverse(place.start));
        for place in places {
            text.replace_range(place, "");
        }
    }
    text.into_bytes()
}

/// Who made a picture and who owns it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rights {
    creators: Vec<String>,
    notice: Option<String>,
    credit: Option<String>,
    statement: Option<String>,
}

impl Rights {
    pub(super) fn read(packet: &[u8]) -> Self {
        let text = text(packet);
        let first = |property: &str| values(&text, property).into_iter().next();
        Self {
            creators: values(&text, "dc:creator"),
            notice: first("dc:rights"),
            credit: first("photoshop:Credit"),
            statement: first("xmpRights:WebStatement"),
        }
    }

    /// Adds what the camera data says, where the packet is silent: for formats that hold no
    /// camera data.
    pub(super) fn add(&mut self, names: &BTreeMap<String, String>) {
        if self.creators.is_empty() {
            self.creators.extend(names.get("exif.Artist").cloned());
        }
        if self.notice.is_none() {
            self.notice = names.get("exif.Copyright").cloned();
        }
    }

    /// A packet with just this; `None` where it is nothing.
    pub(super) fn packet(&self) -> Option<Vec<u8>> {
        if *self == Self::default() {
            return None;
        }
        let entry = |value: &String| format!("<rdf:li>{}</rdf:li>", escaped(value));
        let entries: Vec<String> = self.creators.iter().map(entry).collect();
        let mut inside = Vec::new();
        if !entries.is_empty() {
            let entries = entries.concat();
            inside.push(format!("<dc:creator><rdf:Seq>{entries}</rdf:Seq></dc:creator>"));
        }
        if let Some(rights) = &self.notice {
            inside.push(format!(
                "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:rights>",
                escaped(rights)
            ));
        }
        for (name, value) in
            [("photoshop:Credit", &self.credit), ("xmpRights:WebStatement", &self.statement)]
        {
            if let Some(value) = value {
                inside.push(format!("<{name}>{}</{name}>", escaped(value)));
            }
        }
        let inside = inside.concat();
        let packet = format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
             <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
             <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" \
             xmlns:xmpRights=\"http://ns.adobe.com/xap/1.0/rights/\">{inside}</rdf:Description>\
             </rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
        );
        Some(packet.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: &str = r#"<x:xmpmeta><rdf:RDF><rdf:Description tiff:Orientation="6"
        xmp:Rating='4' exif:GPSLatitude="50,1N" exif:GPSLongitude="7,2E">
        <dc:creator><rdf:Seq><rdf:li>Ada &amp; Bob</rdf:li><rdf:li>Eve</rdf:li></rdf:Seq></dc:creator>
        <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">(c) us</rdf:li></rdf:Alt></dc:rights>
        <tiff:Orientation>6</tiff:Orientation><exif:GPSAltitude>1/1</exif:GPSAltitude>
        <photoshop:City>Rome</photoshop:City></rdf:Description></rdf:RDF></x:xmpmeta>"#;

    #[test]
    fn properties_are_found_as_attributes_and_elements() {
        let names = names(PACKET.as_bytes());
        assert_eq!(names["xmp.creator"], "Ada & Bob, Eve");
        assert_eq!(names["xmp.rights"], "(c) us");
        assert_eq!(names["xmp.rating"], "4");
        assert!(!names.contains_key("xmp.title"));
    }

    #[test]
    fn orientation_goes_always_and_the_place_unless_wanted() {
        let kept = String::from_utf8(upright(PACKET.as_bytes(), true)).unwrap();
        assert!(!kept.contains("Orientation") && kept.contains("GPSLatitude"));
        assert!(kept.contains("GPSAltitude"));
        let kept = String::from_utf8(upright(PACKET.as_bytes(), false)).unwrap();
        assert!(!kept.contains("GPS") && kept.contains("Rome") && kept.contains("Ada"));
        assert!(upright(b"\xff\xfe<", true).is_empty());
    }

    #[test]
    fn rights_are_written_anew() {
        let rights = Rights::read(PACKET.as_bytes());
        let packet = rights.packet().unwrap();
        assert_eq!(Rights::read(&packet), rights);
        assert!(!String::from_utf8(packet).unwrap().contains("GPS"));
        let mut empty = Rights::default();
        assert_eq!(empty.packet(), None);
        let names = [("exif.Artist", "A <b>"), ("exif.Copyright", "c")];
        empty.add(&names.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!(Rights::read(&empty.packet().unwrap()).creators, ["A <b>"]);
    }

    #[test]
    fn broken_packets_end_the_search() {
        for length in 0..PACKET.len() {
            let part = &PACKET.as_bytes()[..length];
            let _survives = (names(part), upright(part, false), Rights::read(part));
        }
        assert!(values("<dc:rights", "dc:rights").is_empty());
        assert!(values(" dc:rights=\"", "dc:rights").is_empty());
    }
}
