//! The file that a URL names, and what the URL says about the variant.
//!
//! Behind the generator (and a theme with its variation, where the generator has them) stands the
//! path of a file of the workspace, in one of four ways; the first that fits is taken:
//!
//! 1. its own name (`a.jpg`),
//! 2. its name with the extension of a format that the generator writes (`a.jpg.webp`),
//! 3. its name with another extension (`a.webp`), or without one (`a`),
//! 4. as 3, with a variation behind the name (`a-640.webp`), as `cropmark render` names files.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Component, Path, PathBuf},
};

use cropmark_engine::source::asset_text;
use cropmark_rules::{
    Format,
    preset::{Generator, Preset},
};

use crate::refusal::Refusal;

/// A file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    /// The real path.
    pub(crate) path: PathBuf,
    /// The real path below the workspace.
    pub(crate) relative: PathBuf,
    pub(crate) wanted: Wanted,
}

/// What a URL says about the variant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Wanted {
    pub(crate) theme: Option<String>,
    pub(crate) variation: Option<String>,
    /// The format of the extension.
    pub(crate) format: Option<Format>,
    /// Whether no other format will do: the extension is not the file's own.
    pub(crate) is_strict: bool,
}

/// Finds the file that these parts of a URL name. May wait for the disk.
pub(crate) fn locate(
    root: &Path,
    preset: &Preset,
    generator: &Generator,
    parts: &[OsString],
) -> Result<Located, Refusal> {
    let (sized, below) = in_theme(preset, generator, parts);
    locate_below(root, preset, generator, sized, below)?.ok_or_else(|| missing(below))
}

/// Says that there is no image of this path.
pub(crate) fn missing(parts: &[OsString]) -> Refusal {
    let shown = asset_text(&parts.iter().collect::<PathBuf>());
    Refusal::not_found(format!("There is no image {shown} in the workspace: check its name."))
}

/// Finds the file that these parts of a URL name behind the generator and the theme. May wait for the
/// disk.
pub(crate) fn locate_below(
    root: &Path,
    preset: &Preset,
    generator: &Generator,
    sized: Wanted,
    below: &[OsString],
) -> Result<Option<Located>, Refusal> {
    let Some((name, folders)) = below.split_last() else { return Ok(None) };
    let place = Place { root, folder: folders.iter().collect() };
    let (stem, format) = split(name);
    if let Some(found) = place.file(name) {
        return Ok(Some(found.with(Wanted { format, ..sized })));
    }
    let strict = Wanted { format, is_strict: format.is_some(), ..sized };
    if let Some(found) = format.and_then(|_| place.file(stem)) {
        return Ok(Some(found.with(strict)));
    }
    if let Some(found) = place.with_any_extension(stem)? {
        return Ok(Some(found.with(strict)));
    }
    if strict.variation.is_none() {
        for variation in variations(preset, generator) {
            let suffix = format!("-{variation}");
            let Some(shorter) = stem.as_bytes().strip_suffix(suffix.as_bytes()) else { continue };
            if let Some(found) = place.with_any_extension(OsStr::from_bytes(shorter))? {
                return Ok(Some(found.with(Wanted { variation: Some(variation), ..strict })));
            }
        }
    }
    Ok(None)
}

/// Finds the file of this path below the workspace, or the only image whose path it is without an
/// extension. May wait for the disk.
pub(crate) fn locate_file(root: &Path, parts: &[OsString]) -> Result<Option<Located>, Refusal> {
    let Some((name, folders)) = parts.split_last() else { return Ok(None) };
    let place = Place { root, folder: folders.iter().collect() };
    let found = match place.file(name) {
        Some(found) => Some(found),
        None => place.with_any_extension(name)?,
    };
    Ok(found.map(|found| found.with(Wanted::default())))
}

/// The format of a name's extension.
pub(crate) fn format_of(name: &OsStr) -> Option<Format> {
    split(name).1
}

