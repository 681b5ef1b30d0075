//! On what kind of disk a workspace lies: on a network file system, memory is not shared
//! between computers and locks may not be, and the index has to do without.

use std::{fs, io, path::Path};

/// The kind of disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Medium {
    /// A disk of this computer.
    Local,
    /// A network file system.
    Network {
        /// Its name, for messages.
        name: String,
        /// Whether locks reach the other computers.
        shared_locks: bool,
    },
}

impl Medium {
    /// That of an existing folder.
    ///
    /// # Errors
    /// Where the folder cannot be looked at.
    pub fn of(folder: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        {
            let magic = rustix::fs::statfs(folder)?.f_type;
            // Signed or not, 32 or 64 bits, by platform; the magic numbers have 32.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as said")]
            let magic = magic as u32;
            let mounts = || fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
            Ok(classify(magic, || mounted_type(&mounts(), &fs::canonicalize(folder).ok()?)))
        }
        #[cfg(not(target_os = "linux"))]
        fs::metadata(folder).map(|_| Self::Local)
    }
}

/// `include/uapi/linux/magic.h`, and the file systems' own sources.
#[cfg(target_os = "linux")]
fn classify(magic: u32, mounted: impl FnOnce() -> Option<String>) -> Medium {
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
                "fuseblk" => Medium::Local,
                _ => Medium::Network { name, shared_locks: false },
            };
        }
        _ => return Medium::Local,
    };
    Medium::Network { name: name.into(), shared_locks }
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn network(name: &str, shared_locks: bool) -> Medium {
        Medium::Network { name: name.into(), shared_locks }
    }

    #[test]
    fn disks_and_networks_are_told_apart() {
        let cases = [
            (0xef53, None, Medium::Local),
            (0x9123_683e, None, Medium::Local),
            (0x6969, None, network("nfs", true)),
            (0xfe53_4d42, None, network("smb", true)),
            (0x0102_1997, None, network("9p", false)),
            (0x6573_5546, Some("fuse.sshfs"), network("fuse.sshfs", false)),
            (0x6573_5546, Some("fuseblk"), Medium::Local),
            (0x6573_5546, None, network("fuse", false)),
        ];
        for (magic, mounted, medium) in cases {
            assert_eq!(classify(magic, || mounted.map(str::to_owned)), medium, "{magic:x}");
        }
        let here = tempfile::tempdir().unwrap();
        assert_eq!(Medium::of(here.path()).unwrap(), Medium::Local);
    }

    #[test]
    fn the_innermost_mount_counts() {
        let mounts = "22 1 0:21 / / rw - ext4 /dev/vda rw\n\
                      30 22 0:40 / /mnt/far\\040away rw,nosuid shared:5 - fuse.sshfs me@there: rw\n";
        assert_eq!(mounted_type(mounts, Path::new("/home/me")).unwrap(), "ext4");
        assert_eq!(mounted_type(mounts, Path::new("/mnt/far away/x")).unwrap(), "fuse.sshfs");
    }
}
