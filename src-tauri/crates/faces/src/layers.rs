//! The three kinds of layers: sums over channels, sums over neighbours, and the largest of four.

use crate::weights::Weights;

/// Channels that are computed together. Every number of channels is a multiple of it.
const BLOCK: usize = 16;

/// The channels of pixels, pixel after pixel, row after row.
#[derive(Debug, Clone)]
pub(crate) struct Map {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) values: Vec<f32>,
}

impl Map {
    pub(crate) fn new(width: usize, height: usize, channels: usize) -> Self {
        Self { width, height, channels, values: vec![0.0; width * height * channels] }
    }

    /// The channels of a pixel.
    pub(crate) fn at(&self, column: usize, row: usize) -> &[f32] {
        let start = (row * self.width + column) * self.channels;
        &self.values[start..start + self.channels]
    }
}

/// What a layer does with sums below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Negative {
    Zero,
    Stays,
}

/// Computes the outputs of one pixel from its inputs.
pub(crate) fn sum(inputs: &[f32], weights: &Weights, negative: Negative, outputs: &mut [f32]) {
    let stride = weights.biases.len();
    for (index, block) in outputs.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let start = index * BLOCK;
        let mut sums = block_of(&weights.biases, start);
        for (input, row) in inputs.iter().zip(weights.values.chunks_exact(stride)) {
            let row = block_of(row, start);
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += input * weight;
            }
        }
        *block = cut(sums, negative);
    }
}

/// A layer that mixes the channels of each pixel.
pub(crate) fn pointwise(input: &Map, weights: &Weights, negative: Negative) -> Map {
    let mut output = Map::new(input.width, input.height, weights.biases.len());
    let pixels = input.values.chunks_exact(input.channels);
    for (inputs, outputs) in pixels.zip(output.values.chunks_exact_mut(weights.biases.len())) {
        sum(inputs, weights, negative, outputs);
    }
    output
}

/// A layer that mixes each channel with those of the pixels around; beyond the edges are zeros.
pub(crate) fn depthwise(input: &Map, weights: &Weights, negative: Negative) -> Map {
    let Map { width, height, channels, .. } = *input;
    let mut output = Map::new(width, height, channels);
    for (index, outputs) in output.values.chunks_exact_mut(channels).enumerate() {
        let (row, column) = (index / width, index % width);
        let rows = row.saturating_sub(1)..(row + 2).min(height);
        let columns = column.saturating_sub(1)..(column + 2).min(width);
        for (block, outputs) in outputs.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let start = block * BLOCK;
            let mut sums = block_of(&weights.biases, start);
            for y in rows.clone() {
                for x in columns.clone() {
                    let tap = (y + 1 - row) * 3 + (x + 1 - column);
                    let inputs = block_of(input.at(x, y), start);
                    let taps = block_of(&weights.values, tap * channels + start);
                    for lane in 0..BLOCK {
                        sums[lane] += inputs[lane] * taps[lane];
                    }
                }
            }
            *outputs = cut(sums, negative);
        }
    }
    output
}

/// The largest of every four pixels; at an odd edge, of two or one.
pub(crate) fn pool(input: &Map) -> Map {
    let mut output = Map::new(input.width.div_ceil(2), input.height.div_ceil(2), input.channels);
    let columns = output.width;
    for (index, outputs) in output.values.chunks_exact_mut(input.channels).enumerate() {
        let (left, top) = (index % columns * 2, index / columns * 2);
        outputs.copy_from_slice(input.at(left, top));
        for y in top..(top + 2).min(input.height) {
            for x in left..(left + 2).min(input.width) {
                for (output, input) in outputs.iter_mut().zip(input.at(x, y)) {
                    *output = output.max(*input);
                }
            }
        }
    }
    output
}

/// Adds a map of half the size: each of its pixels to four.
pub(crate) fn add_doubled(map: &mut Map, half: &Map) {
    let width = map.width;
    for (index, values) in map.values.chunks_exact_mut(map.channels).enumerate() {
        let added = half.at(index % width / 2, index / width / 2);
        for (value, added) in values.iter_mut().zip(added) {
            *value += added;
        }
    }
}

fn block_of(values: &[f32], start: usize) -> [f32; BLOCK] {
    values[start..start + BLOCK].try_into().unwrap_or_default()
}

fn cut(sums: [f32; BLOCK], negative: Negative) -> [f32; BLOCK] {
    match negative {
        Negative::Zero => sums.map(|sum| sum.max(0.0)),
        Negative::Stays => sums,
    }
}
