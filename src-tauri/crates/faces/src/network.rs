//! `YuNet`: a backbone that halves the picture five times, and what is read from its last three
//! levels (Wu, Peng and Yu: `YuNet`, a tiny millisecond-level face detector, 2023).

use crate::{
    layers::{Map, Negative, add_doubled, depthwise, pointwise, pool, sum},
    weights::{Reader, Weights},
};

/// Scores below this are not passed on.
const LEAST_CANDIDATE: f32 = 0.3;

/// What may be a face, in pixels of the picture; it may hang over its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) score: f32,
}

impl Candidate {
    /// The same in a picture of twice the size.
    pub(crate) fn doubled(self) -> Self {
        let Self { x, y, width, height, score } = self;
        Self { x: x * 2.0, y: y * 2.0, width: width * 2.0, height: height * 2.0, score }
    }

    /// The area that two have in common, as a share of the area of both.
    pub(crate) fn overlap(&self, other: &Self) -> f32 {
        let common = |start: f32, length: f32, other: f32, other_length: f32| {
            ((start + length).min(other + other_length) - start.max(other)).max(0.0)
        };
        let across = common(self.x, self.width, other.x, other.width);
        let down = common(self.y, self.height, other.y, other.height);
        let both = self.width * self.height + other.width * other.height - across * down;
        if both > 0.0 { across * down / both } else { 0.0 }
    }
}

/// A layer over channels and one over neighbours.
struct Unit {
    over_channels: Weights,
    over_neighbours: Weights,
}

impl Unit {
    fn read(reader: &mut Reader, inputs: usize, outputs: usize) -> Self {
        let over_channels = reader.layer(inputs, outputs);
        Self { over_channels, over_neighbours: reader.layer(9, outputs) }
    }

    fn run(&self, input: &Map, negative: Negative) -> Map {
        let mixed = pointwise(input, &self.over_channels, Negative::Stays);
        depthwise(&mixed, &self.over_neighbours, negative)
    }
}

/// Inputs and outputs of the backbone's units, and whether the map is halved after one.
const BACKBONE: [(usize, usize, bool); 11] = [
    (16, 16, true),
    (16, 16, false),
    (16, 32, false),
    (32, 32, false),
    (32, 64, true),
    (64, 64, false),
    (64, 64, true),
    (64, 64, false),
    (64, 64, true),
    (64, 64, false),
    (64, 64, false),
];

/// Pixels of the picture that one of each level stands for.
const STRIDES: [f32; 3] = [8.0, 16.0, 32.0];

/// Outputs that are read: class, presence, and a box of four; the others are zero.
const OUTPUTS: usize = 16;

pub(crate) struct Network {
    first: Weights,
    backbone: Vec<Unit>,
    necks: Vec<Unit>,
    heads: Vec<Unit>,
}

impl Network {
    pub(crate) fn new() -> Self {
        let mut reader = Reader::new();
        let reader = &mut reader;
        let first = reader.layer(27, 16);
        let unit = |(inputs, outputs, _): (usize, usize, bool)| Unit::read(reader, inputs, outputs);
        let backbone = BACKBONE.into_iter().map(unit).collect();
        let necks = STRIDES.map(|_| Unit::read(reader, 64, 64)).into();
        let heads = STRIDES.map(|_| Unit::read(reader, 64, OUTPUTS)).into();
        debug_assert!(reader.is_at_end());
        Self { first, backbone, necks, heads }
    }

    /// Finds what may be faces in a picture of red, green and blue bytes.
    pub(crate) fn run(&self, pixels: &[u8], width: usize, height: usize) -> Vec<Candidate> {
        let mut levels = self.levels(pixels, width, height);
        let mut candidates = Vec::new();
        for index in (0..levels.len()).rev() {
            levels[index] = self.necks[index].run(&levels[index], Negative::Zero);
            let read = self.heads[index].run(&levels[index], Negative::Stays);
            candidates.extend(read_level(&read, STRIDES[index]));
            if let Some((half, [.., larger])) = levels[..=index].split_last_mut() {
                add_doubled(larger, half);
            }
        }
        candidates
    }

    /// The backbone's maps of an eighth, a sixteenth and a thirty-second of the picture.
    fn levels(&self, pixels: &[u8], width: usize, height: usize) -> Vec<Map> {
        let mut map = start(pixels, width, height, &self.first);
        let mut levels = Vec::new();
        for (index, unit) in self.backbone.iter().enumerate() {
            map = unit.run(&map, Negative::Zero);
            // The map that three more units were run on belongs to a level, as do the next ones.
            if matches!(index, 6 | 8 | 10) {
                levels.push(map.clone());
            }
            if BACKBONE[index].2 {
                map = pool(&map);
            }
        }
        levels
    }
}

/// The first layer: every second pixel with the eight around it.
fn start(pixels: &[u8], width: usize, height: usize, weights: &Weights) -> Map {
    let outputs = weights.biases.len();
    let mut map = Map::new(width.div_ceil(2), height.div_ceil(2), outputs);
    let columns = map.width;
    for (index, outputs) in map.values.chunks_exact_mut(outputs).enumerate() {
        let (column, row) = (index % columns * 2, index / columns * 2);
        let mut inputs = [0.0; 27];
        for (tap, inputs) in inputs.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let (x, y) = (column + tap % 3, row + tap / 3);
            // Counted from one before: zero is beyond the edge.
            if (1..=width).contains(&x) && (1..=height).contains(&y) {
                let start = ((y - 1) * width + x - 1) * 3;
                *inputs = [0, 1, 2].map(|band| f32::from(pixels[start + band]));
            }
        }
        sum(&inputs, weights, Negative::Zero, outputs);
    }
    map
}

/// What a level says: for each of its pixels a score, and a box beside it.
#[expect(clippy::cast_precision_loss, reason = "columns and rows of a small picture")]
fn read_level(map: &Map, stride: f32) -> Vec<Candidate> {
    let read = |(index, outputs): (usize, &[f32])| {
        let score = (sigmoid(outputs[0]) * sigmoid(outputs[1])).sqrt();
        let (column, row) = ((index % map.width) as f32, (index / map.width) as f32);
        let (width, height) = (outputs[4].exp() * stride, outputs[5].exp() * stride);
        let x = (column + outputs[2]) * stride - width / 2.0;
        let y = (row + outputs[3]) * stride - height / 2.0;
        let is_sound = [x, y, width, height].iter().all(|value| value.is_finite());
        let candidate = Candidate { x, y, width, height, score };
        (score >= LEAST_CANDIDATE && is_sound).then_some(candidate)
    };
    map.values.chunks_exact(map.channels).enumerate().filter_map(read).collect()
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}
