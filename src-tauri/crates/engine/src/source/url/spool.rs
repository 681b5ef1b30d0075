//! A file that grows while a source arrives, with any number of readers.
//!
//! A reader waits only for bytes that have not come. Where the download fails, each reader gets the
//! bytes before that place, and then the reason. Nothing beyond what readers want is fetched.

use std::{fs::File, io, sync::Arc};

use cropmark_rules::{ContentHash, Fault, FaultCode};
use tokio::sync::watch;

use crate::os;

/// Bytes that are fetched before anybody wants more: enough for nearly every header.
pub(crate) const HEAD_BYTES: u64 = 128 << 10;

/// How far a download is.
#[derive(Debug, Clone, Default)]
struct Progress {
    /// Bytes that can be read.
    bytes: u64,
    /// How it ended: with the hash of the content, or why not.
    end: Option<Result<ContentHash, Fault>>,
}

/// A growing file, for its readers. A clone is another reader; when the last one is dropped, the
/// download ends.
#[derive(Debug, Clone)]
pub(crate) struct Spool {
    file: Arc<File>,
    progress: watch::Receiver<Progress>,
    wanted: watch::Sender<u64>,
}

/// The one who writes to the file.
#[derive(Debug)]
pub(super) struct SpoolWriter {
    file: File,
    hasher: blake3::Hasher,
    bytes: u64,
    progress: watch::Sender<Progress>,
    wanted: watch::Receiver<u64>,
}

/// Makes the two ends of a growing file of this empty one, which is open for writing.
///
/// # Errors
/// Where it cannot be opened a second time, for reading alone.
pub(super) fn spool(file: File) -> io::Result<(SpoolWriter, Spool)> {
    let read_only = Arc::new(os::reopen(&file)?);
    let (progress, arrived) = watch::channel(Progress::default());
    let (want, wanted) = watch::channel(HEAD_BYTES);
    let hasher = blake3::Hasher::new();
    let writer = SpoolWriter { file, hasher, bytes: 0, progress, wanted };
    Ok((writer, Spool { file: read_only, progress: arrived, wanted: want }))
}

impl Spool {
    /// The file, open for reading alone. Its length is what has come so far.
    pub(crate) fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Lets the download go on up to this offset at least.
    pub(crate) fn want(&self, offset: u64) {
        self.wanted.send_if_modified(|wanted| {
            let is_more = offset > *wanted;
            *wanted = (*wanted).max(offset);
            is_more
        });
    }

    /// Waits until there are bytes beyond `offset`, and returns up to where there are; `offset` or
    /// less where the content ends before it.
    ///
    /// # Errors
    /// Where the download failed before more than `offset` bytes had come.
    pub(crate) async fn arrived(&self, offset: u64) -> Result<u64, Fault> {
        self.want(offset.saturating_add(1));
        let mut progress = self.progress.clone();
        let seen = progress.wait_for(|now| now.bytes > offset || now.end.is_some()).await;
        let seen = seen.map_err(|_| given_up())?.clone();
        match seen.end {
            Some(Err(fault)) if seen.bytes <= offset => Err(fault),
            _ => Ok(seen.bytes),
        }
    }

    /// Reads at an offset into the buffer, waiting for the first byte; 0 at the end.
    ///
    /// # Errors
    /// Where the download failed before that offset, or the file cannot be read.
    pub(crate) async fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Fault> {
        let arrived = self.arrived(offset).await?;
        let room = usize::try_from(arrived.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(room);
        os::read_at(&self.file, &mut buffer[..length], offset)
            .map_err(|error| super::super::open::reading(&error))
    }

    /// Fetches everything, and returns the hash of the content.
    ///
    /// # Errors
    /// Where the download fails.
    pub(crate) async fn complete(&self) -> Result<ContentHash, Fault> {
        self.complete_telling(|| {}).await
    }

    /// As [`Spool::complete`], and calls `grown` whenever more can be read.
    ///
    /// # Errors
    /// Where the download fails.
    pub(crate) async fn complete_telling(
        &self,
        mut grown: impl FnMut(),
    ) -> Result<ContentHash, Fault> {
        self.want(u64::MAX);
        let mut progress = self.progress.clone();
        let mut is_written = true;
        loop {
            grown();
            if let Some(end) = progress.borrow_and_update().end.clone() {
                return end;
            }
            if !is_written {
                return Err(given_up());
            }
            is_written = progress.changed().await.is_ok();
        }
    }
}

impl SpoolWriter {
    /// Bytes that were written.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends bytes, which readers see at once.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        os::write_all_at(&self.file, bytes, self.bytes).map_err(|error| unwritable(&error))?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.progress.send_modify(|progress| progress.bytes = self.bytes);
        Ok(())
    }

    /// The hash of what was written.
    pub(super) fn hash(&self) -> ContentHash {
        self.hasher.finalize().into()
    }

