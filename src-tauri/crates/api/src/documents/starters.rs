//! The presets that a new preset file can begin as.

use crate::model::Starter;

macro_rules! starter {
    ($name:literal) => {
        include_str!(concat!("../../../../../assets/starters/", $name, ".preset.toml"))
    };
}

/// The text of a new preset that is begun from nothing.
const BLANK: &str = "\
# A preset file describes the variants that a team needs of its images. It is plain TOML: keep it
# beside the pictures, and change it by hand or in the studio. Each [generators.NAME] makes one
# kind of variant: what is done to an image (`operations`, from top to bottom), and what file
# comes out (`output`).

version = 1

[generators.thumbnail]
description = \"List views: the whole picture within 400 x 400\"
operations = [
  { op = \"resize\", fit = \"inside\", width = 400, height = 400 },
]
output = { format = \"jpeg\", quality = 80 }
";

/// Returns the text of a preset to begin with.
pub(super) fn text(starter: Option<Starter>) -> &'static str {
    match starter {
        None => BLANK,
        Some(Starter::Responsive) => starter!("responsive"),
        Some(Starter::Social) => starter!("social"),
        Some(Starter::Shop) => starter!("shop"),
        Some(Starter::Thumbnails) => starter!("thumbnails"),
        Some(Starter::Print) => starter!("print"),
        Some(Starter::Favicons) => starter!("favicons"),
        Some(Starter::Newsletter) => starter!("newsletter"),
        Some(Starter::Densities) => starter!("densities"),
        Some(Starter::Documentation) => starter!("documentation"),
    }
}

#[cfg(test)]
mod tests {
    use cropmark_rules::preset::parse;

    use super::*;

    #[test]
    fn no_preset_to_begin_with_has_a_fault_or_a_warning() {
        for starter in std::iter::once(None).chain(Starter::ALL.map(Some)) {
            let parsed = parse(text(starter));
            assert_eq!((parsed.problems, parsed.warnings), (vec![], vec![]), "{starter:?}");
            assert!(!parsed.preset.generators.is_empty(), "{starter:?}");
        }
    }
}
