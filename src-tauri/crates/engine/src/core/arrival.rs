//! The arrival of a source whose file grows while a worker reads it.

use std::{
    fs::File,
    io::{self, Write as _},
    sync::{Arc, OnceLock},
    time::Instant,
};

use crate::os;

/// What a worker needs besides the file of a source that is arriving. A clone is of the same arrival.
#[derive(Debug, Clone)]
pub struct Arrival {
    bytes: u64,
    signals: Arc<File>,
    ended: Arc<OnceLock<Instant>>,
}

/// Tells a worker that bytes have come. Dropping it tells that none come any more, whether all
/// have come or not.
#[derive(Debug)]
pub(crate) struct ArrivalSignal {
    signaller: File,
    ended: Arc<OnceLock<Instant>>,
}

impl Arrival {
    /// Makes the two sides of the arrival of a source that will have so many bytes.
    ///
    /// # Errors
    /// Where no descriptors are left.
    pub(crate) fn of_bytes(bytes: u64) -> io::Result<(Self, ArrivalSignal)> {
        let (signals, signaller) = os::signal_pipe()?;
        let ended = Arc::new(OnceLock::new());
        let signal = ArrivalSignal { signaller, ended: Arc::clone(&ended) };
        Ok((Self { bytes, signals: Arc::new(signals), ended }, signal))
    }

    /// How many bytes the source will have.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The end of the pipe that the worker reads.
    pub(crate) fn signals(&self) -> &Arc<File> {
        &self.signals
    }

    /// Since when no bytes are waited for; `None`: they still are.
    pub(crate) fn ended(&self) -> Option<Instant> {
        self.ended.get().copied()
    }
}

impl ArrivalSignal {
    /// Tells that bytes have come.
    pub(crate) fn grown(&self) {
        // Where the pipe is full, the worker has enough to wake it.
        let _ = (&self.signaller).write(&[1]);
    }
}

impl Drop for ArrivalSignal {
    fn drop(&mut self) {
        let _ = self.ended.set(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn signals_never_wait_and_end_with_the_one_who_gives_them() {
        let (arrival, signal) = Arrival::of_bytes(10).unwrap();
        for _ in 0..200_000 {
            signal.grown();
        }
        assert_eq!(arrival.ended(), None);
        drop(signal);
        assert!(arrival.ended().is_some());
        let mut signals = Vec::new();
        arrival.signals().as_ref().read_to_end(&mut signals).unwrap();
        assert!(!signals.is_empty());
    }
}
