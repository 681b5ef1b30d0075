//! Decides which pixels each variant of a job is made from: how small the source may be decoded, and
//! which finished sizes smaller ones are derived from.
//!
//! A chain's *head* is everything up to and including its first resize, provided that all
//! before that resize are crops that need no pixels: those commute with scaling. Heads tell how
//! much of the source's resolution is needed. Rules of the derivation:
//! - the source is decoded at a size at least [`MARGIN`] times what the largest head needs;
//! - a size is derived from the smallest size of the same kind that is at least [`MARGIN`] times
//!   as large on both sides, else from the largest that is at least [`NARROW_MARGIN`] times as
//!   large, else from the decoded source;
//! - every size is computed from the source's size, never from another derived size.
//!
//! The derivation depends on all variants of the plan, wanted now or not, so that a resumed
//! batch gives the same bytes as an uninterrupted one.

use std::cmp::Reverse;

use crate::{
    geometry::{self, Rect, Size},
    operation::{Kernel, Operation, Resize},
    value::Point,
};

/// How many times larger than the result the pixels are that it is scaled down from. At 1, line
/// art shows aliasing; at 2, derived photographs are at 47 dB or better against directly scaled
/// ones.
pub const MARGIN: f64 = 2.0;

/// The least margin where no finished size is [`MARGIN`] times as large: still better than reading
/// the decoded source again, which costs a third of the work beside the encoders and the memory to
/// keep the source. 1280 pixels from 2048 are at 51 dB or better against a direct reduction on
/// photographs (52 from the source) and at 41 dB on a chart of line art (48).
pub const NARROW_MARGIN: f64 = 1.5;

/// The largest whole number that a decode may divide the sides by.
const MOST_SHRINK: u32 = 8;

/// How far, in pixels of the result, an edge may move because it falls between two pixels of a
/// source that was decoded smaller. A tenth of a pixel shows in line art (33 dB); this does not.
const EDGE_ERROR: f64 = 0.03;

/// How far the outer edges of the whole source may move, which only stretches what lies within.
const STRETCH_ERROR: f64 = 0.03;

/// A size that one or several variants start from.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// A variant whose operations lead here.
    pub variant: usize,
    /// How many of that variant's operations stand before the resize.
    pub prefix: usize,
    /// The size before the scaling, in pixels of the source.
    pub from: Size,
    /// The size after it.
    pub size: Size,
    /// The resampling filter.
    pub kernel: Kernel,
    /// The scale that this one is derived from; `None`: the decoded source.
    pub parent: Option<usize>,
}

/// The decoded size and the chain of sizes that a job's variants are made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// The sizes, parents before children.
    pub scales: Vec<Scale>,
    /// For each variant its scale; `None` where the chain needs the whole source first.
    pub scale_of: Vec<Option<usize>>,
    /// The largest share of the source's resolution that is needed; above 1 where a variant is
    /// larger than the source.
    pub density: f64,
    /// The sides of the decoded source may be divided by this: 1, 2, 4 or 8.
    pub shrink: u32,
}

/// How many times larger than the result a decode is that divides the sides by `shrink`. At a
/// quarter and less, the decoder's own filter shows: 42.8 dB against a direct reduction at 2.85
/// times, where a half gives 47.
fn decode_margin(shrink: u32) -> f64 {
    if shrink > 2 { 3.0 } else { MARGIN }
}

struct Head<'a> {
    prefix: usize,
    rule: &'a Resize,
    from: Size,
    scaled: Size,
    crops: Vec<Rect>,
}

impl Head<'_> {
    fn density(&self) -> f64 {
        let across = f64::from(self.scaled.width) / f64::from(self.from.width);
        let down = f64::from(self.scaled.height) / f64::from(self.from.height);
        across.max(down)
    }

    /// Whether edges move by little enough when a source of `size` is decoded smaller.
    fn bears(&self, shrink: u32, size: Size) -> bool {
        let density = self.density();
        let moved = |edge: u32| {
            let away = f64::from(edge % shrink);
            away.min(f64::from(shrink) - away) * density
        };
        // Some decoders round up, so that the last row is covered in part, some down, so that
        // what remains is lost.
        let stretched = |side: u32| {
            let rest = side % shrink;
            let missed = if rest == 0 { 0 } else { rest.max(shrink - rest) };
            f64::from(missed) * density / 2.0
        };
        let edges =
            |crop: &Rect| [crop.x, crop.y, crop.x + crop.size.width, crop.y + crop.size.height];
        if self.crops.is_empty() {
            return stretched(size.width).max(stretched(size.height)) <= STRETCH_ERROR;
        }
        self.crops.iter().flat_map(edges).all(|edge| moved(edge) <= EDGE_ERROR)
    }
}

