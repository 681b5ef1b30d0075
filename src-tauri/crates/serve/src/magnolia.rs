//! URLs in Magnolia's language: `/.imaging/generator/path` and `/.imaging/mte/theme/variation/path`.
//!
//! Generators and themes are the workspace's own. Behind the path of a picture may stand
//! `/jcr:content/NAME.EXTENSION` or `/jcr:content.EXTENSION`: Magnolia lets pages write any name and
//! time there, so only the extension counts, and only where the generator writes its format.

use std::{ffi::OsString, os::unix::ffi::OsStrExt as _, path::Path};

use cropmark_rules::{Format, preset::Generator};

use crate::{
    address,
    catalogue::{Catalogue, Preset},
    locate::{Located, Wanted, format_of, locate_below, missing},
    refusal::Refusal,
};

/// What the path of every URL begins with.
const PREFIX: &str = "/.imaging/";

/// The generator that stands for themes.
const THEMES: &str = "mte";

/// The workspace of Magnolia whose files are pictures; here it is the folder itself.
const ASSETS: &str = "dam";

/// The node that holds a picture's bytes.
const CONTENT: &[u8] = b"jcr:content";

/// A path below `/.imaging/`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MagnoliaPath<'u> {
    path: &'u str,
}

/// The picture that a path asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MagnoliaPicture {
    rule: Rule,
    /// The source's path below the workspace, in parts.
    parts: Vec<OsString>,
    /// The format of the suffix.
    format: Option<Format>,
}

/// What a path names the rule by.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Generator(String),
    Variation { theme: String, name: String },
}

impl<'u> MagnoliaPath<'u> {
    pub(crate) fn of(path: &'u str) -> Option<Self> {
        path.starts_with(PREFIX).then_some(Self { path })
    }

    pub(crate) fn whole(self) -> &'u str {
        self.path
    }

    /// Reads what the path asks for.
    pub(crate) fn read(self) -> Result<MagnoliaPicture, Refusal> {
        let nothing = || {
            let message = "There is nothing at such an address: write /.imaging/GENERATOR/PATH or \
                           /.imaging/mte/THEME/VARIATION/PATH.";
            Refusal::not_found(message)
        };
        let parts = address::parts(self.path.strip_prefix(PREFIX).unwrap_or(self.path))?;
        let text = |part: &OsString| part.to_str().map(str::to_owned).ok_or_else(nothing);
        let (rule, rest) = match parts.as_slice() {
            [first, theme, name, rest @ ..] if first == THEMES => {
                (Rule::Variation { theme: text(theme)?, name: text(name)? }, rest)
            }
            [generator, rest @ ..] if generator != THEMES => {
                (Rule::Generator(text(generator)?), rest)
            }
            _ => return Err(nothing()),
        };
        let (parts, format) = without_suffix(rest);
        if parts.is_empty() {
            return Err(nothing());
        }
        Ok(MagnoliaPicture { rule, parts: parts.to_vec(), format })
    }
}

/// Takes the suffix off; returns the format of its extension.
fn without_suffix(parts: &[OsString]) -> (&[OsString], Option<Format>) {
    let is_node = |part: &OsString| {
        let rest = part.as_bytes().strip_prefix(CONTENT);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
    };
    match parts {
        [path @ .., node] if is_node(node) => (path, format_of(node)),
        [path @ .., node, name] if is_node(node) => (path, format_of(name)),
        _ => (parts, None),
    }
}

impl MagnoliaPicture {
    /// Finds the generator and its preset file. Where no preset file has the theme, a generator of the
    /// variation's name is taken: that is what an import makes of a variation.
    pub(crate) fn rule<'c>(
        &self,
        catalogue: &'c Catalogue,
    ) -> Result<(&'c Preset, &'c Generator, Wanted), Refusal> {
        let wanted = Wanted { format: self.format, ..Wanted::default() };
        match &self.rule {
            Rule::Generator(name) => {
                let (preset, generator) = catalogue.find(name)?;
                Ok((preset, generator, wanted))
            }
            Rule::Variation { theme, name } => {
                if let Some((preset, found)) = catalogue.find_theme(theme)? {
                    let generator = preset.generator_of(found)?;
                    if !found.variations.contains_key(name) {
                        let message = format!("The theme {theme:?} has no variation {name:?}.");
                        return Err(Refusal::not_found(message));
                    }
                    let (theme, variation) = (Some(theme.clone()), Some(name.clone()));
                    return Ok((preset, generator, Wanted { theme, variation, ..wanted }));
                }
                let (preset, generator) = catalogue.find(name).map_err(|_| {
                    let message = format!(
                        "There is no theme {theme:?}, and no generator {name:?} in its place."
                    );
                    Refusal::not_found(message)
                })?;
                Ok((preset, generator, wanted))
            }
        }
    }

    /// Finds the source. May wait for the disk.
    pub(crate) fn locate(&self, root: &Path, catalogue: &Catalogue) -> Result<Located, Refusal> {
        let (preset, generator, wanted) = self.rule(catalogue)?;
        let (all, format) = (self.parts.as_slice(), wanted.format);
        let within = all.split_first().filter(|(first, rest)| *first == ASSETS && !rest.is_empty());
        for parts in [Some(all), within.map(|(_, rest)| rest)].into_iter().flatten() {
            let source = preset.source.preset();
            let found = locate_below(root, source, generator, wanted.clone(), parts)?;
            let Some(mut located) = found else { continue };
            if format.is_some() {
                // The suffix says which format is meant, and a wrong one is not held against it.
                located.wanted.format = format;
                located.wanted.is_strict = false;
            }
            return Ok(located);
        }
        Err(missing(within.map_or(all, |(_, rest)| rest)))
    }
}

#[cfg(test)]
mod tests;
