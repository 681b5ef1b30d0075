//! From an asset's URL to the rules of one picture, with the variant profiles of the server.

use cropmark_rules::{
    Format, FormatRule,
    preset::{Generator, OneOrMany},
};

use super::{
    keyed,
    profile::{self, KEYS},
    url::{AssetUrl, SIGNATURE},
};
use crate::{
    hocon,
    notes::{Note, Notes, shown},
    translated::{self, Unusable},
    tree::{Node, Value},
    write,
};

/// What a query has beside transformations: the signature, this server's token, and a profile.
const OTHERS: [&str; 3] = [SIGNATURE, "token", "profile"];

/// The variant profiles of a configuration, by their names.
#[derive(Debug, Clone, Default)]
pub struct ProfileFile {
    profiles: Vec<(String, Node)>,
}

impl ProfileFile {
    /// Reads the variant profiles of a configuration in HOCON. The notes are about parameters that
    /// have no counterpart: a URL that names their profile is refused.
    ///
    /// # Errors
    /// Where the text is no HOCON, or has no profile.
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<Note>), Unusable> {
        let mut notes = Notes::default();
        let root = hocon::parse(translated::text(bytes)?, &mut notes)?;
        let profiles = root.get("variant-profiles").map(|node| keyed(node, "name"));
        let profiles = profiles.unwrap_or_default().into_iter();
        let profiles: Vec<(String, Node)> =
            profiles.map(|(name, profile)| (name, profile.clone())).collect();
        if profiles.is_empty() {
            return Err(Unusable::Nothing("variant profile"));
        }
        for (name, profile) in &profiles {
            generator(name, profile, &mut notes);
        }
        Ok((Self { profiles }, notes.finish()))
    }

    /// Writes the text of a preset file with one generator, which does what a URL asks for. A
    /// parameter of the URL goes before the same one of its profile. `accepted` is the format where
    /// neither names one. The preset language may still refuse values in it.
    ///
    /// # Errors
    /// With the parameters that have no counterpart, each with its reason.
    pub fn preset(&self, url: &AssetUrl<'_>, accepted: Option<Format>) -> Result<String, String> {
        let mut notes = Notes::default();
        let mut given = match url.parameter("profile") {
            Some(name) => self.entries(name)?,
            None => Vec::new(),
        };
        for (name, value) in &url.parameters {
            let name = name.as_str();
            if OTHERS.contains(&name) || name == "limit" && value == "1" {
                continue;
            }
            if name == "name" || !KEYS.contains(&name) {
                let name = shown(name);
                notes.add(
                    1,
                    format!("{name}: is no transformation, and assets have no labels here"),
                );
                continue;
            }
            given.retain(|(other, _)| other != name);
            given.push((name.to_owned(), Node::new(1, Value::Text(value.clone()))));
        }
        let mut generator = generator("konifer", &Node::new(1, Value::Map(given)), &mut notes);
        notes.refuse()?;
        let format = accepted.map_or(FormatRule::Source, FormatRule::Named);
        generator.output.format.get_or_insert(OneOrMany::One(format));
        Ok(write::preset(std::iter::once(&generator)))
    }

    fn entries(&self, name: &str) -> Result<Vec<(String, Node)>, String> {
        let found = self.profiles.iter().find(|(other, _)| other == name);
        let (_, profile) = found.ok_or_else(|| format!("there is no profile {}", shown(name)))?;
        Ok(profile.entries().iter().filter(|(key, _)| key != "name").cloned().collect())
    }
}

/// Reads a profile as import does, and notes a way to fit that has not both sides, which would be
/// left out.
fn generator(name: &str, profile: &Node, notes: &mut Notes) -> Generator {
    let fit = profile.get("fit").and_then(|node| Some((node.line, node.text()?)));
    let has = |side: &str| profile.get(side).is_some();
    if let Some((line, fit @ ("fill" | "crop" | "stretch"))) = fit
        && !(has("w") && has("h"))
    {
        notes.add(line, format!("fit: {fit} needs w and h"));
    }
    profile::generator(name, profile, notes)
}

#[cfg(test)]
mod tests {
    use cropmark_rules::preset;

    use super::*;

    const FILE: &str = "url-signing { enabled = true }\nvariant-profiles {\n  thumb { w = 200, h = 100, fit = crop, format = webp }\n  \
                        odd { filter = black_white }\n}\n";

    fn text(query: &str, accepted: Option<Format>) -> Result<String, String> {
        let (file, _) = ProfileFile::read(FILE.as_bytes()).unwrap();
        let url = AssetUrl::read("/assets/a.jpg/-/content", Some(query)).unwrap();
        let text = file.preset(&url, accepted)?;
        assert!(preset::parse(&text).problems.is_empty(), "{text}");
        Ok(text.split_once("[generators.konifer]\n").unwrap().1.to_owned())
    }

    #[test]
    fn parameters_go_before_those_of_the_profile() {
        let of = |query| text(query, None).unwrap();
        let resize = |text: String| text.lines().nth(1).unwrap_or_default().to_owned();
        let thumb = of("profile=thumb");
        assert!(thumb.contains("fit = \"cover\", width = 200, height = 100"), "{thumb}");
        assert!(thumb.contains("format = \"webp\""), "{thumb}");
        let other = of("profile=thumb&w=50&fit=stretch&format=png&s=x&token=y&limit=1");
        assert!(other.contains("fit = \"fill\", width = 50, height = 100"), "{other}");
        assert!(other.contains("format = \"png\""), "{other}");
        assert_eq!(resize(of("w=50")), "  { op = \"resize\", width = 50, enlarge = true },");
        assert!(of("").contains("format = \"source\""));
        assert!(text("w=5", Some(Format::Avif)).unwrap().contains("format = \"avif\""));
        assert!(text("format=jpg", Some(Format::Avif)).unwrap().contains("format = \"jpeg\""));
    }

    #[test]
    fn what_cannot_be_done_is_refused_by_name() {
        for (query, said) in [
            ("profile=gone", "gone"),
            ("profile=odd", "filter"),
            ("w=x", "w: "),
            ("w=0", "w: "),
            ("format=psd", "format"),
            ("fit=crop&w=5", "needs w and h"),
            ("g=north&w=5&h=5", "g: "),
            ("r=45", "r: "),
            ("q=0", "q: "),
            ("cs=cmyk", "cs: "),
            ("pad-c=redd&pad=1", "pad-c"),
            ("strip=gps", "strip"),
            ("name=x", "labels"),
            ("phone=x", "labels"),
            ("limit=2", "limit"),
        ] {
            let reason = text(query, None).unwrap_err();
            assert!(reason.contains(said), "{query}: {reason}");
        }
    }

    #[test]
    fn profiles_are_read_with_notes_of_what_has_no_counterpart() {
        let (_, notes) = ProfileFile::read(FILE.as_bytes()).unwrap();
        assert_eq!(notes.iter().map(|note| note.line).collect::<Vec<_>>(), [4]);
        assert_eq!(ProfileFile::read(b"a = 1").unwrap_err(), Unusable::Nothing("variant profile"));
        assert!(matches!(ProfileFile::read(b"a { "), Err(Unusable::Syntax { .. })));
    }
}
