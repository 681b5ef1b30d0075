//! A source, opened once: its descriptor, the state of the file, and whether it is still the same.

use std::{
    fs::{self, File, FileType, Metadata, OpenOptions},
    io,
    os::unix::fs::{FileExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::Path,
    sync::Arc,
};

use cropmark_rules::{ContentHash, Fault, FaultCode};
use serde::{Deserialize, Serialize};

use crate::means;

/// Bytes that are hashed at a time.
const CHUNK: usize = 1 << 20;

/// A file, by what the system knows it by: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// An open source. A cheap handle.
#[derive(Debug, Clone)]
pub struct Source {
    /// Open for reading.
    pub file: Arc<File>,
    identity: Identity,
    /// The file's state when it was opened.
    pub(crate) state: FileState,
    /// Whether it lies in the cache of downloads, where nobody writes to it and another process may
    /// take its name.
    is_fetched: bool,
}

/// What changes when a file is written to: length, and the times of its content and its inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileState {
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileState {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// What tells that a file is another or has changed: which file it is, and its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    identity: Identity,
    state: FileState,
}

impl FileStamp {
    /// The stamp of a file by what the system says about it.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        Self { identity: Identity::of(metadata), state: FileState::of(metadata) }
    }
}

impl Source {
    /// Opens a regular file with content for reading, through symlinks. Never waits, not even
    /// where the name is a pipe's.
    ///
    /// # Errors
    /// Where it cannot be opened, is something else than a file, or is empty.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Self::from_file(open_nonblocking(path).map_err(|error| opening(&error))?)
            .map(|(source, _)| source)
    }

    /// Takes a file that was just opened, and returns what the system says about it too.
    ///
    /// # Errors
    /// Where it is no regular file, or is empty.
    pub(crate) fn from_file(file: File) -> Result<(Self, Metadata), Fault> {
        let metadata = regular(&file)?;
        if metadata.len() == 0 {
            return Err(Fault::new(
                FaultCode::Unreadable,
                "The file is empty. Copy it here again from where it came.",
            ));
        }
        let (identity, state) = (Identity::of(&metadata), FileState::of(&metadata));
        Ok((Self { file: Arc::new(file), identity, state, is_fetched: false }, metadata))
    }

    /// As [`Source::from_file`], for a file of the cache of downloads.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn fetched(file: File) -> Result<(Self, Metadata), Fault> {
        Self::from_file(file).map(|(source, facts)| (Self { is_fetched: true, ..source }, facts))
    }

    /// Returns the BLAKE3 of the content. The file's position stays.
    ///
    /// # Errors
    /// Where it cannot be read to its end.
    pub fn hash(&self) -> Result<ContentHash, Fault> {
        content_hash(&self.file)
    }

    /// Checks that nobody has written to the file since it was opened.
    ///
    /// # Errors
    /// With [`FaultCode::SourceChanged`].
    pub fn unchanged(&self) -> Result<(), Fault> {
        let metadata = self.file.metadata().map_err(|error| reading(&error))?;
        let mut now = FileState::of(&metadata);
        if self.is_fetched {
            now.changed = self.state.changed;
        }
        if now == self.state {
            return Ok(());
        }
        Err(Fault::new(
            FaultCode::SourceChanged,
            "The file changed while it was read. Try again when nobody writes to it.",
        ))
    }

    /// Tells whether `path` still names this file, in the state in which it was opened.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| {
            Identity::of(&metadata) == self.identity && FileState::of(&metadata) == self.state
        })
    }
}

/// Opens a source as `Source::open` does, and returns its descriptor.
///
/// # Errors
/// As of `Source::open`.
pub fn open_source(path: &Path) -> Result<Arc<File>, Fault> {
    Source::open(path).map(|source| source.file)
}

/// Returns the BLAKE3 of a file's content. The file's position stays.
///
/// # Errors
/// Where the file cannot be read to its end.
pub fn content_hash(file: &File) -> Result<ContentHash, Fault> {
    hash(file).map_err(|error| reading(&error))
}

