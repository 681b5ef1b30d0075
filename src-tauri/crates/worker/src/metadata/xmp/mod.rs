//! Adobe's extensible metadata (ISO 16684-1). A packet that cannot be parsed counts as none.

mod packet;
mod rights;
mod upright;

use std::collections::BTreeMap;

use self::packet::{namespace, properties};
pub(super) use self::{rights::Rights, upright::upright};

/// Properties by the names that parameters use.
const NAMES: [(&str, &str, &str); 7] = [
    (namespace::DC, "title", "title"),
    (namespace::DC, "description", "description"),
    (namespace::DC, "creator", "creator"),
    (namespace::DC, "rights", "rights"),
    (namespace::DC, "subject", "subject"),
    (namespace::XMP, "Rating", "rating"),
    (namespace::XMP, "Label", "label"),
];

/// The properties that have names.
pub(crate) fn names(packet: &[u8]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for property in properties(packet).unwrap_or_default() {
        let known = NAMES.iter().find(|(namespace, name, _)| {
            property.namespace == *namespace && property.name == *name
        });
        let value = property.values.join(", ");
        if let Some((_, _, name)) = known
            && !value.is_empty()
        {
            names.entry(format!("xmp.{name}")).or_insert(value);
        }
    }
    names.insert("xmp".to_owned(), format!("{} bytes", packet.len()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/">
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" tiff:Orientation="6"
        xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
        xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
        xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
        xmp:Rating='4' xmp:Label='Red' exif:GPSLatitude="50,1N" exif:GPSLongitude="7,2E">
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
        assert_eq!(names["xmp.label"], "Red");
        assert!(!names.contains_key("xmp.title"));
    }

    #[test]
    fn properties_are_found_under_any_prefix() {
        let other = PACKET.replace("dc:", "d:").replace("xmlns:dc", "xmlns:d");
        assert_eq!(names(other.as_bytes())["xmp.creator"], "Ada & Bob, Eve");
    }

    #[test]
    fn orientation_goes_always_and_the_place_unless_wanted() {
        let kept = String::from_utf8(upright(PACKET.as_bytes(), true).unwrap()).unwrap();
        assert!(!kept.contains("Orientation") && kept.contains("GPSLatitude"));
        assert!(kept.contains("GPSAltitude"));
        let kept = String::from_utf8(upright(PACKET.as_bytes(), false).unwrap()).unwrap();
        assert!(!kept.contains("GPS") && kept.contains("Rome") && kept.contains("Ada"));
        assert!(kept.contains("Ada &amp; Bob"));
        assert!(upright(b"\xff\xfe<", true).is_none());
    }

    /// A packet with this inside its description.
    fn packet(attributes: &str, inside: &str) -> String {
        format!(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
             <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
             <rdf:Description rdf:about='' xmlns:e='http://ns.adobe.com/exif/1.0/' \
             xmlns:d='http://www.dji.com/drone-dji/1.0/' \
             xmlns:i='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' \
             xmlns:w='http://www.w3.org/2003/01/geo/wgs84_pos#' \
             xmlns:dc='http://purl.org/dc/elements/1.1/' {attributes}>\
             <dc:title><rdf:Alt><rdf:li>Harbour</rdf:li></rdf:Alt></dc:title>{inside}\
             </rdf:Description></rdf:RDF></x:xmpmeta>"
        )
    }

    #[test]
    fn no_coordinate_stays_in_any_namespace_prefix_or_spelling() {
        let cases = [
            ("e:GPSLatitude='12.345N'", ""),
            ("e:GPSLatitude = \"12.345N\"", ""),
            ("d:GpsLatitude='+12.345'", ""),
            ("d:GpsLongtitude='+12.345'", ""),
            ("d:LRFTargetLon='12.345'", ""),
            ("w:lat='12.345'", ""),
            ("e:GPSLatitude='12.&#51;45'", ""),
            ("", "<e:GPSLatitude >12.345</e:GPSLatitude >"),
            ("", "<e:GPSLatitude\n>12.345</e:GPSLatitude>"),
            ("", "<e:GPSLatitude rdf:resource='12.345'/>"),
            ("", "<q:GPSLatitude xmlns:q='http://ns.adobe.com/exif/1.0/'>12.345</q:GPSLatitude>"),
            ("", "<GPSLatitude xmlns='http://ns.adobe.com/exif/1.0/'>12.345</GPSLatitude>"),
            ("", "<d:AbsoluteAltitude>12.345</d:AbsoluteAltitude>"),
            ("", "<w:long>12.345</w:long>"),
            (
                "",
                "<i:LocationCreated><rdf:Bag><rdf:li rdf:parseType='Resource'>\
                 <e:GPSLatitude>12.345</e:GPSLatitude></rdf:li></rdf:Bag></i:LocationCreated>",
            ),
            ("", "<i:Other><rdf:Description e:GPSLatitude='12.345'/></i:Other>"),
            ("", "<!-- 12.345 -->"),
            ("", "<e:GPSLatitude><![CDATA[12.345]]></e:GPSLatitude>"),
        ];
        for (attributes, inside) in cases {
            let packet = packet(attributes, inside);
            let kept = upright(packet.as_bytes(), false).unwrap();
            let kept = String::from_utf8(kept).unwrap();
            assert!(
                !kept.contains("345") && !kept.contains("&#51;"),
                "{attributes} {inside}: {kept}"
            );
            assert!(kept.contains("Harbour") && kept.ends_with("</x:xmpmeta>"), "{kept}");
            assert!(properties(kept.as_bytes()).is_ok());
        }
    }

    #[test]
    fn what_cannot_be_parsed_is_dropped() {
        let whole = packet("", "");
        let cases = [
            whole.replace("</dc:title>", ""),
            whole.replace("</rdf:RDF></x:xmpmeta>", ""),
            whole.replace("<dc:title>", "<dc:title q:a='1'>"),
            whole.replace("Harbour", "&place;"),
            format!("<!DOCTYPE a [<!ENTITY place '12.345'>]>{whole}"),
            whole.replace("<rdf:Alt>", "<rdf:Alt <"),
        ];
        for case in cases {
            assert_eq!(upright(case.as_bytes(), false), None, "{case}");
        }
        let deep = "<a>".repeat(1_000_000);
        assert!(names(deep.as_bytes()).len() == 1 && upright(deep.as_bytes(), false).is_none());
    }

    #[test]
    fn rights_are_written_anew() {
        let rights = Rights::read(PACKET.as_bytes());
        let packet = rights.packet().unwrap();
        assert_eq!(Rights::read(&packet), rights);
        assert!(!String::from_utf8(packet).unwrap().contains("GPS"));
        let mut empty = Rights::default();
        assert_eq!(empty.packet(), None);
        empty.add(&Rights::new(Some("A <b>".to_owned()), Some("c".to_owned()), None));
        empty.add(&Rights::new(Some("B".to_owned()), None, None));
        assert_eq!(Rights::read(&empty.packet().unwrap()).creators, ["A <b>"]);
    }

    #[test]
    fn broken_packets_end_the_search() {
        for length in 0..PACKET.len() {
            let part = &PACKET.as_bytes()[..length];
            let _survives = (names(part), upright(part, false), Rights::read(part));
        }
    }
}
