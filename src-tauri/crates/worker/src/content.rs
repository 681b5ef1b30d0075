//! The source's bytes: read into memory once, or read through the descriptor where there are
//! too many or a few are enough.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    os::fd::{AsFd as _, BorrowedFd},
    sync::Arc,
};

use cropmark_rules::{Fault, FaultCode};

use crate::{
    canvas::fault,
    os::files::{read_at, read_whole},
    vips::{self, Source},
};

/// Sources up to this many bytes are read into memory at once: what was read cannot change any
/// more. Larger ones are read through their descriptor.
const WHOLE_FILE_BYTES: u64 = 64 << 20;

/// A source's bytes.
pub(crate) enum Content {
    Memory(Arc<Vec<u8>>),
    File { file: File, bytes: u64 },
}

impl Content {
    pub(crate) fn open(descriptor: BorrowedFd<'_>) -> Result<Self, Fault> {
        let unreadable = |error: io::Error| {
            Fault::new(FaultCode::Unreadable, format!("The file could not be read ({error})."))
        };
        let file = File::from(descriptor.try_clone_to_owned().map_err(unreadable)?);
        let facts = file.metadata().map_err(unreadable)?;
        if !facts.is_file() {
            return Err(Fault::new(FaultCode::Unreadable, "It is no file but a folder or device."));
        }
        Ok(Self::File { bytes: facts.len(), file })
    }

    /// Reads the source into memory, unless it is too large for that.
    pub(crate) fn taken_in(self) -> Result<Self, Fault> {
        let small = self.length() <= WHOLE_FILE_BYTES;
        if small { Ok(Self::Memory(self.whole()?)) } else { Ok(self) }
    }

    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { bytes, .. } => *bytes,
        }
    }

    /// All bytes; shared where they are in memory.
    pub(crate) fn whole(&self) -> Result<Arc<Vec<u8>>, Fault> {
        match self {
            Self::Memory(bytes) => Ok(Arc::clone(bytes)),
            Self::File { file, bytes } => {
                let length = usize::try_from(*bytes)
                    .map_err(|_| Fault::new(FaultCode::TooLarge, "The file is too large."))?;
                let changed = |what: String| {
                    let text = format!("The file changed while it was read ({what}).");
                    Fault::new(FaultCode::SourceChanged, text)
                };
                let whole = read_whole(file, length).map_err(|error| {
                    changed(if error.kind() == io::ErrorKind::UnexpectedEof {
                        "it became shorter".to_owned()
                    } else {
                        error.to_string()
                    })
                })?;
                Ok(Arc::new(whole))
            }
        }
    }

    /// Up to `length` bytes from the start.
    pub(crate) fn start(&self, length: usize) -> Vec<u8> {
        let mut start = Vec::new();
        let _shorter = self.reader().take(length as u64).read_to_end(&mut start);
        start
    }

    /// Up to `length` bytes from the end.
    pub(crate) fn last_bytes(&self, length: u64) -> Vec<u8> {
        let mut last = Vec::new();
        let mut reader = self.reader();
        if reader.seek(SeekFrom::Start(self.length().saturating_sub(length))).is_ok() {
            let _shorter = reader.take(length).read_to_end(&mut last);
        }
        last
    }

    /// Reads from the start on, without moving the descriptor's own place.
    pub(crate) fn reader(&self) -> BufReader<Reader<'_>> {
        BufReader::new(Reader { content: self, place: 0 })
    }

    /// Returns the source that libvips reads the bytes from.
    pub(crate) fn source(&self) -> Result<Source, Fault> {
        let source: vips::Result<Source> = match self {
            Self::Memory(bytes) => Source::from_shared(Arc::clone(bytes)),
            Self::File { file, .. } => Source::from_descriptor(file.as_fd()),
        };
        source.map_err(fault)
    }
}

/// A place in the content.
pub(crate) struct Reader<'a> {
    content: &'a Content,
    place: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.content {
            Content::Memory(bytes) => {
                let from = usize::try_from(self.place).unwrap_or(usize::MAX).min(bytes.len());
                let count = buffer.len().min(bytes.len() - from);
                buffer[..count].copy_from_slice(&bytes[from..from + count]);
                count
            }
            Content::File { file, .. } => read_at(file, buffer, self.place)?,
        };
        self.place += count as u64;
        Ok(count)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        let target = match place {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.content.length().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.place.checked_add_signed(offset),
        };
        self.place = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.place)
    }
}
