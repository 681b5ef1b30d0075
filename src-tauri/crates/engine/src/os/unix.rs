//! Linux, and what other Unix systems share with it.

use std::{
    collections::HashSet,
    fs::{self, File, Metadata, OpenOptions},
    io,
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::{
            fs::{FileExt as _, MetadataExt as _},
            process::ExitStatusExt as _,
        },
    },
    path::Path,
    process::{Command, ExitStatus},
};

/// Raises the process' limit of open files: sources, targets and workers all need some, and many
/// systems start with a limit of 1,024. Call it once, at the program's start.
pub fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // The lower limit works too, with fewer files at once.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// Returns the memory in bytes that the machine, or the container, has.
#[cfg(target_os = "linux")]
pub(crate) fn machine_memory() -> u64 {
    let info = rustix::system::sysinfo();
    let memory = info.totalram.saturating_mul(u64::from(info.mem_unit));
    super::cgroup::memory_limit().map_or(memory, |limit| limit.min(memory))
}

/// Returns 8 GiB, where there is no common way to ask for the machine's memory.
#[cfg(not(target_os = "linux"))]
pub(crate) fn machine_memory() -> u64 {
    8 << 30
}

/// Returns how many processes the kernel has killed for want of memory since it started.
pub(crate) fn memory_kills() -> Option<u64> {
    let counters = fs::read_to_string("/proc/vmstat").ok()?;
    let line = counters.lines().find_map(|line| line.strip_prefix("oom_kill "))?;
    line.trim().parse().ok()
}

/// Makes the new process close every descriptor from `first` on: what this process has inherited
/// or opened without care, such as a toolkit's connections.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "only the new process can close what it would inherit")]
pub(crate) fn close_inherited(command: &mut Command, first: u32) {
    use std::os::unix::process::CommandExt as _;

    let close = move || {
        // SAFETY: a system call without pointers. It closes nothing before the new program
        // starts, so the descriptors that this process still uses on its way there are safe.
        unsafe {
            libc::syscall(
                libc::SYS_close_range,
                first,
                libc::c_uint::MAX,
                libc::CLOSE_RANGE_CLOEXEC,
            );
        }
        // Kernels before 5.11 do not know it; nothing else depends on it.
        Ok(())
    };
    // SAFETY: between fork and exec the closure makes one system call, and allocates nothing.
    unsafe {
        command.pre_exec(close);
    }
}

/// Does nothing: descriptors are closed as far as they were opened with care.
#[cfg(not(target_os = "linux"))]
pub(crate) fn close_inherited(_command: &mut Command, _first: u32) {}

/// Opens a file a second time, so that it has a reading position of its own.
///
/// # Errors
/// Where there is no `/proc`.
pub(crate) fn reopen(file: &File) -> io::Result<File> {
    OpenOptions::new().read(true).open(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Makes a pipe, and returns the end that is read and the end that is written to. Writing never waits.
///
/// # Errors
/// Where no descriptors are left.
pub(crate) fn signal_pipe() -> io::Result<(File, File)> {
    let (signals, signaller) = io::pipe()?;
    rustix::io::ioctl_fionbio(&signaller, true)?;
    Ok((OwnedFd::from(signals).into(), OwnedFd::from(signaller).into()))
}

/// Creates a file in memory of so many bytes, all zero, that cannot grow.
///
/// # Errors
/// Where the system has no such files or no descriptors left.
#[cfg(target_os = "linux")]
pub(crate) fn memory_file(bytes: u64) -> io::Result<File> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let file = File::from(memfd_create("cropmark-result", flags)?);
    file.set_len(bytes)?;
    fcntl_add_seals(&file, SealFlags::GROW)?;
    Ok(file)
}

/// Fails: only Linux has files in memory that can be sealed.
#[cfg(not(target_os = "linux"))]
pub(crate) fn memory_file(_bytes: u64) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Seals a file of [`memory_file`] against writing; it can still be shortened.
///
/// # Errors
/// Where a process has it mapped for writing, or has forbidden the seal.
#[cfg(target_os = "linux")]
pub(crate) fn seal(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fcntl_add_seals(file, rustix::fs::SealFlags::WRITE)?)
}