    /// Waits until somebody wants bytes that have not come; `false`: there is no reader any more.
    pub(super) async fn is_wanted(&mut self) -> bool {
        let bytes = self.bytes;
        self.wanted.wait_for(|wanted| *wanted > bytes).await.is_ok()
    }

    /// Waits until there is no reader any more.
    pub(super) async fn is_left(&self) {
        self.progress.closed().await;
    }

    /// Tells the readers how the download ended.
    pub(super) fn end(self, end: Result<(), Fault>) {
        let end = end.map(|()| self.hash());
        self.progress.send_modify(|progress| progress.end = Some(end));
    }
}

fn given_up() -> Fault {
    Fault::new(FaultCode::Busy, "The download was given up before its end. Try again.")
}

fn unwritable(error: &io::Error) -> Fault {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FaultCode::DiskFull,
        _ => FaultCode::Denied,
    };
    let message = format!("The download cannot be kept on the disk ({error}). Make room for it.");
    Fault::new(code, message)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn new() -> (SpoolWriter, Spool) {
        spool(tempfile::tempfile().unwrap()).unwrap()
    }

    async fn read(spool: &Spool, offset: u64) -> Result<Vec<u8>, Fault> {
        let mut buffer = [0; 4];
        let read = spool.read_at(&mut buffer, offset).await?;
        Ok(buffer[..read].to_vec())
    }

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn readers_wait_for_what_has_not_come_and_for_nothing_else() {
        let (mut writer, first) = new();
        let second = first.clone();
        writer.write(b"abcdef").unwrap();
        assert_eq!(read(&first, 0).await.unwrap(), b"abcd");
        assert_eq!(read(&second, 4).await.unwrap(), b"ef");
        assert!(timeout(SOON, read(&first, 6)).await.is_err());
        let waiting = tokio::spawn(async move { read(&first, 6).await });
        tokio::time::sleep(SOON).await;
        writer.write(b"gh").unwrap();
        assert_eq!(waiting.await.unwrap().unwrap(), b"gh");
        writer.end(Ok(()));
        assert_eq!(read(&second, 7).await.unwrap(), b"h");
        assert_eq!(read(&second, 8).await.unwrap(), b"");
        assert_eq!(read(&second, 99).await.unwrap(), b"");
        assert_eq!(second.complete().await.unwrap(), ContentHash::of(b"abcdefgh"));
    }

    #[tokio::test]
    async fn an_error_comes_at_its_offset_with_its_cause() {
        let (mut writer, spool) = new();
        writer.write(b"abc").unwrap();
        writer.end(Err(Fault::new(FaultCode::Timeout, "too slow")));
        assert_eq!(read(&spool, 1).await.unwrap(), b"bc");
        for offset in [3, 4, 1000] {
            assert_eq!(read(&spool, offset).await.unwrap_err().message, "too slow");
        }
        assert_eq!(spool.complete().await.unwrap_err().code, FaultCode::Timeout);
    }

    #[tokio::test]
    async fn only_what_is_wanted_is_fetched_and_nothing_without_a_reader() {
        let (mut writer, spool) = new();
        writer.write(&vec![0; usize::try_from(HEAD_BYTES).unwrap()]).unwrap();
        assert!(timeout(SOON, writer.is_wanted()).await.is_err());
        spool.want(HEAD_BYTES + 1);
        assert!(writer.is_wanted().await);
        // Wanting less takes nothing back.
        spool.want(1);
        assert!(writer.is_wanted().await);
        assert!(timeout(SOON, writer.is_left()).await.is_err());
        drop(spool);
        writer.is_left().await;
    }

    #[tokio::test]
    async fn growth_is_told_until_the_end() {
        let (mut writer, spool) = new();
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let completing = tokio::spawn(async move {
            let file = Arc::clone(spool.file());
            let grown = || told.send(file.metadata().unwrap().len()).unwrap();
            spool.complete_telling(grown).await
        });
        assert_eq!(heard.recv().await, Some(0));
        writer.write(b"ab").unwrap();
        assert_eq!(heard.recv().await, Some(2));
        writer.write(b"c").unwrap();
        assert_eq!(heard.recv().await, Some(3));
        writer.end(Ok(()));
        assert_eq!(heard.recv().await, Some(3));
        assert_eq!(completing.await.unwrap().unwrap(), ContentHash::of(b"abc"));
        assert_eq!(heard.recv().await, None);
    }

    #[tokio::test]
    async fn a_writer_that_vanishes_is_an_error() {
        let (writer, spool) = new();
        drop(writer);
        assert_eq!(spool.complete().await.unwrap_err().code, FaultCode::Busy);
        assert_eq!(read(&spool, 0).await.unwrap_err().code, FaultCode::Busy);
    }

    #[test]
    fn readers_cannot_write() {
        let (_writer, spool) = new();
        assert!(os::write_all_at(spool.file(), b"x", 0).is_err());
    }
}
