//! A source that is still arriving: a file that the engine appends to.

use std::{
    fs::File,
    io,
    os::fd::OwnedFd,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    os::files::{read_at, wait_for_signal},
    vips::ReadAt,
};

/// A file that grows, and the pipe that says when it has grown.
pub(crate) struct ArrivingFile {
    file: File,
    /// Bytes of the whole source.
    bytes: u64,
    /// Bytes that have certainly come.
    arrived: AtomicU64,
    /// The engine writes to the other end when bytes have come, and closes it when none come any
    /// more.
    signals: Mutex<OwnedFd>,
}

impl ArrivingFile {
    /// Takes a file that will have so many bytes.
    pub(crate) fn new(file: File, bytes: u64, signals: OwnedFd) -> Self {
        Self { file, bytes, arrived: AtomicU64::new(0), signals: Mutex::new(signals) }
    }

    /// The file, with what has come so far.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Waits until there are bytes beyond `place`, and returns up to where there are; the source's
    /// end where it has none there. An error of the kind `UnexpectedEof` where they will not come.
    pub(crate) fn wait_beyond(&self, place: u64) -> io::Result<u64> {
        loop {
            if let Some(arrived) = self.beyond(place)? {
                return Ok(arrived);
            }
            // One thread takes a signal, and all look again.
            let signals = self.signals.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(arrived) = self.beyond(place)? {
                return Ok(arrived);
            }
            if !wait_for_signal(&signals)? {
                return self.beyond(place)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Up to where there are bytes, if that is beyond `place` or all.
    fn beyond(&self, place: u64) -> io::Result<Option<u64>> {
        let mut arrived = self.arrived.load(Ordering::Acquire);
        if arrived <= place && arrived < self.bytes {
            arrived = self.file.metadata()?.len().min(self.bytes);
            self.arrived.fetch_max(arrived, Ordering::AcqRel);
        }
        Ok((arrived > place || arrived == self.bytes).then_some(arrived))
    }

    /// Waits until all bytes have come.
    pub(crate) fn wait_for_all(&self) -> io::Result<()> {
        self.wait_beyond(self.bytes.saturating_sub(1)).map(drop)
    }
}

impl ReadAt for ArrivingFile {
    fn read_at(&self, buffer: &mut [u8], place: u64) -> io::Result<usize> {
        let arrived = self.wait_beyond(place)?;
        let room = usize::try_from(arrived.saturating_sub(place)).unwrap_or(usize::MAX);
        let length = buffer.len().min(room);
        read_at(&self.file, &mut buffer[..length], place)
    }

    fn length(&self) -> u64 {
        self.bytes
    }
}
