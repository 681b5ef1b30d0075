//! Konifer: variant profiles and path rules of its configuration.
//!
//! A profile becomes a generator. Where paths make it eagerly, the generator is eager and takes
//! these paths.
//!
//! For a server, the URL of an asset becomes the rules of one picture: nothing that they cannot say
//! is left out, it is refused.

mod export;
mod paths;
mod profile;
mod request;
mod signature;
mod url;

use cropmark_rules::preset::Generator;

pub use request::ProfileFile;
pub use signature::{Algorithm, SigningKey};
pub use url::{AssetUrl, ReturnFormat, UrlError};

pub(crate) use export::export;

use crate::{
    draft::Draft,
    hocon,
    notes::Notes,
    translated::{Translated, Unusable},
    tree::Node,
};

/// Sections that are about the server, not about pictures.
const OF_SERVER: [&str; 8] = [
    "data-store",
    "datastore",
    "http",
    "object-store",
    "objectstore",
    "url-signing",
    "variant-generation",
    "rule-definitions",
];

pub(crate) fn import(text: &str) -> Result<Translated, Unusable> {
    let mut notes = Notes::default();
    let root = hocon::parse(text, &mut notes)?;
    let mut profiles: Vec<(usize, Generator)> = Vec::new();
    let mut paths = Vec::new();
    for (key, node) in root.entries() {
        match key.as_str() {
            "variant-profiles" => {
                for (name, profile) in keyed(node, "name") {
                    profiles.push((profile.line, profile::generator(&name, profile, &mut notes)));
                }
            }
            "paths" | "path-configuration" => paths.extend(keyed(node, "path")),
            "source" => notes.add(node.line, "source: limits are settings of the program"),
            key if OF_SERVER.contains(&key) => {
                notes.add(node.line, format!("{key}: is about the server, not about pictures"));
            }
            key => {
                notes.add(node.line, format!("{}: has no counterpart", crate::notes::shown(key)));
            }
        }
    }
    let rules = paths::read(&paths, &mut notes);
    let mut draft = Draft::default();
    for (line, mut generator) in profiles {
        paths::make_eager(&rules, &mut generator, line, &mut notes);
        draft.add(line, generator, &mut notes);
    }
    draft.finish("variant profile", notes)
}

/// The parts of a table with their keys, or of a list with what `key` says.
fn keyed<'n>(node: &'n Node, key: &str) -> Vec<(String, &'n Node)> {
    let of_table = node.entries().iter().map(|(name, node)| (name.clone(), node));
    let of_list = node.items().iter().map(|item| {
        let name = item.get(key).and_then(Node::text).unwrap_or_default();
        (name.to_owned(), item)
    });
    of_table.chain(of_list).collect()
}

#[cfg(test)]
mod tests;
