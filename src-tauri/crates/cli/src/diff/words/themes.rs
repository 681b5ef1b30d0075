//! The sizes of themes that come, go or change.

use cropmark_rules::preset::{Theme, Variation};

use super::{json, value};

type Sizes<'p> = Vec<((&'p str, &'p str), &'p Variation)>;

/// Adds a phrase for each difference between the themes of two generators.
pub(super) fn changes<'p>(
    old: impl Iterator<Item = &'p Theme>,
    new: impl Iterator<Item = &'p Theme>,
    words: &mut Vec<String>,
) {
    let (old, new): (Sizes<'_>, Sizes<'_>) =
        (old.flat_map(sizes).collect(), new.flat_map(sizes).collect());
    let find = |all: &Sizes<'p>, name| all.iter().find(|(other, _)| *other == name).map(|it| it.1);
    for ((theme, name), _) in old.iter().filter(|(name, _)| find(&new, *name).is_none()) {
        words.push(format!("theme {theme}: {name} removed"));
    }
    for ((theme, name), size) in &new {
        let label = format!("theme {theme}: {name}");
        if let Some(before) = find(&old, (*theme, *name)) {
            value::changes(&label, &json(before), &json(size), words);
        } else {
            let own = value::listed(&json(size), &json(&Variation::default()));
            words.push(format!("{label} added: {own}"));
        }
    }
}

fn sizes(theme: &Theme) -> impl Iterator<Item = ((&str, &str), &Variation)> {
    theme.variations.iter().map(|(name, size)| ((theme.name.as_str(), name.as_str()), size))
}
