//! Which generators of two sides belong together, and how their rules differ.

use cropmark_rules::preset::nearest;
use serde::Serialize;

use super::{
    sides::Side,
    words::{Rule, words},
};
use crate::status::Failure;

/// What became of a generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// It is there after the change only.
    Added,
    /// It was there before the change only.
    Removed,
    /// It is there before and after.
    Changed,
}

/// A generator before and after.
#[derive(Debug)]
pub(super) struct GeneratorPair {
    pub(super) name: String,
    /// Its preset file, after the change if it is there.
    pub(super) file: String,
    /// The index of its preset file among those before.
    pub(super) old: Option<usize>,
    /// The index of its preset file among those after.
    pub(super) new: Option<usize>,
    pub(super) change: Change,
    pub(super) words: Vec<String>,
    /// Whether its variants may differ.
    pub(super) may_differ: bool,
}

/// A generator by its preset file's index and its name.
type Named<'s> = (usize, &'s str);

/// Pairs generators by their files' names and their own; those that are left, by their own name.
/// `wanted`: only these generators; none: all.
pub(super) fn pairs(
    old: &Side,
    new: &Side,
    wanted: &[String],
) -> Result<Vec<GeneratorPair>, Failure> {
    let (before, after) = (generators(old), generators(new));
    check(wanted, &before, &after)?;
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|it| it == name);
    let file = |side: &'_ Side, index: usize| side.presets[index].name.clone();
    let mut left: Vec<Named<'_>> = before.into_iter().filter(|it| is_wanted(it.1)).collect();
    let mut take = |found: &dyn Fn(&Named<'_>) -> bool| {
        let place = left.iter().position(found)?;
        Some(left.remove(place).0)
    };
    let after: Vec<Named<'_>> = after.into_iter().filter(|it| is_wanted(it.1)).collect();
    let mut partners: Vec<Option<usize>> = Vec::new();
    for (index, name) in &after {
        let own = file(new, *index);
        partners.push(take(&|(other, called)| called == name && file(old, *other) == own));
    }
    for ((_, name), partner) in after.iter().zip(&mut partners) {
        *partner = partner.or_else(|| take(&|(_, called)| called == name));
    }
    let mut pairs: Vec<GeneratorPair> = after
        .iter()
        .zip(partners)
        .map(|((index, name), partner)| {
            pair(name, partner.map(|it| (it, old)), Some((*index, new)))
        })
        .collect();
    pairs.extend(left.iter().map(|(index, name)| pair(name, Some((*index, old)), None)));
    note_renamed(&mut pairs, old, new);
    Ok(pairs)
}

/// The generators of a side in the order of its files, faulty ones too.
fn generators(side: &Side) -> Vec<Named<'_>> {
    let named = side.presets.iter().enumerate().flat_map(|(index, file)| {
        let preset = file.source.preset();
        let names = preset.generators.iter().map(|generator| generator.name.as_str());
        let names = names.chain(preset.broken.iter().map(String::as_str));
        names.map(move |name| (index, name))
    });
    named.collect()
}

/// Fails where a generator is wanted that neither side has.
fn check(wanted: &[String], old: &[Named<'_>], new: &[Named<'_>]) -> Result<(), Failure> {
    for name in wanted {
        if !old.iter().chain(new).any(|(_, known)| known == name) {
            let near = nearest(name, old.iter().chain(new).map(|(_, known)| *known));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
            return Err(Failure::Usage(format!("neither side has a generator {name:?}{hint}")));
        }
    }
    Ok(())
}

fn rule<'s>(side: &'s Side, index: usize, name: &str) -> Option<Rule<'s>> {
    let preset = side.presets[index].source.preset();
    Some(Rule { preset, generator: preset.generator(name)? })
}

fn pair(name: &str, old: Option<(usize, &Side)>, new: Option<(usize, &Side)>) -> GeneratorPair {
    let of = |place: Option<(usize, &'_ Side)>| {
        place.map(|(index, side)| (index, side.presets[index].name.clone()))
    };
    let (from, to) = (of(old), of(new));
    let before = old.and_then(|(index, side)| rule(side, index, name));
    let after = new.and_then(|(index, side)| rule(side, index, name));
    let change = match (&from, &to) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    };
    let mut said = Vec::new();
    if let (Some((_, from)), Some((_, to))) = (&from, &to)
        && from != to
    {
        said.push(format!("file {from} → {to}"));
    }
    let was_off = old.is_some() && before.is_none();
    if new.is_some() && after.is_none() && !was_off {
        said.push("has a fault and is off".to_owned());
    } else if was_off && after.is_some() {
        said.push("had a fault and was off".to_owned());
    }
    if let (Some(before), Some(after)) = (before, after) {
        said.extend(words(before, after));
    }
    let is_same = match (before, after) {
        (Some(before), Some(after)) => before.asks_the_same(after),
        (None, None) => true,
        _ => false,
    };
    let uses_files = |rule: Option<Rule<'_>>| {
        let mut steps = rule.into_iter().flat_map(|rule| &rule.generator.operations);
        steps.any(|step| step.enabled && step.operation.op() == "overlay")
    };
    let file = to.as_ref().or(from.as_ref()).map(|(_, file)| file.clone()).unwrap_or_default();
    GeneratorPair {
        name: name.to_owned(),
        file,
        old: from.map(|(index, _)| index).filter(|_| before.is_some()),
        new: to.map(|(index, _)| index).filter(|_| after.is_some()),
        change,
        words: said,
        may_differ: !is_same || uses_files(before) || uses_files(after),
    }
}

