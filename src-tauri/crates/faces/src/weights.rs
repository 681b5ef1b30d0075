//! The network's weights, as `assets/models/extract.py` has written them.

const BYTES: &[u8] = include_bytes!("../../../../assets/models/faces.bin");

/// A layer's weights: outputs side by side, for each input or each of nine taps.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub(crate) values: Vec<f32>,
    pub(crate) biases: Vec<f32>,
}

/// Reads one layer after another.
pub(crate) struct Reader {
    rest: &'static [u8],
}

impl Reader {
    pub(crate) fn new() -> Self {
        Self { rest: BYTES }
    }

    /// The next layer, of so many inputs or taps and outputs.
    pub(crate) fn layer(&mut self, inputs: usize, outputs: usize) -> Weights {
        Weights { values: self.floats(inputs * outputs), biases: self.floats(outputs) }
    }

    /// Whether all has been read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        let (taken, rest) = self.rest.split_at(count * 4);
        self.rest = rest;
        let (floats, _) = taken.as_chunks::<4>();
        floats.iter().copied().map(f32::from_le_bytes).collect()
    }
}