/// Fails, as [`memory_file`] does.
#[cfg(not(target_os = "linux"))]
pub(crate) fn seal(_file: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Creates a file without a name: in the folder of `beside` where that is known and can be written
/// to, so that both are on one disk, else in the folder for temporary files.
///
/// # Errors
/// Where there is no folder for it.
pub(crate) fn scratch_file(beside: &File) -> io::Result<File> {
    let path = fs::read_link(format!("/proc/self/fd/{}", beside.as_raw_fd())).ok();
    let folder = path.as_deref().and_then(Path::parent).filter(|folder| folder.is_absolute());
    match folder.map(tempfile::tempfile_in) {
        Some(Ok(file)) => Ok(file),
        _ => tempfile::tempfile(),
    }
}

/// Reads at an offset and leaves the file's position where it is.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Writes all bytes at an offset and leaves the file's position where it is.
pub(crate) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// Returns the nanoseconds from 1970 to a file's last change.
pub(crate) fn modified_ns(metadata: &Metadata) -> i64 {
    metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec())
}

/// Returns a file's number on its disk.
pub(crate) fn inode(metadata: &Metadata) -> u64 {
    metadata.ino()
}

/// A signal that ended a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signal(i32);

impl Signal {
    pub(crate) const KILL: Self = Self(rustix::process::Signal::KILL.as_raw());
    /// The limit of processor time.
    pub(crate) const TIME_LIMIT: Self = Self(rustix::process::Signal::XCPU.as_raw());

    /// Returns the number and its meaning as error messages name them.
    pub(crate) fn describe(self) -> String {
        use rustix::process::Signal as Known;
        let meanings = [
            (Known::ILL, "illegal instruction"),
            (Known::ABORT, "abort"),
            (Known::BUS, "bus error"),
            (Known::FPE, "arithmetic error"),
            (Known::KILL, "kill"),
            (Known::SEGV, "segmentation fault"),
            (Known::SYS, "a call that the sandbox forbids"),
            (Known::XFSZ, "file size limit"),
        ];
        let number = self.0;
        match meanings.iter().find(|(known, _)| known.as_raw() == number) {
            Some((_, meaning)) => format!("signal {number}, {meaning}"),
            None => format!("signal {number}"),
        }
    }
}

/// Returns the signal that ended a process, where one did.
pub(crate) fn signal(exit: ExitStatus) -> Option<Signal> {
    exit.signal().map(Signal)
}

/// The files that some process has locked for writing, by the kernel's own list. Asking for a
/// lock instead would get in the way of those who want one.
pub(crate) struct WriteLocks(HashSet<FileNumber>);

/// A file by its device's two numbers and its inode, as the kernel's list of locks has them.
type FileNumber = (u32, u32, u64);

impl WriteLocks {
    /// Reads the list; it is empty where the system keeps none.
    pub(crate) fn read() -> Self {
        let list = fs::read_to_string("/proc/locks").unwrap_or_default();
        Self(locked_files(&list))
    }

    /// Whether the file with these metadata is locked for writing.
    pub(crate) fn contains(&self, metadata: &Metadata) -> bool {
        let device = metadata.dev();
        let number = (rustix::fs::major(device), rustix::fs::minor(device), metadata.ino());
        self.0.contains(&number)
    }
}

/// Lines such as `1: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF`; a waiting one has an arrow.
fn locked_files(list: &str) -> HashSet<FileNumber> {
    let number = |line: &str| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "WRITE").skip(2);
        let mut parts = words.next()?.split(':');
        let mut device = || u32::from_str_radix(parts.next()?, 16).ok();
        Some((device()?, device()?, parts.next()?.parse().ok()?))
    };
    list.lines().filter(|line| !line.contains("->")).filter_map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_list_is_read() {
        let list = "1: POSIX  ADVISORY  READ 5433 08:01:7864448 128 128\n\
                    2: FLOCK  ADVISORY  WRITE 2001 fe:0a:7864554 0 EOF\n\
                    2: -> FLOCK  ADVISORY  WRITE 2002 00:01:1 0 EOF\n\
                    nonsense WRITE\n";
        assert_eq!(locked_files(list), HashSet::from([(0xfe, 0x0a, 7_864_554)]));
    }
}
