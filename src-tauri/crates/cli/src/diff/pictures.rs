//! The pictures that a page shows: those that change most, as many as a mail can carry.

use std::collections::BTreeMap;

use cropmark_rules::Format;

use super::{
    asset::{Difference, Planned},
    measure::{Measured, Measurer, Outcomes},
    row::{Figures, Row},
};

/// The most assets of a generator that are shown.
pub(super) const MOST_EACH: usize = 3;

/// The most pairs that are shown.
pub(super) const MOST_PAIRS: usize = 40;

/// The most bytes of a picture.
pub(super) const MOST_BYTES: u64 = 300_000;

/// The most bytes of all pictures.
pub(super) const MOST_TOGETHER: usize = 8_000_000;

/// A picture of a page.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) format: Format,
    pub(super) figures: Figures,
    pub(super) bytes: Vec<u8>,
}

/// The same variant before and after, or the one that there is.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) row: Row,
    pub(super) before: Option<Picture>,
    pub(super) after: Option<Picture>,
    extent: f64,
}

/// The pairs of each generator, those that change most first.
#[derive(Debug)]
pub(super) struct Pictures {
    each: usize,
    most: usize,
    pairs: BTreeMap<usize, Vec<Pair>>,
}

impl Pictures {
    /// Makes place for the pairs of so many generators.
    pub(super) fn new(generators: usize) -> Self {
        let each = (MOST_PAIRS / generators.max(1)).clamp(1, MOST_EACH);
        Self { each, most: MOST_PAIRS, pairs: BTreeMap::new() }
    }

    /// Offers the variants of one asset. Of each generator, one is taken: of those that a browser
    /// shows and that are small enough, the one that changes most, and of these the largest. May
    /// wait for the disk.
    pub(super) fn offer(
        &mut self,
        rows: &[(Difference, Row)],
        outcomes: &Outcomes,
        measurer: &Measurer,
    ) {
        let mut best: BTreeMap<usize, (&Difference, &Row)> = BTreeMap::new();
        for (difference, row) in rows {
            let (before, after) = files(difference, outcomes);
            let mut both = before.iter().chain(&after);
            if before.or(after).is_none() || !both.all(|measured| can_be_shown(measured)) {
                continue;
            }
            let is_better = |other: &Row| rank(row) > rank(other);
            if best.get(&difference.pair).is_none_or(|(_, other)| is_better(other)) {
                best.insert(difference.pair, (difference, row));
            }
        }
        for (generator, (difference, row)) in best {
            let others = self.pairs.values().map(Vec::len).sum::<usize>();
            let own = self.pairs.entry(generator).or_default();
            let extent = row.extent();
            let place = own.partition_point(|other| other.extent >= extent);
            if place >= self.each || (own.is_empty() && others >= self.most) {
                continue;
            }
            let read = |file: Option<&Measured>| {
                let file = file?;
                let bytes = measurer.bytes(file).ok()?;
                let figures = Figures::from(&file.rendered);
                Some(Picture { format: file.rendered.format, figures, bytes })
            };
            let (before, after) = files(difference, outcomes);
            let row = row.clone();
            own.insert(place, Pair { row, before: read(before), after: read(after), extent });
            own.truncate(self.each);
        }
    }

    /// The pairs of each generator that fit together into a page: first the first of each.
    pub(super) fn fitting(&self) -> BTreeMap<usize, Vec<&Pair>> {
        let mut fitting: BTreeMap<usize, Vec<&Pair>> = BTreeMap::new();
        let mut together = 0;
        for place in 0..self.each {
            for (generator, pairs) in &self.pairs {
                let Some(pair) = pairs.get(place) else { continue };
                let both = pair.before.iter().chain(&pair.after);
                let bytes: usize = both.map(|picture| picture.bytes.len()).sum();
                if together + bytes <= MOST_TOGETHER {
                    together += bytes;
                    fitting.entry(*generator).or_default().push(pair);
                }
            }
        }
        fitting
    }
}

/// Among the variants of an asset, what changes most; of the same extent, the one with most pixels.
fn rank(row: &Row) -> (i64, u64) {
    #[expect(clippy::cast_possible_truncation, reason = "a rank; a cast of floats stays in range")]
    let extent = (row.extent() * 20.0).round() as i64;
    let pixels =
        row.after.or(row.before).map_or(0, |it| u64::from(it.width) * u64::from(it.height));
    (extent, pixels)
}

fn can_be_shown(measured: &Measured) -> bool {
    let rendered = &measured.rendered;
    let is_shown = matches!(
        rendered.format,
        Format::Jpeg | Format::Png | Format::Webp | Format::Avif | Format::Gif | Format::Bmp
    );
    is_shown && rendered.bytes <= MOST_BYTES
}

/// The measured files of both sides of a difference.
fn files<'o>(
    difference: &Difference,
    outcomes: &'o Outcomes,
) -> (Option<&'o Measured>, Option<&'o Measured>) {
    let of = |planned: &Planned| match planned {
        Planned::Variant(variant) => outcomes.get(&variant.key)?.as_ref().ok(),
        _ => None,
    };
    (of(&difference.before), of(&difference.after))
}
