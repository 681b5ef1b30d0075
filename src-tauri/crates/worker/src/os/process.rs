//! This process: its priority, its memory, and the socket that it was started with.

use std::{
    fs::File,
    io,
    os::{
        fd::{AsFd, FromRawFd as _, OwnedFd},
        unix::{fs::FileExt as _, net::UnixStream},
    },
    thread,
    time::Duration,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Lowers the priority by so many steps; it stays as it is where that is not allowed.
pub(crate) fn lower_priority(steps: i32) {
    if steps != 0 {
        let _unchanged = rustix::process::nice(steps);
    }
}

/// Starts so many threads, which are there at once, and ends them.
///
/// # Errors
/// Where the system refuses one.
pub(crate) fn start_threads(count: u32) -> io::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let builder = thread::Builder::new().stack_size(64 << 10);
    let next = builder.spawn(move || start_threads(count - 1))?;
    next.join().unwrap_or(Ok(()))
}

/// Takes over the socket that the engine has left open under this number.
#[expect(unsafe_code, reason = "the inherited descriptor is known by its number only")]
pub(crate) fn inherited_socket(number: i32) -> io::Result<UnixStream> {
    // SAFETY: the engine starts the worker with this descriptor open and for it alone; nothing
    // else in this process has touched it.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    Ok(UnixStream::from(socket))
}

/// Waits until there is something to read; false where nothing came in that time.
pub(crate) fn wait_to_read(socket: &impl AsFd, longest: Option<Duration>) -> bool {
    let mut sockets = [PollFd::new(socket, PollFlags::IN)];
    let longest = longest.and_then(|longest| Timespec::try_from(longest).ok());
    // Where it cannot be waited so, the reading waits by itself.
    poll(&mut sockets, longest.as_ref()) != Ok(0)
}

/// The kernel's account of this process's memory, opened before the sandbox closes.
pub(crate) struct MemoryStatus(Option<File>);

impl MemoryStatus {
    pub(crate) fn open() -> Self {
        Self(File::open("/proc/self/status").ok())
    }

    /// Resident and peak bytes of this process; zero where the system does not say.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        let mut text = [0; 4096];
        let read = self.0.as_ref().and_then(|status| status.read_at(&mut text, 0).ok());
        let status = String::from_utf8_lossy(&text[..read.unwrap_or(0)]);
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        (field("VmRSS:").unwrap_or(0) * 1024, field("VmHWM:").unwrap_or(0) * 1024)
    }
}