/// Opens a regular file, through symlinks, and refuses everything else.
pub(crate) fn open_regular(path: &Path) -> Result<File, Fault> {
    let file = open_nonblocking(path).map_err(|error| opening(&error))?;
    regular(&file)?;
    Ok(file)
}

/// Opens a file for reading; a pipe does not make it wait.
pub(crate) fn open_nonblocking(path: &Path) -> io::Result<File> {
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

fn regular(file: &File) -> Result<Metadata, Fault> {
    let metadata = file.metadata().map_err(|error| reading(&error))?;
    if metadata.is_file() { Ok(metadata) } else { Err(not_a_file(metadata.file_type())) }
}

/// Returns the BLAKE3 of a file's content, read beside the file's position.
pub(crate) fn hash(file: &File) -> io::Result<ContentHash> {
    let mut hasher = blake3::Hasher::new();
    // No larger than the file: most of those that are compared are small.
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut buffer = vec![0; length.saturating_add(1).min(CHUNK)];
    let mut offset = 0;
    loop {
        match file.read_at(&mut buffer, offset) {
            Ok(0) => return Ok(hasher.finalize().into()),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Why a file could not be opened.
pub(crate) fn opening(error: &io::Error) -> Fault {
    if let Some(fault) = means::lacking(error) {
        return fault;
    }
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Fault::new(
            FaultCode::Unreadable,
            "There is no such file. Check the name, and whether it was moved.",
        ),
        io::ErrorKind::PermissionDenied => Fault::new(
            FaultCode::Denied,
            "There is no permission to read it. Change its permissions, or run as its owner.",
        ),
        _ => Fault::new(FaultCode::Unreadable, format!("It cannot be opened ({error}).")),
    }
}

/// Why an open file could not be read.
pub(crate) fn reading(error: &io::Error) -> Fault {
    Fault::new(
        FaultCode::Unreadable,
        format!("It cannot be read to the end ({error}). Check the disk that it is on."),
    )
}

fn not_a_file(kind: FileType) -> Fault {
    let what = if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    };
    Fault::new(FaultCode::Unreadable, format!("It is {what}, not a file. Name a file or a folder."))
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _, os::unix::net::UnixListener};

    use super::*;

    #[test]
    fn the_hash_is_that_of_the_whole_content_and_the_position_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let content = vec![7; CHUNK + 3];
        fs::write(&path, &content).unwrap();
        let source = Source::open(&path).unwrap();
        assert_eq!(source.hash().unwrap(), ContentHash::of(&content));
        let mut first = [0];
        io::Read::read_exact(&mut &*source.file, &mut first).unwrap();
        assert_eq!(source.hash().unwrap(), ContentHash::of(&content));
    }

    #[test]
    fn a_write_meanwhile_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "before").unwrap();
        let source = Source::open(&path).unwrap();
        source.unchanged().unwrap();
        File::options().append(true).open(&path).unwrap().write_all(b"!").unwrap();
        assert_eq!(source.unchanged().unwrap_err().code, FaultCode::SourceChanged);
    }

    #[test]
    fn a_download_whose_name_goes_to_another_one_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("body"), folder.path().join("new"));
        fs::write(&path, "content").unwrap();
        fs::write(&other, "content").unwrap();
        let (source, _) = Source::fetched(File::open(&path).unwrap()).unwrap();
        let (plain, _) = Source::from_file(File::open(&path).unwrap()).unwrap();
        fs::rename(&other, &path).unwrap();
        source.unchanged().unwrap();
        assert_eq!(plain.unchanged().unwrap_err().code, FaultCode::SourceChanged);
    }

    #[test]
    fn what_is_no_file_with_content_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        let empty = folder.path().join("empty");
        fs::write(&empty, "").unwrap();
        let missing = folder.path().join("missing");
        for path in [folder.path(), &socket, &empty, &missing, Path::new("/dev/zero")] {
            let fault = Source::open(path).unwrap_err();
            assert_eq!(fault.code, FaultCode::Unreadable, "{}: {fault}", path.display());
        }
    }
}
