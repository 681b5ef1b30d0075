//! Reading a packet: its properties by namespace and local name, whatever prefixes it uses.

use quick_xml::{
    NsReader, XmlVersion,
    events::{BytesRef, BytesStart, Event},
    name::{Namespace, QName, ResolveResult},
};

/// The namespaces of the properties that are read or taken out here.
pub(super) mod namespace {
    pub(in super::super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    pub(in super::super) const DC: &str = "http://purl.org/dc/elements/1.1/";
    pub(in super::super) const XMP: &str = "http://ns.adobe.com/xap/1.0/";
    pub(in super::super) const RIGHTS: &str = "http://ns.adobe.com/xap/1.0/rights/";
    pub(in super::super) const TIFF: &str = "http://ns.adobe.com/tiff/1.0/";
    pub(in super::super) const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
}

/// A packet longer than this is not read.
const LONGEST_PACKET: usize = 4 << 20;

/// Elements inside one another; the deepest that Adobe's own programs write is about ten.
const MOST_LEVELS: usize = 100;

/// The most entries of a list.
const MOST_ENTRIES: usize = 50;

/// Why a packet cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum PacketError {
    #[error("the XMP packet is longer than {LONGEST_PACKET} bytes or no UTF-8")]
    NoText,
    #[error(
        "the XMP packet nests too deeply, declares entities, or has a prefix without namespace"
    )]
    Refused,
    #[error(transparent)]
    Xml(#[from] quick_xml::Error),
    #[error(transparent)]
    Attribute(#[from] quick_xml::events::attributes::AttrError),
}

/// A property of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) namespace: String,
    pub(super) name: String,
    /// The entries of its list, or its only value.
    pub(super) values: Vec<String>,
}

/// A packet's text, ready to be read.
pub(super) fn text(packet: &[u8]) -> Result<&str, PacketError> {
    let packet = packet.strip_suffix(b"\0").unwrap_or(packet);
    let text = std::str::from_utf8(packet).map_err(|_| PacketError::NoText)?;
    if text.len() > LONGEST_PACKET {
        return Err(PacketError::NoText);
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The namespace of an element or an attribute; empty where it has none.
pub(super) fn namespace_of(resolved: &ResolveResult<'_>) -> Result<String, PacketError> {
    match resolved {
        ResolveResult::Bound(Namespace(namespace)) => Ok((*namespace).to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err(PacketError::Refused),
    }
}

/// The properties of a packet.
pub(super) fn properties(packet: &[u8]) -> Result<Vec<Property>, PacketError> {
    let mut reader = NsReader::from_str(text(packet)?);
    reader.config_mut().expand_empty_elements = true;
    let mut state = State::default();
    loop {
        match reader.read_event()? {
            Event::Start(start) => state.open(&reader, &start)?,
            Event::End(_) => state.close(),
            Event::Text(text) => state.add(&text.xml10_content()),
            Event::CData(text) => state.add(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                state.add(entity(&reference)?.encode_utf8(&mut [0; 4]));
            }
            Event::Eof if state.levels == 0 => return Ok(state.properties),
            Event::DocType(_) | Event::Eof => return Err(PacketError::Refused),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// The character that a reference stands for.
pub(super) fn entity(reference: &BytesRef<'_>) -> Result<char, PacketError> {
    if let Some(sign) = reference.resolve_char_ref()? {
        return Ok(sign);
    }
    Ok(match reference.xml10_content().as_ref() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return Err(PacketError::Refused),
    })
}

/// Where the reader is.
#[derive(Default)]
struct State {
    levels: usize,
    /// The level of the open `rdf:RDF`.
    rdf: Option<usize>,
    open: Option<Open>,
    properties: Vec<Property>,
}

/// A property that is being read.
struct Open {
    level: usize,
    property: Property,
    /// Text outside entries.
    plain: String,
    has_elements: bool,
    /// The level and the text of the entry that is open.
    entry: Option<(usize, String)>,
}

impl State {
    fn open(
        &mut self,
        reader: &NsReader<&[u8]>,
        start: &BytesStart<'_>,
    ) -> Result<(), PacketError> {
        let (resolved, name) = reader.resolver().resolve_element(start.name());
        let namespace = namespace_of(&resolved)?;
        self.levels += 1;
        if self.levels > MOST_LEVELS {
            return Err(PacketError::Refused);
        }
        let is_rdf = |local: &str| namespace == namespace::RDF && name.as_ref() == local;
        let Some(rdf) = self.rdf else {
            self.rdf = is_rdf("RDF").then_some(self.levels);
            return Ok(());
        };
        match self.levels - rdf {
            1 => self.attributes(reader, start)?,
            2 => {
                let mut open = Open {
                    level: self.levels,
                    property: Property {
                        namespace,
                        name: name.as_ref().to_owned(),
                        values: Vec::new(),
                    },
                    plain: String::new(),
                    has_elements: false,
                    entry: None,
                };
                for (namespace, name, value) in attributes(reader, start)? {
                    if namespace == namespace::RDF && name == "resource" {
                        open.plain = value;
                    }
                }
                self.open = Some(open);
            }
            _ => {
                if let Some(open) = &mut self.open {
                    open.has_elements = true;
                    if is_rdf("li") && open.entry.is_none() {
                        open.entry = Some((self.levels, String::new()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Properties that are written as attributes.
    fn attributes(
        &mut self,
        reader: &NsReader<&[u8]>,
        start: &BytesStart<'_>,
    ) -> Result<(), PacketError> {
        for (namespace, name, value) in attributes(reader, start)? {
            let value = crate::text::clean(&value);
            if namespace != namespace::RDF && !value.is_empty() {
                self.properties.push(Property { namespace, name, values: vec![value] });
            }
        }
        Ok(())
    }

    fn add(&mut self, text: &str) {
        let Some(open) = &mut self.open else { return };
        match &mut open.entry {
            Some((_, entry)) => entry.push_str(text),
            None => open.plain.push_str(text),
        }
    }

    fn close(&mut self) {
        if let Some(open) = &mut self.open {
            if let Some((_, entry)) = open.entry.take_if(|(level, _)| *level == self.levels) {
                let entry = crate::text::clean(&entry);
                if !entry.is_empty() && open.property.values.len() < MOST_ENTRIES {
                    open.property.values.push(entry);
                }
            }
            if open.level == self.levels
                && let Some(mut open) = self.open.take()
            {
                let plain = crate::text::clean(&open.plain);
                if !open.has_elements && !plain.is_empty() {
                    open.property.values.push(plain);
                }
                self.properties.push(open.property);
            }
        }
        if self.rdf == Some(self.levels) {
            self.rdf = None;
        }
        self.levels = self.levels.saturating_sub(1);
    }
}

/// An element's attributes: namespace, local name and value.
fn attributes(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
) -> Result<Vec<(String, String, String)>, PacketError> {
    let mut found = Vec::new();
    // Looking for doubles takes time with the square of their number.
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute?;
        if is_binding(attribute.key) {
            continue;
        }
        let (resolved, name) = reader.resolver().resolve_attribute(attribute.key);
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned();
        found.push((namespace_of(&resolved)?, name.as_ref().to_owned(), value));
    }
    Ok(found)
}

/// Whether an attribute gives a namespace its prefix.
pub(super) fn is_binding(name: QName<'_>) -> bool {
    name.as_namespace_binding().is_some()
}