/// Notes as renamed each removed generator whose rules equal those of an added one.
fn note_renamed(pairs: &mut [GeneratorPair], old: &Side, new: &Side) {
    for gone in 0..pairs.len() {
        let Some(before) = pairs[gone].old.filter(|_| pairs[gone].change == Change::Removed) else {
            continue;
        };
        let Some(before) = rule(old, before, &pairs[gone].name) else { continue };
        let renamed = pairs.iter().position(|pair| {
            let after = pair.new.filter(|_| pair.change == Change::Added && pair.words.is_empty());
            after
                .and_then(|index| rule(new, index, &pair.name))
                .is_some_and(|after| before.asks_the_same(after))
        });
        if let Some(come) = renamed {
            let (from, to) = (pairs[gone].name.clone(), pairs[come].name.clone());
            pairs[gone].words.push(format!("renamed to {to}"));
            pairs[come].words.push(format!("renamed from {from}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cropmark_engine::presets::PresetSource;

    use super::*;
    use crate::diff::sides::PresetFile;

    fn side(files: &[(&str, &str)]) -> Side {
        let presets = files.iter().map(|(name, text)| {
            let text = format!("version = 1\n{text}");
            PresetFile {
                name: (*name).to_owned(),
                source: PresetSource::from_text(Path::new(name), &text),
            }
        });
        Side { label: String::new(), presets: presets.collect() }
    }

    fn said(
        old: &[(&str, &str)],
        new: &[(&str, &str)],
    ) -> Vec<(String, Change, Vec<String>, bool)> {
        let pairs = pairs(&side(old), &side(new), &[]).unwrap();
        pairs.into_iter().map(|it| (it.name, it.change, it.words, it.may_differ)).collect()
    }

    #[test]
    fn generators_are_paired_by_file_and_name_and_else_by_name() {
        let (a, b) = (
            "[generators.a]\nwidths = [1]\noperations = [{ op = \"resize\", width = 1 }]\n",
            "[generators.b]\n",
        );
        let both = format!("{a}{b}");
        let found = said(&[("x", a), ("y", a)], &[("y", a), ("x", &both)]);
        let expected = [("a", Change::Changed), ("a", Change::Changed), ("b", Change::Added)];
        let names: Vec<_> = found.iter().map(|it| (it.0.as_str(), it.1)).collect();
        assert_eq!(names, expected);
        assert!(
            found.iter().take(2).all(|(_, _, words, may_differ)| words.is_empty() && !may_differ)
        );
        let found = said(&[("x", a)], &[("y", a)]);
        assert_eq!(found[0].2, ["file x → y"]);
        assert!(!found[0].3);
    }

    #[test]
    fn faults_and_other_names_are_said() {
        let (a, broken) = ("[generators.a]\n", "[generators.a]\nwidths = \"x\"\n");
        let found = said(&[("x", a)], &[("x", broken)]);
        assert_eq!(
            (found[0].1, &found[0].2[..]),
            (Change::Changed, &["has a fault and is off".to_owned()][..])
        );
        assert!(found[0].3);
        let found = said(&[("x", broken)], &[("x", a)]);
        assert_eq!(found[0].2, ["had a fault and was off"]);
        assert_eq!(said(&[("x", broken)], &[("x", broken)])[0].2, [] as [String; 0]);
        let found = said(&[("x", a)], &[("x", "[generators.b]\n")]);
        assert_eq!(found[0].2, ["renamed from a"]);
        assert_eq!(found[1].2, ["renamed to b"]);
        let overlay = "[generators.a]\noperations = [{ op = \"overlay\", image = \"l.png\" }]\n";
        assert!(said(&[("x", overlay)], &[("x", overlay)])[0].3, "its file may have changed");
    }

    #[test]
    fn a_generator_that_neither_side_has_is_said() {
        let (old, new) = (side(&[("x", "[generators.hero]\n")]), side(&[]));
        let error = pairs(&old, &new, &["hera".to_owned()]).unwrap_err();
        assert!(error.to_string().ends_with("did you mean \"hero\"?"), "{error}");
        assert_eq!(pairs(&old, &new, &["hero".to_owned()]).unwrap().len(), 1);
    }
}
