//! The families of fonts that texts can be set in: those in the folders that workers may read.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
};

use fontdb::Database;

/// Reads the families of all fonts that are installed, with those that ship with the product beside
/// their settings file. Blocks: every font's header is read.
pub(crate) fn families(shipped: Option<&Path>) -> Vec<String> {
    let mut fonts = Database::new();
    for folder in folders(shipped) {
        fonts.load_fonts_dir(folder);
    }
    let families: BTreeSet<String> = fonts
        .faces()
        .flat_map(|face| face.families.iter().map(|(family, _)| family.clone()))
        // Hidden ones belong to the system.
        .filter(|family| !family.starts_with('.'))
        .collect();
    families.into_iter().collect()
}

/// The folders of `assets/fonts/fonts.conf`.
fn folders(shipped: Option<&Path>) -> Vec<PathBuf> {
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = named("HOME");
    let data =
        named("XDG_DATA_HOME").or_else(|| home.as_ref().map(|home| home.join(".local/share")));
    let system = ["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from);
    shipped
        .and_then(Path::parent)
        .map(Path::to_owned)
        .into_iter()
        .chain(system)
        .chain(data.map(|data| data.join("fonts")))
        .chain(home.map(|home| home.join(".fonts")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_families_are_among_them_once() {
        let families = families(cropmark_engine::folders::fonts().as_deref());
        for family in ["Inter", "JetBrains Mono", "Noto Serif"] {
            let number = families.iter().filter(|one| *one == family).count();
            assert_eq!(number, 1, "{family} in {families:?}");
        }
        assert!(families.is_sorted());
    }
}
