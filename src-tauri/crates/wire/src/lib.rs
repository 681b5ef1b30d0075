//! Messages between the engine and a worker process: length-prefixed JSON over a Unix socket
//! pair, with open file descriptors sent alongside (`SCM_RIGHTS`).
//!
//! Blocking and small: one thread a side. Descriptors are close-on-exec. A peer that sends
//! nonsense, too much, or half a message is an [`Error`], never a panic.

use std::{
    io::{self, IoSlice, IoSliceMut, Read as _, Write as _},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::{Serialize, de::DeserializeOwned};

/// The most descriptors in a message; the kernel's own limit is 253.
pub const MAX_DESCRIPTORS: usize = 250;

/// The most bytes in a message. A flood beyond it is an error, not memory.
pub const MAX_MESSAGE_BYTES: usize = 64 << 20;

/// Why a message did not get through.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The other side has gone.
    #[error("the other process has closed the connection")]
    Closed,
    /// The socket failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// The message is no message.
    #[error("a message could not be understood: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The message is over a limit.
    #[error("a message of {bytes} bytes is over the limit")]
    TooLong {
        /// The announced length.
        bytes: usize,
    },
}

/// One end of the conversation.
#[derive(Debug)]
pub struct Channel {
    socket: UnixStream,
}

impl Channel {
    /// Two connected ends.
    ///
    /// # Errors
    /// Where the system has no descriptors left.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (left, right) = UnixStream::pair()?;
        Ok((Self { socket: left }, Self { socket: right }))
    }

    /// The end that a socket is.
    #[must_use]
    pub fn new(socket: UnixStream) -> Self {
        Self { socket }
    }

    /// A second handle to the same end, for a thread that only sends or only receives.
    ///
    /// # Errors
    /// Where the system has no descriptors left.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { socket: self.socket.try_clone()? })
    }

    /// Sends a message and lends the descriptors with it (the receiver gets duplicates).
    ///
    /// # Errors
    /// [`Error::Closed`] where nobody listens, [`Error::TooLong`] over the limits.
    pub fn send<M: Serialize>(&self, message: &M, files: &[BorrowedFd<'_>]) -> Result<(), Error> {
        let body = serde_json::to_vec(message)?;
        if body.len() > MAX_MESSAGE_BYTES || files.len() > MAX_DESCRIPTORS {
            return Err(Error::TooLong { bytes: body.len() });
        }
        let length = u32::try_from(body.len()).map_err(|_| Error::TooLong { bytes: body.len() })?;
        let mut frame = Vec::with_capacity(4 + body.len());
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(&body);
        // The descriptors travel with the first bytes; what the socket does not take at once
        // follows without them.
        let sent = self.send_first(&frame, files)?;
        (&self.socket).write_all(&frame[sent..]).map_err(closed)
    }

    fn send_first(&self, frame: &[u8], files: &[BorrowedFd<'_>]) -> Result<usize, Error> {
        let mut space = vec![MaybeUninit::uninit(); ancillary_bytes()];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !files.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(files)) {
            return Err(Error::TooLong { bytes: frame.len() });
        }
        loop {
            let parts = [IoSlice::new(frame)];
            match sendmsg(&self.socket, &parts, &mut ancillary, SendFlags::NOSIGNAL) {
                Ok(sent) => return Ok(sent),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(closed(error.into())),
            }
        }
    }

    /// Waits for a message and takes the descriptors that came with it.
    ///
    /// # Errors
    /// [`Error::Closed`] where the other side has gone between two messages.
    pub fn receive<M: DeserializeOwned>(&self) -> Result<(M, Vec<OwnedFd>), Error> {
        self.receive_within(MAX_MESSAGE_BYTES)
    }

    /// As [`Channel::receive`], a message of at most `most_bytes`.
    ///
    /// # Errors
    /// As there; [`Error::TooLong`] before a longer message is read.
    pub fn receive_within<M: DeserializeOwned>(
        &self,
        most_bytes: usize,
    ) -> Result<(M, Vec<OwnedFd>), Error> {
        let mut length = [0; 4];
        let mut files = Vec::new();
        let received = self.receive_first(&mut length, &mut files)?;
        (&self.socket).read_exact(&mut length[received..]).map_err(closed)?;
        let bytes = u32::from_le_bytes(length) as usize;
        if bytes > most_bytes.min(MAX_MESSAGE_BYTES) {
            return Err(Error::TooLong { bytes });
        }
        let mut body = vec![0; bytes];
        (&self.socket).read_exact(&mut body).map_err(closed)?;
        Ok((serde_json::from_slice(&body)?, files))
    }

    fn receive_first(&self, buffer: &mut [u8], files: &mut Vec<OwnedFd>) -> Result<usize, Error> {
        let mut space = vec![MaybeUninit::uninit(); ancillary_bytes()];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let received = loop {
            let mut parts = [IoSliceMut::new(buffer)];
            let flags = RecvFlags::CMSG_CLOEXEC;
            match recvmsg(&self.socket, &mut parts, &mut ancillary, flags) {
                Ok(received) => break received.bytes,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(closed(error.into())),
            }
        };
        for message in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                files.extend(descriptors);
            }
        }
        if received == 0 { Err(Error::Closed) } else { Ok(received) }
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl From<Channel> for OwnedFd {
    fn from(channel: Channel) -> Self {
        channel.socket.into()
    }
}

fn ancillary_bytes() -> usize {
    rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))
}

/// The errors by which a vanished peer shows itself, made one.
fn closed(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::UnexpectedEof => Error::Closed,
        _ => Error::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Seek as _, thread};

    use super::*;

    #[test]
    fn messages_and_files_arrive_in_order() {
        let (left, right) = Channel::pair().unwrap();
        let long = "x".repeat(3 << 20);
        let expected = long.clone();
        let sender = thread::spawn(move || {
            let mut file = tempfile();
            file.write_all(b"picture").unwrap();
            file.rewind().unwrap();
            left.send(&"first", &[file.as_fd()]).unwrap();
            left.send(&long, &[]).unwrap();
        });
        let (first, files): (String, _) = right.receive().unwrap();
        assert_eq!(first, "first");
        let mut content = String::new();
        File::from(files.into_iter().next().unwrap()).read_to_string(&mut content).unwrap();
        assert_eq!(content, "picture");
        let (second, files): (String, _) = right.receive().unwrap();
        assert_eq!((second, files.len()), (expected, 0));
        sender.join().unwrap();
        assert!(matches!(right.receive::<String>(), Err(Error::Closed)));
    }

    #[test]
    fn nonsense_and_floods_are_errors() {
        let (left, right) = Channel::pair().unwrap();
        (&left.socket).write_all(&[2, 0, 0, 0, b'{', b'{']).unwrap();
        assert!(matches!(right.receive::<String>(), Err(Error::Malformed(_))));
        (&left.socket).write_all(&u32::MAX.to_le_bytes()).unwrap();
        assert!(matches!(right.receive::<String>(), Err(Error::TooLong { .. })));
        let (left, right) = Channel::pair().unwrap();
        (&left.socket).write_all(&[9, 0, 0, 0, b'"']).unwrap();
        drop(left);
        assert!(matches!(right.receive::<String>(), Err(Error::Closed)));
    }

    fn tempfile() -> File {
        let descriptor = rustix::fs::memfd_create("wire", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
        File::from(descriptor)
    }
}
