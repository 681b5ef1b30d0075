//! The single variants of generators, for systems whose rules make one file each.

use cropmark_rules::{
    FormatRule, Frames, Operation, SourceRules,
    operation::Fit,
    preset::{ByFormat, Generator, OneOrMany, OutputRules, Variation},
    value::Length,
};

use crate::{notes::Notes, preset::Source};

/// A generator with one size and one format.
pub(crate) struct Variant {
    /// The generator's name, with the size's and the format's where there are several.
    pub(crate) name: String,
    pub(crate) generator: Generator,
    pub(crate) output: OutputRules,
}

/// Lists the variants of all generators; notes what no other system has.
pub(crate) fn variants(source: &Source, notes: &mut Notes) -> Vec<Variant> {
    variants_with(source, &[], notes)
}

/// As [`variants`], for a system that has eager rules and rules for paths.
pub(crate) fn variants_of(source: &Source, notes: &mut Notes) -> Vec<Variant> {
    list(source, &[], true, notes)
}

/// As [`variants`], where some lists of formats stay together.
pub(crate) fn variants_with(
    source: &Source,
    together: &[&[FormatRule]],
    notes: &mut Notes,
) -> Vec<Variant> {
    list(source, together, false, notes)
}

fn list(
    source: &Source,
    together: &[&[FormatRule]],
    has_paths: bool,
    notes: &mut Notes,
) -> Vec<Variant> {
    let mut variants = Vec::new();
    for generator in &source.preset.generators {
        without_counterpart(source, generator, has_paths, notes);
        let output = source.output(generator);
        for (size, change) in sizes(source, generator) {
            let mut changed = generator.clone();
            vary(&mut changed, &change);
            let base = size.map_or_else(
                || generator.name.clone(),
                |size| format!("{}-{size}", generator.name),
            );
            let formats = output.format.as_ref().map_or(&[][..], OneOrMany::as_slice);
            let stay = together.contains(&formats);
            if formats.len() < 2 || stay {
                let one = || formats.first().copied().map(OneOrMany::One);
                let format = if stay { output.format.clone() } else { one() };
                let output = OutputRules { format, ..output.clone() };
                variants.push(Variant { name: base, generator: changed, output });
                continue;
            }
            for format in formats {
                let word = serde_json::to_value(format).ok();
                let word = word.as_ref().and_then(|word| word.as_str()).unwrap_or("source");
                let name = format!("{base}-{word}");
                let output =
                    OutputRules { format: Some(OneOrMany::One(*format)), ..output.clone() };
                variants.push(Variant { name, generator: changed.clone(), output });
            }
        }
    }
    variants
}

fn sizes(source: &Source, generator: &Generator) -> Vec<(Option<String>, Variation)> {
    let mut sizes: Vec<(Option<String>, Variation)> = Vec::new();
    if generator.widths.is_empty() {
        sizes.push((None, Variation::default()));
    }
    for width in &generator.widths {
        let width_of = Some(Length::Pixels(f64::from(*width)));
        sizes
            .push((Some(width.to_string()), Variation { width: width_of, ..Variation::default() }));
    }
    for theme in source.preset.themes_of(&generator.name) {
        for (name, variation) in &theme.variations {
            sizes.push((Some(name.clone()), variation.clone()));
        }
    }
    sizes
}

fn vary(generator: &mut Generator, change: &Variation) {
    let last = generator.last_resize();
    let Some(step) = last.and_then(|last| generator.operations.get_mut(last)) else { return };
    if let Operation::Resize(resize) = &mut step.operation {
        resize.width = change.width.or(resize.width);
        resize.height = change.height.or(resize.height);
        if change.crop {
            resize.fit = Fit::Cover;
        }
    }
}

/// Notes what generators have and other systems do not.
fn without_counterpart(source: &Source, generator: &Generator, has_paths: bool, notes: &mut Notes) {
    let line = source.lines(&generator.name).start;
    if !has_paths && generator.matching != cropmark_rules::preset::MatchRules::default() {
        notes.add(line, "match: which images are taken has no counterpart");
    }
    if !has_paths && generator.eager {
        notes.add(line, "eager: has no counterpart");
    }
    let plain = SourceRules::default();
    let own = &generator.source;
    #[expect(clippy::float_cmp, reason = "the default is left as it is, not computed")]
    let has_density = own.density != plain.density;
    let has_frames = !matches!(own.frames, Frames::All | Frames::Count(1));
    if has_density || has_frames || own.subsample.is_some() || own.damaged.is_some() {
        let message = "source: density, subsample, damaged and a number of frames have no \
                       counterpart";
        notes.add(line, message);
    }
}

/// A number of an output table, for the one format that is written; a note where it depends on the
/// source's format.
pub(crate) fn of_format<T: Copy>(
    value: Option<&ByFormat<T>>,
    output: &OutputRules,
    name: &str,
    line: usize,
    notes: &mut Notes,
) -> Option<T> {
    let format = match output.format {
        Some(OneOrMany::One(FormatRule::Named(format))) => Some(format),
        _ => None,
    };
    match (value?, format) {
        (ByFormat::All(value), _) => Some(*value),
        (table, Some(format)) => table.of(format),
        (ByFormat::Each(_), None) => {
            notes.add(line, format!("{name}: values by format have no counterpart"));
            None
        }
    }
}

/// The keys that an output table gives beyond those that a system has.
pub(crate) fn unused(output: &OutputRules, had: &[&str]) -> Vec<String> {
    let given = serde_json::to_value(output).unwrap_or_default();
    let names = given.as_object().into_iter().flat_map(|given| given.keys());
    names.filter(|name| !had.contains(&name.as_str())).cloned().collect()
}