/// Finds the file of exactly this path below the workspace. May wait for the disk.
pub(crate) fn locate_exactly(root: &Path, parts: &[OsString]) -> Option<Located> {
    let (name, folders) = parts.split_last()?;
    let found = Place { root, folder: folders.iter().collect() }.file(name)?;
    Some(found.with(Wanted::default()))
}

/// Takes a theme and its variation from the front.
fn in_theme<'p>(
    preset: &Preset,
    generator: &Generator,
    parts: &'p [OsString],
) -> (Wanted, &'p [OsString]) {
    if let [theme, variation, rest @ ..] = parts
        && !rest.is_empty()
        && let Some(theme) =
            preset.themes_of(&generator.name).find(|it| theme == OsStr::new(&it.name))
        && let Some(variation) = theme.variations.keys().find(|it| variation == OsStr::new(it))
    {
        let (theme, variation) = (Some(theme.name.clone()), Some(variation.clone()));
        return (Wanted { theme, variation, ..Wanted::default() }, rest);
    }
    (Wanted::default(), parts)
}

/// The names of a generator's variations, the longest first.
fn variations(preset: &Preset, generator: &Generator) -> Vec<String> {
    let widths = generator.widths.iter().map(u32::to_string);
    let themes = preset.themes_of(&generator.name);
    let in_themes = themes.flat_map(|theme| theme.variations.keys().cloned());
    let mut names: Vec<String> = widths.chain(in_themes).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

/// The name without the extension of a format, and the format; the whole name where it has none.
fn split(name: &OsStr) -> (&OsStr, Option<Format>) {
    let bytes = name.as_bytes();
    let dot = bytes.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0);
    let format = dot.and_then(|dot| {
        let extension = std::str::from_utf8(&bytes[dot + 1..]).ok()?.to_ascii_lowercase();
        Format::ALL.into_iter().find(|it| it.facts().extensions.contains(&extension.as_str()))
    });
    match (dot, format) {
        (Some(dot), Some(_)) => (OsStr::from_bytes(&bytes[..dot]), format),
        _ => (name, None),
    }
}

/// A folder of the workspace.
struct Place<'r> {
    root: &'r Path,
    folder: PathBuf,
}

/// A file of the workspace, by its real path.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    path: PathBuf,
    relative: PathBuf,
}

impl Found {
    fn with(self, wanted: Wanted) -> Located {
        Located { path: self.path, relative: self.relative, wanted }
    }
}

impl Place<'_> {
    /// The file of this name. None that a link names elsewhere, or that is hidden.
    fn file(&self, name: &OsStr) -> Option<Found> {
        let path = self.root.join(&self.folder).join(name).canonicalize().ok()?;
        let relative = path.strip_prefix(self.root).ok()?.to_owned();
        let is_plain = |component: Component<'_>| matches!(component, Component::Normal(name) if !name.as_bytes().starts_with(b"."));
        (relative.components().all(is_plain) && path.is_file()).then_some(Found { path, relative })
    }

    /// The file whose name is this and the extension of an image; two are one too many.
    fn with_any_extension(&self, stem: &OsStr) -> Result<Option<Found>, Refusal> {
        let extensions = Format::ALL.into_iter().flat_map(|format| format.facts().extensions);
        let both = extensions.flat_map(|it| [(*it).to_owned(), it.to_ascii_uppercase()]);
        let mut only: Option<Found> = None;
        for extension in both {
            let mut name = stem.as_bytes().to_vec();
            name.push(b'.');
            name.extend(extension.into_bytes());
            let Some(found) = self.file(&OsString::from_vec(name)) else { continue };
            if let Some(first) = only.as_ref().filter(|first| **first != found) {
                let (first, second) = (asset_text(&first.relative), asset_text(&found.relative));
                let message = format!(
                    "There are {first} and {second}: write the name in full, with the extension \
                     of the format behind it."
                );
                return Err(Refusal::not_found(message));
            }
            only = Some(found);
        }
        Ok(only)
    }
}

#[cfg(test)]
mod tests;
