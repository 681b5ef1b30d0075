//! Checks widths, themes and variations: their names must differ, and they need a resize whose size
//! they override.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use toml::{Spanned, de::DeValue};

use super::{At, PartFaults, name_fault};
use crate::{
    naming,
    preset::{
        Generator, Theme, Variation,
        finding::{Findings, Part},
        prune::Pruned,
        walk::words::{self, quoted},
    },
};

/// Checks a generator's widths.
pub(super) fn widths(faults: &mut PartFaults<'_, '_, '_>, generator: &Generator) {
    let whole = faults.is_whole(&[At::Key("operations")]);
    if !generator.widths.is_empty() && generator.last_resize().is_none() && whole {
        let message = "widths need a Resize operation";
        faults.add(&[At::Key("widths")], message);
    }
    let mut seen = BTreeSet::new();
    for (index, width) in generator.widths.iter().enumerate() {
        if !seen.insert(width) {
            let way = [At::Key("widths"), At::Index(index)];
            faults.add(&way, format!("widths: {width} is given twice"));
        }
    }
}

/// The generators that themes may vary, and the variations that they have so far.
pub(in crate::preset) struct Siblings<'g> {
    pub(in crate::preset) working: HashMap<&'g str, &'g Generator>,
    broken: BTreeSet<&'g str>,
    /// The first of the generators that themes may vary, by the alphabet, for messages.
    first: OnceCell<Vec<&'g str>>,
    /// For each generator, its variations' names as file systems compare them, with the theme.
    taken: BTreeMap<String, HashMap<String, String>>,
}

impl<'g> Siblings<'g> {
    pub(in crate::preset) fn new(
        working: HashMap<&'g str, &'g Generator>,
        broken: impl Iterator<Item = &'g str>,
    ) -> Self {
        let (broken, first) = (broken.collect(), OnceCell::new());
        Self { working, broken, first, taken: BTreeMap::new() }
    }

    fn first(&self) -> &[&'g str] {
        self.first.get_or_init(|| {
            let mut names: Vec<&str> = self.working.keys().copied().collect();
            names.sort_unstable();
            names.truncate(20);
            names
        })
    }
}

/// Checks a theme that the schema found nothing wrong with.
pub(in crate::preset) fn theme(
    findings: &mut Findings,
    theme: &Theme,
    siblings: &mut Siblings<'_>,
    value: &Spanned<DeValue<'_>>,
    pruned: &Pruned,
) {
    let mut faults = PartFaults { findings, part: Part::theme(&theme.name), value, pruned };
    let Some(generator) = siblings.working.get(theme.generator.as_str()).copied() else {
        // A generator that is off because of a fault was reported already; its theme is off too.
        if !siblings.broken.contains(theme.generator.as_str()) {
            let first = siblings.first();
            faults.add_made(&[At::Key("generator")], || unknown_generator(&theme.generator, first));
        }
        return;
    };
    if generator.last_resize().is_none() {
        let name = quoted(&generator.name);
        let message = format!("variations need a Resize operation in generator {name}");
        faults.add(&[At::Key("variations")], message);
    }
    let taken = siblings.taken.entry(generator.name.clone()).or_insert_with(|| {
        generator.widths.iter().map(|width| (width.to_string(), "widths".to_owned())).collect()
    });
    for (name, variation) in &theme.variations {
        let way = [At::Key("variations")];
        let shown = quoted(name);
        if let Some(fault) = name_fault(name) {
            faults.add_key(&way, name, format!("the variation's name {shown} {fault}"));
        }
        let earlier = taken.insert(naming::fold(name), format!("theme {}", quoted(&theme.name)));
        if let Some(earlier) = earlier {
            let message = format!(
                "variation {shown}: the generator has one of this name already, in {earlier}"
            );
            faults.add_key(&way, name, message);
        }
        let way = [At::Key("variations"), At::Key(name)];
        let fault = size_fault(variation, generator).filter(|_| faults.is_whole(&way));
        if let Some(fault) = fault {
            faults.add(&way, format!("variation {shown}: {fault}"));
        }
    }
}

fn unknown_generator(name: &str, names: &[&str]) -> String {
    let hint = if names.is_empty() {
        "the file has no generator".to_owned()
    } else {
        words::hint(name, names, "there are", "and")
    };
    format!("generator: there is no generator {}; {hint}", quoted(name))
}

fn size_fault(variation: &Variation, generator: &Generator) -> Option<&'static str> {
    if *variation == Variation::default() {
        return Some("give width, height or crop");
    }
    let resize = generator.last_resize().map(|index| &generator.operations[index].operation);
    let Some(crate::Operation::Resize(resize)) = resize else { return None };
    let both =
        variation.width.or(resize.width).is_some() && variation.height.or(resize.height).is_some();
    (variation.crop && !both).then_some("crop needs both a width and a height")
}
