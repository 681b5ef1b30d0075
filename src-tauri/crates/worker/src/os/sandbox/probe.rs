//! Tries what a sandboxed worker must not be able to do, and says how each try ended. For
//! `doctor` and for the tests: a sandbox that is only claimed is none.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    os::unix::fs::FileExt as _,
    process::Command,
};

use super::limits::FILE_BYTES;

/// What some tries need that can only be opened before the sandbox is closed.
pub(crate) struct Prepared {
    scratch: Option<File>,
    status: Option<File>,
}

/// Opens what the tries need.
pub(crate) fn prepare() -> Prepared {
    Prepared { scratch: scratch("file").ok(), status: File::open("/proc/self/status").ok() }
}

/// Each forbidden thing and how trying it ended: `refused`, or `possible`.
pub(crate) fn run(prepared: &Prepared) -> BTreeMap<&'static str, &'static str> {
    let Prepared { scratch, status } = prepared;
    let told = |outcome: io::Result<()>| if outcome.is_err() { "refused" } else { "possible" };
    let target = (Ipv4Addr::LOCALHOST, 9);
    BTreeMap::from([
        ("open /etc/passwd", told(read_a_byte("/etc/passwd"))),
        ("keep a capability", told(keep_capability(status.as_ref()))),
        ("keep memory in a file", told(memory_file())),
        ("list /", told(fs::read_dir("/").map(|_| ()))),
        ("write to /tmp", told(self::scratch("probe").map(|_| ()))),
        ("write a file without end", told(write_at_end(scratch.as_ref()))),
        ("run a program", told(Command::new("/bin/true").status().map(|_| ()))),
        ("outlive the parent", told(outlive())),
        ("slow the parent down", told(slow_down())),
        // A refused connection counts as possible: the network was reached.
        ("connect", told(reached(TcpStream::connect(target)))),
        ("listen", told(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(|_| ()))),
        ("send a datagram", told(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map(|_| ()))),
        ("start a thread in new namespaces", told(thread_in_namespaces())),
        ("start a thread with hidden flags", told(hidden_flags())),
        // Last: there is no network in a new namespace.
        ("leave the network's namespace", told(leave_namespace())),
    ])
}

fn reached(outcome: io::Result<TcpStream>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Where it is possible, it is as it was afterwards.
fn outlive() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{
            parent_process_death_signal, set_parent_process_death_signal as set,
        };
        let signal = parent_process_death_signal()?;
        set(None)?;
        set(signal)?;
    }
    Ok(())
}

fn slow_down() -> io::Result<()> {
    let parent = rustix::process::getppid();
    let priority = rustix::process::getpriority_process(parent)?;
    Ok(rustix::process::setpriority_process(parent, priority)?)
}

fn read_a_byte(path: &str) -> io::Result<()> {
    fs::File::open(path)?.read_exact(&mut [0])
}

/// Creates a file that is gone when it is closed.
fn scratch(name: &str) -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("cropmark-{name}-{}", std::process::id()));
    let mut file = File::create_new(&path)?;
    let written = file.write_all(b"x");
    let _gone = fs::remove_file(&path);
    written.map(|()| file)
}

/// What cannot be tried counts as possible.
fn write_at_end(scratch: Option<&File>) -> io::Result<()> {
    scratch.map_or(Ok(()), |file| file.write_all_at(b"x", FILE_BYTES))
}

fn memory_file() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::memfd_create("probe", rustix::fs::MemfdFlags::CLOEXEC)?;
    Ok(())
}

/// Tries each flag of a namespace with others that the kernel refuses as well, and for another reason:
/// what it sees of them was not refused before. No thread is started.
#[expect(unsafe_code, reason = "no safe interface takes flags that contradict each other")]
fn thread_in_namespaces() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    for flag in super::calls::NAMESPACES {
        // SAFETY: a thread without shared signal handlers is refused; nothing else happens.
        let started =
            unsafe { libc::syscall(libc::SYS_clone, libc::CLONE_THREAD | flag, 0, 0, 0, 0) };
        if started != -1 || io::Error::last_os_error().raw_os_error() != Some(libc::EPERM) {
            return Ok(());
        }
    }
    Err(io::ErrorKind::PermissionDenied.into())
}

/// Tries `clone3`, whose flags a filter cannot see, without arguments.
#[expect(unsafe_code, reason = "no safe interface to a call without arguments")]
fn hidden_flags() -> io::Result<()> {
    // SAFETY: without arguments it is refused; nothing else happens.
    #[cfg(target_os = "linux")]
    let started = unsafe { libc::syscall(libc::SYS_clone3, 0, 0) };
    #[cfg(target_os = "linux")]
    if started == -1 && io::Error::last_os_error().raw_os_error() == Some(libc::ENOSYS) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    Ok(())
}

/// Without the sandbox, this is possible for root.
#[expect(unsafe_code, reason = "some namespaces make memory unsafe; that of the network does not")]
fn leave_namespace() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{UnshareFlags, unshare_unsafe};
        // SAFETY: memory and descriptors stay shared.
        unsafe { unshare_unsafe(UnshareFlags::NEWNET)? };
    }
    Ok(())
}

/// Whether the kernel's account of this process names a capability that it may use.
fn keep_capability(status: Option<&File>) -> io::Result<()> {
    let Some(file) = status else { return Ok(()) };
    let mut text = [0; 4096];
    let read = file.read_at(&mut text, 0)?;
    let text = String::from_utf8_lossy(&text[..read]);
    let used = text.lines().find_map(|line| line.strip_prefix("CapEff:"));
    match used.and_then(|used| u64::from_str_radix(used.trim(), 16).ok()) {
        Some(0) => Err(io::ErrorKind::PermissionDenied.into()),
        _ => Ok(()),
    }
}
