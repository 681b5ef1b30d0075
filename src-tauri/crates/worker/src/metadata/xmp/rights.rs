//! Who made a picture and who owns it: read from a packet, written as one of its own.

use quick_xml::escape::escape;

use super::packet::{namespace, properties};

/// Who made a picture and who owns it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Rights {
    pub(super) creators: Vec<String>,
    notice: Option<String>,
    credit: Option<String>,
    statement: Option<String>,
}

impl Rights {
    /// Reads them from a packet; of one that cannot be parsed, nothing.
    pub(crate) fn read(packet: &[u8]) -> Self {
        let properties = properties(packet).unwrap_or_default();
        let values = |namespace: &str, name: &str| {
            let mut found = properties
                .iter()
                .filter(|property| property.namespace == namespace && property.name == name);
            found.find(|property| !property.values.is_empty()).map(|it| it.values.clone())
        };
        let first = |namespace: &str, name: &str| values(namespace, name)?.into_iter().next();
        Self {
            creators: values(namespace::DC, "creator").unwrap_or_default(),
            notice: first(namespace::DC, "rights"),
            credit: first(namespace::PHOTOSHOP, "Credit"),
            statement: first(namespace::RIGHTS, "WebStatement"),
        }
    }

    /// What is said elsewhere.
    pub(crate) fn new(
        creator: Option<String>,
        notice: Option<String>,
        credit: Option<String>,
    ) -> Self {
        Self { creators: creator.into_iter().collect(), notice, credit, statement: None }
    }

    /// Adds what `other` says, where this is silent.
    pub(crate) fn add(&mut self, other: &Self) {
        if self.creators.is_empty() {
            self.creators.clone_from(&other.creators);
        }
        self.notice = self.notice.take().or_else(|| other.notice.clone());
        self.credit = self.credit.take().or_else(|| other.credit.clone());
        self.statement = self.statement.take().or_else(|| other.statement.clone());
    }

    /// Who made it, as one text.
    pub(crate) fn author(&self) -> Option<String> {
        (!self.creators.is_empty()).then(|| self.creators.join("; "))
    }

    /// Who owns it.
    pub(crate) fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// A packet with just this; `None` where it is nothing.
    pub(crate) fn packet(&self) -> Option<Vec<u8>> {
        if *self == Self::default() {
            return None;
        }
        let entry = |value: &String| format!("<rdf:li>{}</rdf:li>", escape(value));
        let entries: Vec<String> = self.creators.iter().map(entry).collect();
        let mut inside = Vec::new();
        if !entries.is_empty() {
            let entries = entries.concat();
            inside.push(format!("<dc:creator><rdf:Seq>{entries}</rdf:Seq></dc:creator>"));
        }
        if let Some(rights) = &self.notice {
            inside.push(format!(
                "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:rights>",
                escape(rights)
            ));
        }
        for (name, value) in
            [("photoshop:Credit", &self.credit), ("xmpRights:WebStatement", &self.statement)]
        {
            if let Some(value) = value {
                inside.push(format!("<{name}>{}</{name}>", escape(value)));
            }
        }
        let inside = inside.concat();
        let packet = format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
             <rdf:RDF xmlns:rdf=\"{}\">\
             <rdf:Description rdf:about=\"\" xmlns:dc=\"{}\" \
             xmlns:photoshop=\"{}\" \
             xmlns:xmpRights=\"{}\">{inside}</rdf:Description>\
             </rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>",
            namespace::RDF,
            namespace::DC,
            namespace::PHOTOSHOP,
            namespace::RIGHTS
        );
        Some(packet.into_bytes())
    }
}
