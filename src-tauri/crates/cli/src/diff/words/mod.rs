//! Says in words how one generator's rules differ from another's. Pure.
//!
//! What means the same (see [`cropmark_rules::canonical`]) is no difference, nor is a description.

mod chain;
mod output;
mod themes;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use cropmark_rules::preset::{Generator, OutputRules, Preset, Theme};
use serde::Serialize;
use serde_json::Value;

/// A generator with what the rest of its preset file adds to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule<'p> {
    pub(super) preset: &'p Preset,
    pub(super) generator: &'p Generator,
}

impl<'p> Rule<'p> {
    fn output(self) -> OutputRules {
        self.generator.output.or(&self.preset.defaults.output)
    }

    fn themes(self) -> impl Iterator<Item = &'p Theme> {
        self.preset.themes_of(&self.generator.name)
    }

    /// Whether both ask for the same of every asset, as long as the files of overlays are the same.
    pub(super) fn asks_the_same(self, other: Self) -> bool {
        let plain = |rule: Self| Generator {
            name: String::new(),
            description: None,
            output: rule.output(),
            ..rule.generator.clone()
        };
        let themes = |rule: Self| -> Vec<_> {
            rule.themes().map(|theme| (theme.name.clone(), theme.variations.clone())).collect()
        };
        plain(self) == plain(other) && themes(self) == themes(other)
    }
}

/// Lists the differences, each as a short phrase such as `resize width 640 → 800`.
pub(super) fn words(old: Rule<'_>, new: Rule<'_>) -> Vec<String> {
    let (a, b) = (old.generator, new.generator);
    let mut words = Vec::new();
    value::changes("match", &json(&a.matching), &json(&b.matching), &mut words);
    value::changes("source", &json(&a.source), &json(&b.source), &mut words);
    widths(&a.widths, &b.widths, &mut words);
    parameters(&a.parameters, &b.parameters, &mut words);
    chain::changes(&a.operations, &b.operations, &mut words);
    output::changes(&old.output(), &new.output(), &mut words);
    themes::changes(old.themes(), new.themes(), &mut words);
    value::changes("eager", &json(&a.eager), &json(&b.eager), &mut words);
    words
}

fn widths(old: &[u32], new: &[u32], words: &mut Vec<String>) {
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (old.iter().collect(), new.iter().collect());
    words.extend(new.difference(&old).map(|width| format!("width {width} added")));
    words.extend(old.difference(&new).map(|width| format!("width {width} removed")));
}

fn parameters(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
    words: &mut Vec<String>,
) {
    value::changes("parameter", &json(old), &json(new), words);
}

