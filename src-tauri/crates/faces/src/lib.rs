//! Finds faces in a picture with `YuNet`, a neural network of 53,000 weights.
//!
//! The network is run here, layer by layer, and not by a library: it has three kinds of layers, which
//! are fewer lines than a library's set-up, and its sums are added in one order on every machine,
//! so that a picture is cut alike everywhere. One thread, no other crates.

mod layers;
mod network;
mod weights;

use network::{Candidate, Network};

/// The longest side of a picture that faces are looked for in, in pixels.
pub const LONGEST_SIDE: usize = 640;

/// The most bytes that finding faces takes, the picture itself not counted.
pub const MOST_BYTES: u64 = 32 << 20;

/// How sure the network must be.
const LEAST_SCORE: f32 = 0.7;

/// How much of the area of two boxes may be common before they are one face.
const MOST_OVERLAP: f32 = 0.3;

/// The most faces of a picture.
const MOST_FACES: usize = 100;

/// A face: its box in pixels of the picture, from forehead to chin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// From the left edge of the picture.
    pub x: f32,
    /// From the top edge of the picture.
    pub y: f32,
    /// Pixels.
    pub width: f32,
    /// Pixels.
    pub height: f32,
    /// How sure it is that this is a face, up to 1.
    pub score: f32,
}

/// Finds the faces in a picture of red, green and blue bytes, the surest first.
///
/// The network knows faces of 10 to 300 pixels. Larger ones are found in a copy of half the size.
///
/// # Panics
/// Where the bytes are not as many as the sides say, or a side is zero or over [`LONGEST_SIDE`].
#[must_use]
pub fn find(pixels: &[u8], width: usize, height: usize) -> Vec<Face> {
    assert_eq!(pixels.len(), width * height * 3, "three bytes a pixel");
    assert!((1..=LONGEST_SIDE).contains(&width) && (1..=LONGEST_SIDE).contains(&height));
    let network = Network::new();
    let mut found = network.run(pixels, width, height);
    if width.min(height) >= SMALLEST_HALVED {
        let half = halved(pixels, width, height);
        let larger = network.run(&half, width / 2, height / 2);
        found.extend(larger.into_iter().map(Candidate::doubled));
    }
    distinct(found)
        .into_iter()
        .filter_map(|candidate| within(candidate, width, height))
        .take(MOST_FACES)
        .collect()
}

/// The shorter side from which on a picture is looked at in half its size too.
const SMALLEST_HALVED: usize = 160;

/// Of candidates that lie over one another, keeps the surest.
fn distinct(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.retain(|candidate| candidate.score >= LEAST_SCORE);
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if kept.iter().all(|other| candidate.overlap(other) <= MOST_OVERLAP) {
            kept.push(candidate);
        }
    }
    kept
}

/// The part of a candidate that lies within the picture.
#[expect(clippy::cast_precision_loss, reason = "sides of a small picture")]
fn within(candidate: Candidate, width: usize, height: usize) -> Option<Face> {
    let Candidate { x, y, score, .. } = candidate;
    let right = (x + candidate.width).min(width as f32);
    let bottom = (y + candidate.height).min(height as f32);
    let (x, y) = (x.max(0.0), y.max(0.0));
    let face = Face { x, y, width: right - x, height: bottom - y, score };
    (face.width >= 1.0 && face.height >= 1.0).then_some(face)
}

/// The means of squares of four pixels.
fn halved(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let (columns, rows) = (width / 2, height / 2);
    let mut half = Vec::with_capacity(columns * rows * 3);
    for row in 0..rows {
        for column in 0..columns {
            for band in 0..3 {
                let at = |x: usize, y: usize| {
                    u16::from(pixels[((row * 2 + y) * width + column * 2 + x) * 3 + band])
                };
                let mean = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4;
                half.push(u8::try_from(mean).unwrap_or(u8::MAX));
            }
        }
    }
    half
}

#[cfg(test)]
mod tests;
