//! What a comparison found: the sums of each generator and of all.

use serde::Serialize;

use super::{
    asset::Difference,
    pairs::{Change, GeneratorPair},
    pictures::Pictures,
    row::{Figures, Row, VariantChange},
};

/// The most rows of a generator that a report lists.
pub(super) const TOP_ROWS: usize = 10;

/// The most files of overlays that are named.
const NAMED_OVERLAYS: usize = 5;

/// The sums of one side.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Sums {
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// The mean score.
    pub(super) score: Option<f64>,
    pub(super) lowest_score: Option<f64>,
    #[serde(skip)]
    scored: (u32, f64),
}

impl Sums {
    fn add(&mut self, figures: Figures) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(figures.bytes);
        if let Some(score) = figures.score {
            self.scored = (self.scored.0 + 1, self.scored.1 + score);
            let mean = self.scored.1 / f64::from(self.scored.0);
            self.score = Some((mean * 10.0).round() / 10.0);
            self.lowest_score = Some(self.lowest_score.map_or(score, |lowest| lowest.min(score)));
        }
    }
}

/// How many variants differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) changed: u64,
    pub(super) added: u64,
    pub(super) removed: u64,
    pub(super) failed: u64,
}

impl Counts {
    fn add(&mut self, change: VariantChange) {
        *match change {
            VariantChange::Added => &mut self.added,
            VariantChange::Removed => &mut self.removed,
            VariantChange::Changed => &mut self.changed,
            VariantChange::Failed => &mut self.failed,
        } += 1;
    }

    pub(super) fn all(self) -> u64 {
        self.changed + self.added + self.removed + self.failed
    }
}

/// A generator's differences.
#[derive(Debug, Serialize)]
pub(super) struct GeneratorReport {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) change: Change,
    pub(super) words: Vec<String>,
    pub(super) variants: Counts,
    pub(super) before: Sums,
    pub(super) after: Sums,
    /// The rows that change most, the first one most.
    #[serde(skip)]
    pub(super) top: Vec<Row>,
    #[serde(skip)]
    overlays: Vec<String>,
}

/// All differences.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) on: String,
    pub(super) assets: u64,
    /// How many of them have variants that differ.
    pub(super) differing: u64,
    pub(super) unreadable: u64,
    pub(super) variants: Counts,
    pub(super) before: Sums,
    pub(super) after: Sums,
    pub(super) rendered: u64,
    pub(super) cached: u64,
    /// Whether nothing was rendered, so that there are no bytes and scores.
    pub(super) is_dry_run: bool,
    /// The conditions of `--fail-if` that are met, each with what met it.
    pub(super) met: Vec<String>,
    #[serde(skip)]
    pub(super) generators: Vec<GeneratorReport>,
    #[serde(skip)]
    pub(super) pictures: Pictures,
}

impl Report {
    pub(super) fn new(
        labels: (&str, &str),
        on: String,
        pairs: &[GeneratorPair],
        is_dry_run: bool,
    ) -> Self {
        let generator = |pair: &GeneratorPair| GeneratorReport {
            name: pair.name.clone(),
            file: pair.file.clone(),
            change: pair.change,
            words: pair.words.clone(),
            variants: Counts::default(),
            before: Sums::default(),
            after: Sums::default(),
            top: Vec::new(),
            overlays: Vec::new(),
        };
        Self {
            old: labels.0.to_owned(),
            new: labels.1.to_owned(),
            on,
            assets: 0,
            differing: 0,
            unreadable: 0,
            variants: Counts::default(),
            before: Sums::default(),
            after: Sums::default(),
            rendered: 0,
            cached: 0,
            is_dry_run,
            met: Vec::new(),
            generators: pairs.iter().map(generator).collect(),
            pictures: Pictures::new(pairs.iter().filter(|pair| pair.may_differ).count()),
        }
    }

    /// Counts a row in.
    pub(super) fn add(&mut self, difference: &Difference, row: Row) {
        let generator = &mut self.generators[difference.pair];
        for (counts, before, after) in [
            (&mut self.variants, &mut self.before, &mut self.after),
            (&mut generator.variants, &mut generator.before, &mut generator.after),
        ] {
            counts.add(row.change);
            row.before.into_iter().for_each(|figures| before.add(figures));
            row.after.into_iter().for_each(|figures| after.add(figures));
        }
        for name in &difference.overlays {
            if generator.overlays.len() < NAMED_OVERLAYS && !generator.overlays.contains(name) {
                generator.overlays.push(name.clone());
                generator.words.push(format!("{name}, an overlay, has other content"));
            }
        }
        let extent = row.extent();
        let place = generator.top.partition_point(|other| other.extent() >= extent);
        if place < TOP_ROWS {
            generator.top.insert(place, row);
            generator.top.truncate(TOP_ROWS);
        }
    }

    /// The generators with differences, in the rules or in variants.
    pub(super) fn changed(&self) -> impl Iterator<Item = (usize, &GeneratorReport)> {
        let has_changed = |generator: &GeneratorReport| {
            generator.variants.all() > 0
                || !generator.words.is_empty()
                || generator.change != Change::Changed
        };
        self.generators.iter().enumerate().filter(move |(_, generator)| has_changed(generator))
    }
}