/// Finds a chain's head for a source of `size` (upright pixels).
fn head(operations: &[Operation], size: Size, focal: Option<Point>) -> Option<Head<'_>> {
    let (mut from, mut focal, mut crops) = (size, focal, Vec::new());
    for (prefix, operation) in operations.iter().enumerate() {
        match operation {
            Operation::Crop(rule) => {
                let part = geometry::crop(rule, from, focal)?;
                focal = focal.map(|point| geometry::focal_after_crop(point, part, from));
                from = part.size;
                crops.push(part);
            }
            Operation::Resize(rule) => {
                if rule.kernel == Kernel::Nearest {
                    return None;
                }
                let scaled = geometry::resize(rule, from).scaled;
                return Some(Head { prefix, rule, from, scaled, crops });
            }
            _ => return None,
        }
    }
    None
}

/// Works out the derivation of variants with these chains from a source of `size` (upright
/// pixels, after subsampling).
#[must_use]
pub fn derive(chains: &[&[Operation]], size: Size, focal: Option<Point>) -> Derivation {
    let heads: Vec<Option<Head<'_>>> =
        chains.iter().map(|chain| head(chain, size, focal)).collect();
    let density =
        heads.iter().map(|head| head.as_ref().map_or(1.0, Head::density)).fold(0.0, f64::max);
    let density = if heads.is_empty() { 1.0 } else { density };
    let shrink = [MOST_SHRINK, 4, 2]
        .into_iter()
        .find(|shrink| {
            density * decode_margin(*shrink) * f64::from(*shrink) <= 1.0
                && heads.iter().flatten().all(|head| head.bears(*shrink, size))
        })
        .unwrap_or(1);

    let mut scales: Vec<Scale> = Vec::new();
    let mut found: Vec<Option<usize>> = Vec::new();
    for (variant, head) in heads.iter().enumerate() {
        found.push(head.as_ref().map(|head| {
            let same = |scale: &Scale| {
                same_start(chains, scale, variant, head) && scale.size == head.scaled
            };
            scales.iter().position(same).unwrap_or_else(|| {
                scales.push(Scale {
                    variant,
                    prefix: head.prefix,
                    from: head.from,
                    size: head.scaled,
                    kernel: head.rule.kernel,
                    parent: None,
                });
                scales.len() - 1
            })
        }));
    }

    // Largest first, so that parents stand before children.
    let mut order: Vec<usize> = (0..scales.len()).collect();
    order.sort_by_key(|&index| (Reverse(scales[index].size.pixels()), index));
    let mut sorted: Vec<Scale> = order.iter().map(|&index| scales[index].clone()).collect();
    for child in 0..sorted.len() {
        let pixels = |parent: &usize| sorted[*parent].size.pixels();
        let serving = |margin: f64| {
            // Only sizes before it count: with a pixel of tolerance, a tiny size would fit itself.
            let (larger, child) = (&sorted[..child], &sorted[child]);
            (0..larger.len()).filter(move |&parent| serves(chains, &larger[parent], child, margin))
        };
        let ample = serving(MARGIN).min_by_key(|parent| (pixels(parent), *parent));
        sorted[child].parent = ample.or_else(|| {
            serving(NARROW_MARGIN).max_by_key(|parent| (pixels(parent), Reverse(*parent)))
        });
    }
    let place = |index: usize| order.iter().position(|&old| old == index);
    let scale_of = found.into_iter().map(|index| index.and_then(place)).collect();
    Derivation { scales: sorted, scale_of, density, shrink }
}

/// Whether a scale starts with the same operations and uses the same filter as a head.
fn same_start(chains: &[&[Operation]], scale: &Scale, variant: usize, head: &Head<'_>) -> bool {
    scale.kernel == head.rule.kernel
        && scale.prefix == head.prefix
        && chains[scale.variant][..scale.prefix] == chains[variant][..head.prefix]
}

