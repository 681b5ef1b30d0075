//! The folders of fonts, and the families that are installed in them.

use std::{collections::HashSet, env, path::PathBuf, sync::LazyLock};

use fontdb::Database;

/// The family that texts are set in where theirs is not installed, by `assets/fonts/fonts.conf`.
pub(crate) const LAST_RESORT: &str = "Inter";

/// Names that mean fonts which come with the product.
const GENERIC: [&str; 7] =
    ["sans", "sans-serif", "serif", "mono", "monospace", "system-ui", "ui-sans-serif"];

/// Words at the end of a description that say which face of a family is meant.
const STYLES: [&str; 38] = [
    "thin",
    "ultra-light",
    "ultralight",
    "extra-light",
    "extralight",
    "light",
    "semi-light",
    "semilight",
    "demi-light",
    "demilight",
    "book",
    "regular",
    "normal",
    "roman",
    "medium",
    "semi-bold",
    "semibold",
    "demi-bold",
    "demibold",
    "bold",
    "ultra-bold",
    "ultrabold",
    "extra-bold",
    "extrabold",
    "black",
    "ultra-black",
    "ultrablack",
    "heavy",
    "italic",
    "oblique",
    "small-caps",
    "condensed",
    "semi-condensed",
    "extra-condensed",
    "ultra-condensed",
    "expanded",
    "semi-expanded",
    "extra-expanded",
];

static SHIPPED: LazyLock<HashSet<String>> = LazyLock::new(|| families(&settings_folder()));
static INSTALLED: LazyLock<HashSet<String>> = LazyLock::new(|| families(&folders()));

/// Lists the folders of `assets/fonts/fonts.conf`.
pub(crate) fn folders() -> Vec<PathBuf> {
    // Only paths from the root: an empty one would be whatever folder this is.
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let mut folders = settings_folder();
    folders.extend(["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from));
    let home = named("HOME");
    folders.extend(home.iter().map(|home| home.join(".fonts")));
    let data = named("XDG_DATA_HOME").or_else(|| Some(home?.join(".local/share")));
    folders.extend(data.map(|data| data.join("fonts")));
    folders
}

/// Returns the first family of a font's description where none of its families is installed.
pub(crate) fn missing(description: &str) -> Option<&str> {
    let families: Vec<&str> = description.split(',').map(str::trim).collect();
    let is_there = |family: &&str| is_installed(family) || is_installed(without_style(family));
    if families.iter().any(is_there) {
        return None;
    }
    families.first().map(|family| without_style(family))
}

/// Whether a family is installed. The shipped ones are looked at first: reading all takes longer.
fn is_installed(family: &str) -> bool {
    let family = family.to_lowercase();
    family.is_empty()
        || GENERIC.contains(&family.as_str())
        || SHIPPED.contains(&family)
        || INSTALLED.contains(&family)
}

/// A description without the words that say which face of the family is meant.
fn without_style(description: &str) -> &str {
    let mut family = description.trim();
    loop {
        let (rest, last) = family.rsplit_once(char::is_whitespace).unwrap_or(("", family));
        let word = last.to_lowercase();
        let is_size = word.trim_end_matches("px").parse::<f32>().is_ok();
        if !is_size && !STYLES.contains(&word.as_str()) {
            return family;
        }
        family = rest.trim_end();
    }
}

fn settings_folder() -> Vec<PathBuf> {
    let settings = env::var_os("FONTCONFIG_FILE").map(PathBuf::from);
    settings.iter().filter_map(|file| file.parent()).map(PathBuf::from).collect()
}

/// Reads the families of the fonts in some folders, in lower case.
fn families(folders: &[PathBuf]) -> HashSet<String> {
    let mut fonts = Database::new();
    for folder in folders {
        fonts.load_fonts_dir(folder);
    }
    let faces = fonts.faces();
    faces.flat_map(|face| face.families.iter().map(|(family, _)| family.to_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_family_is_named_where_none_is_installed() {
        let cases = [
            ("Sans Bold", None),
            ("", None),
            ("Bold Italic 12", None),
            ("serif", None),
            ("No Such Family, Sans 12px", None),
            ("No Such Family Semi-Bold Italic", Some("No Such Family")),
            ("Nowhere, Not Here Bold", Some("Nowhere")),
            ("No Such Black", Some("No Such")),
        ];
        for (description, expected) in cases {
            assert_eq!(missing(description), expected, "{description}");
        }
    }

    #[test]
    fn families_are_read_from_font_files_of_any_case() {
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../assets/fonts");
        let found = families(&[PathBuf::from(shipped)]);
        for family in ["inter", "noto serif", "jetbrains mono"] {
            assert!(found.contains(family), "{family} in {found:?}");
        }
    }
}
