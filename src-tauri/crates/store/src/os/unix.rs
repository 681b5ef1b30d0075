//! Linux, and what other Unix systems have in common with it.

use std::{
    borrow::Cow,
    ffi::OsStr,
    fs::{self, File, Metadata, OpenOptions},
    io,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, OpenOptionsExt as _},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, OFlags, RenameFlags, XattrFlags, fgetxattr, fsetxattr, renameat_with},
    io::Errno,
};

/// A file, by whatever name it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }

    /// Which of the mounted file systems it is on.
    pub(crate) fn device(self) -> u64 {
        self.device
    }
}

/// The identity of an open file.
pub(crate) fn file_id(file: &File) -> io::Result<FileId> {
    file.metadata().map(|metadata| FileId::of(&metadata))
}

/// The identity of what a name stands for; a link is followed if asked.
pub(crate) fn path_id(path: &Path, follow: bool) -> io::Result<FileId> {
    let metadata = if follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
    metadata.map(|metadata| FileId::of(&metadata))
}

/// How many names an open file has.
pub(crate) fn links(file: &File) -> io::Result<u64> {
    file.metadata().map(|metadata| link_count(&metadata))
}

/// How many names a file has.
pub(crate) fn link_count(metadata: &Metadata) -> u64 {
    metadata.nlink()
}

/// The number of a file on its disk.
pub(crate) fn inode(metadata: &Metadata) -> u64 {
    metadata.ino()
}

/// Nanoseconds since 1970 of the last change of a file.
pub(crate) fn modified_ns(metadata: &Metadata) -> i64 {
    metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec())
}

fn flags(flags: OFlags) -> i32 {
    i32::try_from(flags.bits()).expect("the flags fit")
}

/// Creates a file for reading and writing under a name that is free. No link is followed.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o666);
    options.custom_flags(flags(OFlags::NOFOLLOW)).open(path)
}

/// Opens a regular file for reading: neither a link, nor a pipe that would make the opening
/// wait, nor a folder.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK));
    regular(options.open(path)?)
}

/// Opens a lock's file for reading and writing, or makes it. No link is followed, no pipe waited
/// for.
pub(crate) fn open_lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK));
    regular(options.open(path)?)
}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// Whether a lock was refused because the file system has none.
pub(crate) fn is_without_locks(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOTSUP | Errno::NOLCK | Errno::NOSYS))
}

/// Renames to a name that must be free; two processes never overwrite one another.
pub(crate) fn rename_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
        other => return other.map_err(Into::into),
    }
    // File systems without that flag (NFS, some FUSE): a link fails where the name is taken.
    match fs::hard_link(from, to) {
        Ok(()) => return fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) => {}
    }
    // And without links (FAT over FUSE): looking and renaming, one process at a time.
    let folder =
        File::open(to.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new(".")))?;
    let _ = folder.lock();
    match fs::symlink_metadata(to) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(from, to),
        Err(error) => Err(error),
    }
}

/// Makes a file share the content of another; `false` where the file system cannot.
pub(crate) fn clone_content(source: &File, target: &File) -> bool {
    #[cfg(target_os = "linux")]
    return rustix::fs::ioctl_ficlone(target, source).is_ok();
    #[cfg(not(target_os = "linux"))]
    return false;
}

/// Writes all that is dirty on the file system of a file to the disk: data, names and all.
/// `Ok(false)`: this cannot be trusted here, and each file must be synced by itself.
///
/// An error may concern any file that was written since `file` was opened.
pub(crate) fn sync_file_system(file: &File) -> io::Result<bool> {
    #[cfg(target_os = "linux")]
    if reports_write_errors(file) {
        return rustix::fs::syncfs(file).map(|()| true).map_err(Into::into);
    }
    let _ = file;
    Ok(false)
}

/// Whether `syncfs` tells of data that could not be written: since Linux 5.8, and not by file
/// systems that pass it on to others (overlayfs, FUSE, NFS).
#[cfg(target_os = "linux")]
fn reports_write_errors(file: &File) -> bool {
    use std::sync::OnceLock;

    const EXT4: u32 = 0xef53;
    const XFS: u32 = 0x5846_5342;
    const BTRFS: u32 = 0x9123_683e;
    const F2FS: u32 = 0xf2f5_2010;
    const TMPFS: u32 = 0x0102_1994;
    static IS_NEW_ENOUGH: OnceLock<bool> = OnceLock::new();
    let is_new_enough = IS_NEW_ENOUGH.get_or_init(|| {
        let name = rustix::system::uname();
        let release = name.release().to_string_lossy();
        let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
        let mut next = || numbers.next().and_then(Result::ok).unwrap_or(0);
        (next(), next()) >= (5, 8)
    });
    let known = || magic(rustix::fs::fstatfs(file).map_err(Into::into));
    *is_new_enough && known().is_ok_and(|it| matches!(it, EXT4 | XFS | BTRFS | F2FS | TMPFS))
}