/// Whether `child` may be derived from `parent`.
fn serves(chains: &[&[Operation]], parent: &Scale, child: &Scale, margin: f64) -> bool {
    // One pixel less is accepted, so that 853 rows can be halved to 427.
    let large_enough = |large: u32, small: u32| f64::from(large) + 1.0 >= f64::from(small) * margin;
    parent.kernel == child.kernel
        && parent.prefix == child.prefix
        && chains[parent.variant][..parent.prefix] == chains[child.variant][..child.prefix]
        && parent.size.width <= parent.from.width
        && parent.size.height <= parent.from.height
        && large_enough(parent.size.width, child.size.width)
        && large_enough(parent.size.height, child.size.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        operation::{Blur, Crop, Fit},
        value::Length,
    };

    const PHOTO: Size = Size { width: 6000, height: 4000 };

    fn width(pixels: f64) -> Operation {
        Operation::Resize(Resize { width: Some(Length::Pixels(pixels)), ..Resize::default() })
    }

    fn square(pixels: f64) -> Operation {
        Operation::Resize(Resize {
            fit: Fit::Cover,
            width: Some(Length::Pixels(pixels)),
            height: Some(Length::Pixels(pixels)),
            ..Resize::default()
        })
    }

    fn derived(chains: &[Vec<Operation>]) -> Derivation {
        let chains: Vec<&[Operation]> = chains.iter().map(Vec::as_slice).collect();
        derive(&chains, PHOTO, None)
    }

    #[test]
    fn small_sizes_come_from_the_smallest_that_is_twice_as_large() {
        let plan = derived(&[
            vec![square(240.0)],
            vec![width(320.0)],
            vec![width(640.0)],
            vec![width(1280.0)],
            vec![width(2048.0)],
        ]);
        let sizes: Vec<u32> = plan.scales.iter().map(|scale| scale.size.width).collect();
        assert_eq!(sizes, [2048, 1280, 640, 360, 320]);
        let parents: Vec<Option<usize>> = plan.scales.iter().map(|scale| scale.parent).collect();
        assert_eq!(parents, [None, Some(0), Some(1), Some(1), Some(2)]);
        assert_eq!(plan.scale_of, [Some(3), Some(4), Some(2), Some(1), Some(0)]);
        assert_eq!(plan.shrink, 1);
    }

    #[test]
    fn narrow_steps_are_not_strung_together() {
        let plan =
            derived(&[2700.0, 1800.0, 1200.0, 800.0, 600.0].map(|pixels| vec![width(pixels)]));
        let parents: Vec<Option<usize>> = plan.scales.iter().map(|scale| scale.parent).collect();
        assert_eq!(parents, [None, Some(0), Some(0), Some(1), Some(2)]);
        let close = derived(&[2000.0, 1600.0].map(|pixels| vec![width(pixels)]));
        assert_eq!(close.scales[1].parent, None);
    }

    #[test]
    fn the_decode_is_as_small_as_the_largest_variant_allows() {
        let shrink = |pixels: f64| derived(&[vec![width(pixels)]]).shrink;
        assert_eq!(shrink(249.0), 8);
        assert_eq!(shrink(251.0), 4);
        assert_eq!(shrink(498.0), 4);
        assert_eq!(shrink(501.0), 2);
        assert_eq!(shrink(1500.0), 2);
        assert_eq!(shrink(1501.0), 1);
        assert_eq!(
            derived(&[vec![width(100.0)], vec![Operation::Blur(Blur::default())]]).shrink,
            1
        );
    }

    #[test]
    fn no_size_is_its_own_parent() {
        for side in 1..=4 {
            let size = Size::new(side, side);
            let chains = [1.0, 2.0, 3.0, 4.0].map(|pixels| vec![square(pixels)]);
            let chains: Vec<&[Operation]> = chains.iter().map(Vec::as_slice).collect();
            for (index, scale) in derive(&chains, size, None).scales.iter().enumerate() {
                assert!(scale.parent.is_none_or(|parent| parent < index), "{scale:?}");
            }
        }
    }

    #[test]
    fn only_what_starts_alike_is_derived() {
        let crop =
            Operation::Crop(Crop { aspect: Some("16:9".parse().unwrap()), ..Crop::default() });
        let plan = derived(&[
            vec![crop.clone(), width(1280.0)],
            vec![crop, width(400.0)],
            vec![width(500.0)],
            vec![Operation::Blur(Blur::default()), width(100.0)],
        ]);
        let parent = |variant: usize| plan.scales[plan.scale_of[variant].unwrap()].parent;
        assert_eq!(parent(1), plan.scale_of[0]);
        assert_eq!(parent(2), None);
        assert_eq!(plan.scale_of[3], None);
    }

    #[test]
    fn a_crop_between_two_pixels_keeps_the_decode_larger() {
        let crop = |x: f64| {
            Operation::Crop(Crop {
                width: Some(Length::Pixels(4000.0)),
                gravity: crate::value::Gravity::West,
                x: Length::Pixels(x),
                ..Crop::default()
            })
        };
        assert_eq!(derived(&[vec![crop(800.0), width(160.0)]]).shrink, 8);
        assert_eq!(derived(&[vec![crop(804.0), width(160.0)]]).shrink, 4);
        assert_eq!(derived(&[vec![crop(803.0), width(160.0)]]).shrink, 1);
    }
}
