//! The body of an answer: bytes in memory, or a part of a file that is read as it is sent.

use std::{
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt as _,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::task::JoinHandle;

/// Bytes of a file that are read at a time.
const CHUNK: u64 = 256 << 10;

/// A body.
#[derive(Debug)]
pub(crate) enum Body {
    Memory(Bytes),
    File { file: Arc<File>, rest: Range<u64>, reading: Option<JoinHandle<io::Result<Bytes>>> },
}

impl Body {
    pub(crate) fn empty() -> Self {
        Self::Memory(Bytes::new())
    }

    pub(crate) fn part_of(file: Arc<File>, part: Range<u64>) -> Self {
        Self::File { file, rest: part, reading: None }
    }

    fn left(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { rest, .. } => rest.end - rest.start,
        }
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Memory(text.into())
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut *self {
            Self::Memory(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Memory(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::File { rest, .. } if rest.is_empty() => Poll::Ready(None),
            Self::File { file, rest, reading } => {
                let running = reading.get_or_insert_with(|| {
                    let (file, part) =
                        (Arc::clone(file), rest.start..rest.end.min(rest.start + CHUNK));
                    tokio::task::spawn_blocking(move || read(&file, part))
                });
                let read = ready!(Pin::new(running).poll(context));
                *reading = None;
                let read = read.unwrap_or_else(|error| Err(io::Error::other(error)))?;
                rest.start += read.len() as u64;
                Poll::Ready(Some(Ok(Frame::data(read))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left())
    }
}

fn read(file: &File, part: Range<u64>) -> io::Result<Bytes> {
    let length = usize::try_from(part.end - part.start).unwrap_or_default();
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, part.start)?;
    Ok(bytes.into())
}