#[cfg(target_os = "linux")]
fn magic(statfs: io::Result<rustix::fs::StatFs>) -> io::Result<u32> {
    // Signed or not, 32 or 64 bits, by platform; the magic numbers have 32.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as said")]
    statfs.map(|statfs| statfs.f_type as u32)
}

/// The network file system that an existing folder is on, and whether locks reach the other
/// computers there; `None` for a disk of this computer.
pub(crate) fn network_of(folder: &Path) -> io::Result<Option<(String, bool)>> {
    #[cfg(target_os = "linux")]
    {
        let magic = magic(rustix::fs::statfs(folder).map_err(Into::into))?;
        let mounts = || fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        Ok(classify(magic, || mounted_type(&mounts(), &fs::canonicalize(folder).ok()?)))
    }
    #[cfg(not(target_os = "linux"))]
    fs::metadata(folder).map(|_| None)
}

/// `include/uapi/linux/magic.h`, and the file systems' own sources.
#[cfg(target_os = "linux")]
fn classify(magic: u32, mounted: impl FnOnce() -> Option<String>) -> Option<(String, bool)> {
    const FUSE: u32 = 0x6573_5546;
    let (name, shared_locks) = match magic {
        0x6969 => ("nfs", true),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => ("smb", true),
        0x00c3_6400 => ("ceph", true),
        0x0116_1970 => ("gfs2", true),
        0x7461_636f => ("ocfs2", true),
        0x5346_414f | 0x6b41_4653 => ("afs", false),
        0x7375_7245 => ("coda", false),
        0x0102_1997 => ("9p", false),
        0x786f_4256 => ("vboxsf", false),
        FUSE => {
            // `fuseblk` is a local disk (NTFS, exFAT); other FUSE systems are mostly far away.
            let name = mounted().unwrap_or_else(|| "fuse".into());
            return match name.as_str() {
                "fuseblk" => None,
                _ => Some((name, false)),
            };
        }
        _ => return None,
    };
    Some((name.into(), shared_locks))
}

/// The type of the file system that holds a path, by the table of mounts.
#[cfg(target_os = "linux")]
fn mounted_type(mounts: &str, path: &Path) -> Option<String> {
    let mounted = mounts.lines().filter_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let point = left.split(' ').nth(4)?.replace("\\040", " ");
        path.starts_with(&point).then(|| (point.len(), right.split(' ').next()))
    });
    // Of equal points the last one is on top.
    let (_, name) = mounted.max_by_key(|&(length, _)| length)?;
    name.map(str::to_owned)
}

/// Notes something beside a file's content. Fails where the file system keeps no attributes.
pub(crate) fn set_attribute(file: &File, name: &str, value: &[u8]) -> io::Result<()> {
    fsetxattr(file, name, value, XattrFlags::empty()).map_err(Into::into)
}

/// Reads what was noted beside a file's content; returns its length.
pub(crate) fn get_attribute(file: &File, name: &str, buffer: &mut [u8]) -> io::Result<usize> {
    fgetxattr(file, name, buffer).map_err(Into::into)
}

/// The name of this computer.
pub(crate) fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The very bytes that the system uses for a path.
pub(crate) fn bytes_of_path(path: &Path) -> Cow<'_, [u8]> {
    path.as_os_str().as_bytes().into()
}

/// The path that has these bytes.
pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    OsStr::from_bytes(bytes).into()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn network(name: &str, shared_locks: bool) -> (String, bool) {
        (name.to_owned(), shared_locks)
    }

    #[test]
    fn disks_and_networks_are_told_apart() {
        let cases = [
            (0xef53, None, None),
            (0x9123_683e, None, None),
            (0x6969, None, Some(network("nfs", true))),
            (0xfe53_4d42, None, Some(network("smb", true))),
            (0x0102_1997, None, Some(network("9p", false))),
            (0x6573_5546, Some("fuse.sshfs"), Some(network("fuse.sshfs", false))),
            (0x6573_5546, Some("fuseblk"), None),
            (0x6573_5546, None, Some(network("fuse", false))),
        ];
        for (magic, mounted, kind) in cases {
            assert_eq!(classify(magic, || mounted.map(str::to_owned)), kind, "{magic:x}");
        }
        let here = tempfile::tempdir().unwrap();
        assert_eq!(network_of(here.path()).unwrap(), None);
    }

    #[test]
    fn the_innermost_mount_counts() {
        let mounts = "22 1 0:21 / / rw - ext4 /dev/vda rw\n\
                      30 22 0:40 / /mnt/far\\040away rw,nosuid shared:5 - fuse.sshfs me@there: rw\n";
        assert_eq!(mounted_type(mounts, Path::new("/home/me")).unwrap(), "ext4");
        assert_eq!(mounted_type(mounts, Path::new("/mnt/far away/x")).unwrap(), "fuse.sshfs");
    }
}