/// A part of a rule as a preset file writes it.
fn json(part: &impl Serialize) -> Value {
    // Plain data always becomes JSON.
    serde_json::to_value(part).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use cropmark_rules::preset::parse;

    use super::*;

    /// The words for a change of the generator `a`, whose file is written without its first line.
    #[track_caller]
    fn between(old: &str, new: &str) -> Vec<String> {
        let read = |text: &str| {
            let parsed = parse(&format!("version = 1\n{text}"));
            assert_eq!(parsed.problems, [], "{text}");
            parsed.preset
        };
        let (old, new) = (read(old), read(new));
        let rule = |preset| Rule { preset, generator: preset.generator("a").unwrap() };
        let words = words(rule(&old), rule(&new));
        if rule(&old).asks_the_same(rule(&new)) {
            assert_eq!(words, [] as [String; 0], "the same has no words");
        }
        words
    }

    fn chain(steps: &str) -> String {
        format!("[generators.a]\noperations = [{steps}]\n")
    }

    #[test]
    fn numbers_and_words_of_a_step_change() {
        let old = chain(r#"{ op = "resize", width = 640, height = 400 }"#);
        let new = chain(r#"{ op = "resize", width = 800, height = 400, fit = "cover" }"#);
        assert_eq!(between(&old, &new), ["resize fit inside → cover", "resize width 640 → 800"]);
        let new = chain(r#"{ op = "resize", width = "50%", height = 400 }"#);
        assert_eq!(between(&old, &new), ["resize width 640 → 50%"]);
        let new = chain(r#"{ op = "resize", width = 640 }"#);
        assert_eq!(between(&old, &new), ["resize height 400 → not set"]);
    }

    #[test]
    fn steps_come_go_and_move() {
        let resize = r#"{ op = "resize", width = 640 }"#;
        let sharpen = r#"{ op = "sharpen", sigma = 2 }"#;
        let (one, two) = (chain(resize), chain(&format!("{resize}, {sharpen}")));
        assert_eq!(between(&one, &two), ["sharpen added: sigma 2"]);
        assert_eq!(between(&two, &one), ["sharpen removed"]);
        let moved = chain(&format!("{sharpen}, {resize}"));
        assert_eq!(between(&two, &moved), ["resize moved from step 1 to step 2"]);
        let blurs = |first, second| {
            chain(&format!(
                r#"{{ op = "blur", sigma = {first} }}, {{ op = "blur", sigma = {second}, name = "soft" }}"#
            ))
        };
        let words = between(&blurs(1, 2), &blurs(3, 4));
        assert_eq!(words, ["blur (step 1) sigma 1 → 3", "blur “soft” sigma 2 → 4"]);
    }

    #[test]
    fn what_means_the_same_has_no_words() {
        let a = "[generators.a]\n";
        for (old, new) in [
            (a.to_owned(), format!("{a}description = \"x\"\n")),
            (
                chain(r#"{ op = "resize", width = 9 }"#),
                chain(r#"{ op = "resize", width = 9, fit = "cover" }"#),
            ),
            (chain(""), chain(r#"{ op = "blur", sigma = 0 }"#)),
            (chain(""), chain(r#"{ op = "blur", sigma = 2, enabled = false }"#)),
            (
                format!("{a}output = {{ format = \"jpeg\" }}\n"),
                format!("{a}output = {{ format = \"jpeg\", quality = 73 }}\n"),
            ),
            (
                format!("{a}output = {{ quality = 60 }}\n"),
                format!("[defaults.output]\nquality = 60\n{a}"),
            ),
        ] {
            assert_eq!(between(&old, &new), [] as [String; 0], "{old}{new}");
        }
    }

    #[test]
    fn outputs_change_by_format_where_formats_differ() {
        let output = |text: &str| format!("[generators.a]\noutput = {{ {text} }}\n");
        let two =
            |quality: &str| output(&format!("format = [\"avif\", \"webp\"], quality = {quality}"));
        assert_eq!(between(&two("82"), &two("75")), ["quality 82 → 75"]);
        let table = two("{ avif = 60, webp = 82 }");
        assert_eq!(between(&two("82"), &table), ["avif quality 82 → 60"]);
        let words = between(&output("format = \"jpeg\""), &output("format = \"webp\""));
        assert_eq!(words, ["format jpeg → webp"]);
        let words = between(&two("82"), &output("format = [\"webp\", \"jpeg\"], quality = 82"));
        assert_eq!(words, ["format jpeg added", "format avif removed"]);
        let words = between(&output("quality = 80"), &output("quality = 80, max_bytes = 90_000"));
        assert_eq!(words, ["max_bytes not set → 90000"]);
        let words =
            between(&output("format = \"jpeg\""), &output("format = \"jpeg\", quality = 50"));
        assert_eq!(words, ["quality 73 → 50"]);
    }

    #[test]
    fn matches_sources_widths_parameters_and_themes_change() {
        let old = "[generators.a]\nmatch = { path = [\"photos/**\"] }\nwidths = [320, 640]\nparameters.title = \"Hello there\"\noperations = [{ op = \"resize\", width = 9 }, { op = \"text\", text = \"{title}\" }]\n[themes.t]\ngenerator = \"a\"\nvariations.wide = { width = 600, height = 300 }\nvariations.old = { width = 5 }\n";
        let new = "[generators.a]\nmatch = { path = [\"photos/**\", \"products/**\"], min_width = 300 }\nsource = { page = 2 }\neager = true\nwidths = [640, 960]\nparameters.title = \"\"\noperations = [{ op = \"resize\", width = 9 }, { op = \"text\", text = \"{title}\" }]\n[themes.t]\ngenerator = \"a\"\nvariations.wide = { width = 640, height = 300 }\nvariations.new = { width = 7, height = 8, crop = true }\n";
        let expected = [
            "match min_width not set → 300",
            "match path photos/** → photos/**, products/**",
            "source page 0 → 2",
            "width 960 added",
            "width 320 removed",
            "parameter title “Hello there” → “”",
            "theme t: old removed",
            "theme t: wide width 600 → 640",
            "theme t: new added: crop true, height 8, width 7",
            "eager false → true",
        ];
        assert_eq!(between(old, new), expected);
    }
}
