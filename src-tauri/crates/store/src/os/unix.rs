//! Linux, and what other Unix systems have in common with it.

use std::{
    borrow::Cow,
    ffi::{OsStr, OsString},
    fs::{self, File, Metadata},
    io::{self, Read as _},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    },
    path::{Component, Path, PathBuf},
};

use rustix::{
    fs::{
        AtFlags, CWD, Dir, FileType, Mode, OFlags, RenameFlags, XattrFlags, fgetxattr, fsetxattr,
        linkat, mkdirat, openat, renameat, renameat_with, statat, unlinkat,
    },
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

/// Whether no descriptor was left for what failed.
pub(crate) fn is_too_many_open(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
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
    nanoseconds(metadata.mtime(), metadata.mtime_nsec())
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

/// Stands for the current folder, and for none where a path is whole.
pub(crate) const HERE: BorrowedFd<'static> = CWD;

fn open_at(folder: impl AsFd, path: &Path, flags: OFlags, mode: u32) -> io::Result<File> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = openat(folder, path, flags, Mode::from_raw_mode(mode))?;
    Ok(file.into())
}

/// Creates a file for reading and writing under a name that is free. No link is followed.
pub(crate) fn create_new_at(folder: impl AsFd, path: &Path) -> io::Result<File> {
    open_at(folder, path, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL, 0o666)
}

/// Creates a file that only its user may read, as [`create_new_at`] does.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    open_at(HERE, path, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL, 0o600)
}

/// Whether a file belongs to this process's user, and others may not read it.
pub(crate) fn is_private(file: &File) -> io::Result<bool> {
    let metadata = file.metadata()?;
    let is_own = metadata.uid() == rustix::process::geteuid().as_raw();
    let others = metadata.mode() & 0o077;
    Ok(is_own && others == 0)
}

/// Random bytes for keys.
pub(crate) fn random() -> io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Opens a regular file for reading: neither a link, nor a pipe that would make the opening
/// wait, nor a folder.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    open_regular_at(HERE, path)
}

/// As [`open_regular`], a file in an open folder.
pub(crate) fn open_regular_at(folder: impl AsFd, path: &Path) -> io::Result<File> {
    regular(open_at(folder, path, OFlags::RDONLY | OFlags::NONBLOCK, 0)?)
}

/// Opens a lock's file for reading and writing, or makes it. No link is followed, no pipe waited
/// for.
pub(crate) fn open_lock_file(path: &Path) -> io::Result<File> {
    regular(open_at(HERE, path, OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK, 0o666)?)
}

/// Opens a folder; its own name may be a link.
pub(crate) fn open_folder(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(HERE, path, flags, Mode::empty())?.into())
}

/// Opens a folder below another. Where a link leads out of that one, it is an error.
pub(crate) fn open_folder_below(folder: &File, relative: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{ResolveFlags, openat2};

        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        match openat2(folder, relative, flags, Mode::empty(), resolve) {
            Ok(found) => return Ok(found.into()),
            Err(Errno::XDEV | Errno::LOOP) => return Err(leads_out()),
            // Older than Linux 5.6, or in a container that knows no better.
            Err(Errno::NOSYS | Errno::PERM) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut found = folder.try_clone()?;
    for component in relative.components() {
        let Component::Normal(name) = component else { return Err(leads_out()) };
        found = match openat(&found, name, flags | OFlags::NOFOLLOW, Mode::empty()) {
            Ok(next) => next.into(),
            // What Linux says of a link that must be a folder.
            Err(Errno::LOOP | Errno::NOTDIR) if is_link(&found, name) => return Err(leads_out()),
            Err(error) => return Err(error.into()),
        };
    }
    Ok(found)
}

fn is_link(folder: &File, name: &OsStr) -> bool {
    let found = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
    found.is_ok_and(|it| FileType::from_raw_mode(it.st_mode) == FileType::Symlink)
}

fn leads_out() -> io::Error {
    io::Error::other("a link on its way leads out of the folder; remove the link")
}

/// Whether a file in an open folder can have this name, or has it already.
pub(crate) fn may_be_named(folder: &File, name: &Path) -> io::Result<()> {
    match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(_) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Makes a folder in an open one.
pub(crate) fn make_folder_at(folder: &File, name: &Path) -> io::Result<()> {
    mkdirat(folder, name, Mode::from_raw_mode(0o777)).map_err(Into::into)
}

/// Removes a name that is no folder's from an open folder.
pub(crate) fn remove_file_at(folder: impl AsFd, name: &Path) -> io::Result<()> {
    unlinkat(folder, name, AtFlags::empty()).map_err(Into::into)
}

/// An entry of a folder: a link stands for itself.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: OsString,
    pub(crate) is_file: bool,
    pub(crate) bytes: u64,
    pub(crate) modified_ns: i64,
}

/// The entries of an open folder. One that goes meanwhile is left out.
pub(crate) fn entries(folder: &File) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        let Ok(found) = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
        entries.push(Entry {
            name: name.to_owned(),
            is_file: FileType::from_raw_mode(found.st_mode) == FileType::RegularFile,
            bytes: u64::try_from(found.st_size).unwrap_or(0),
            modified_ns: nanoseconds(
                found.st_mtime,
                i64::try_from(found.st_mtime_nsec).unwrap_or(0),
            ),
        });
    }
    Ok(entries)
}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// Whether a lock was refused because the file system has none.
pub(crate) fn is_without_locks(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOTSUP | Errno::NOLCK | Errno::NOSYS))
}

/// Renames from one open folder to another.
pub(crate) fn rename_at(
    from_folder: BorrowedFd<'_>,
    from: &Path,
    to_folder: BorrowedFd<'_>,
    to: &Path,
) -> io::Result<()> {
    renameat(from_folder, from, to_folder, to).map_err(Into::into)
}

/// Renames to a name that must be free; two processes never overwrite one another.
pub(crate) fn rename_to_free_name_at(
    from_folder: BorrowedFd<'_>,
    from: &Path,
    to_folder: BorrowedFd<'_>,
    to: &Path,
) -> io::Result<()> {
    match renameat_with(from_folder, from, to_folder, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
        other => return other.map_err(Into::into),
    }
    // File systems without that flag (NFS, some FUSE): a link fails where the name is taken.
    match linkat(from_folder, from, to_folder, to, AtFlags::empty()) {
        Ok(()) => return remove_file_at(from_folder, from),
        Err(Errno::EXIST) => return Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => {}
    }
    // And without links (FAT over FUSE): looking and renaming, one process at a time.
    let parent = to.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
    let folder = open_at(to_folder, parent, OFlags::RDONLY | OFlags::DIRECTORY, 0)?;
    let _ = folder.lock();
    match statat(to_folder, to, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(Errno::NOENT) => rename_at(from_folder, from, to_folder, to),
        Err(error) => Err(error.into()),
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
