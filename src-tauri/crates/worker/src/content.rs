//! The source's bytes: read into memory once, or read through the descriptor where there are
//! too many, a few are enough, or not all have come.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    sync::Arc,
};

use cropmark_rules::{Fault, FaultCode};

use crate::{
    arriving::ArrivingFile,
    canvas::fault,
    os::files::{read_at, read_whole},
    vips::{self, ReadAt as _, Source},
};

/// Sources up to this many bytes are read into memory at once: what was read cannot change any
/// more. Larger ones are read through their descriptor.
const WHOLE_FILE_BYTES: u64 = 64 << 20;

/// A source's bytes.
pub(crate) enum Content {
    Memory(Arc<Vec<u8>>),
    File {
        file: File,
        bytes: u64,
    },
    /// Reading waits for bytes that have not come.
    Arriving(Arc<ArrivingFile>),
}

impl Content {
    pub(crate) fn open(descriptor: BorrowedFd<'_>) -> Result<Self, Fault> {
        let (file, bytes) = opened(descriptor)?;
        Ok(Self::File { file, bytes })
    }

    /// Opens a source that will have so many bytes; `signals` is the pipe that says when some have
    /// come.
    pub(crate) fn arriving(
        descriptor: BorrowedFd<'_>,
        bytes: u64,
        signals: BorrowedFd<'_>,
    ) -> Result<Self, Fault> {
        let (file, _arrived) = opened(descriptor)?;
        let signals: OwnedFd = signals.try_clone_to_owned().map_err(|error| unreadable(&error))?;
        Ok(Self::Arriving(Arc::new(ArrivingFile::new(file, bytes, signals))))
    }

    /// Whether bytes may be missing still.
    pub(crate) fn is_arriving(&self) -> bool {
        matches!(self, Self::Arriving(_))
    }

    /// Waits until all of it has come.
    pub(crate) fn wait_for_all(&self) -> Result<(), Fault> {
        match self {
            Self::Arriving(arriving) => arriving.wait_for_all().map_err(|error| cut_off(&error)),
            Self::Memory(_) | Self::File { .. } => Ok(()),
        }
    }

    /// Returns the same content once all of it has come.
    pub(crate) fn arrived(self) -> Result<Self, Fault> {
        self.wait_for_all()?;
        match self {
            Self::Arriving(arriving) => {
                let file = arriving.file().try_clone().map_err(|error| unreadable(&error))?;
                Ok(Self::File { file, bytes: arriving.length() })
            }
            other => Ok(other),
        }
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
            Self::Arriving(arriving) => arriving.length(),
        }
    }

    /// All bytes; shared where they are in memory.
    pub(crate) fn whole(&self) -> Result<Arc<Vec<u8>>, Fault> {
        match self {
            Self::Memory(bytes) => Ok(Arc::clone(bytes)),
            Self::File { file, bytes } => whole(file, *bytes),
            Self::Arriving(arriving) => {
                self.wait_for_all()?;
                whole(arriving.file(), arriving.length())
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
            Self::Arriving(arriving) => {
                Source::from_reader(Arc::clone(arriving) as Arc<dyn vips::ReadAt>)
            }
        };
        source.map_err(fault)
    }
}

/// Duplicates the descriptor of a file, and returns its length too.
fn opened(descriptor: BorrowedFd<'_>) -> Result<(File, u64), Fault> {
    let file = descriptor.try_clone_to_owned().map(File::from);
    let file = file.map_err(|error| unreadable(&error))?;
    let facts = file.metadata().map_err(|error| unreadable(&error))?;
    if !facts.is_file() {
        return Err(Fault::new(FaultCode::Unreadable, "It is no file but a folder or device."));
    }
    Ok((file, facts.len()))
}

/// All bytes of a file that has so many.
fn whole(file: &File, bytes: u64) -> Result<Arc<Vec<u8>>, Fault> {
    let length = usize::try_from(bytes)
        .map_err(|_| Fault::new(FaultCode::TooLarge, "The file is too large."))?;
    let whole = read_whole(file, length).map_err(|error| {
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it became shorter".to_owned(),
            _ => error.to_string(),
        };
        let text = format!("The file changed while it was read ({what}).");
        Fault::new(FaultCode::SourceChanged, text)
    })?;
    Ok(Arc::new(whole))
}

fn unreadable(error: &io::Error) -> Fault {
    Fault::new(FaultCode::Unreadable, format!("The file could not be read ({error})."))
}

/// The fault of a source whose rest does not come. The engine knows why.
fn cut_off(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            let message = "The download ended before all of it had come. Try again.";
            Fault::new(FaultCode::Unreadable, message)
        }
        _ => unreadable(error),
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
            Content::Arriving(arriving) => arriving.read_at(buffer, self.place)?,
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
