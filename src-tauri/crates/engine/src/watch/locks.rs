//! Which files somebody has locked for writing, by the kernel's own list. Asking for a lock
//! instead would get in the way of those who want one.

use std::{collections::HashSet, fs};

/// A file by its device and inode, as the list has them.
pub(super) type Place = (u32, u32, u64);

/// The files that are locked for writing. Empty where the system keeps no such list.
pub(super) fn written() -> HashSet<Place> {
    fs::read_to_string("/proc/locks").map(|list| places(&list)).unwrap_or_default()
}

/// The place of a file with these metadata.
pub(super) fn place(metadata: &fs::Metadata) -> Place {
    use std::os::unix::fs::MetadataExt as _;
    let device = metadata.dev();
    (rustix::fs::major(device), rustix::fs::minor(device), metadata.ino())
}

/// Lines such as `1: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF`; a waiting one has an arrow.
fn places(list: &str) -> HashSet<Place> {
    let place = |line: &str| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "WRITE").skip(2);
        let mut parts = words.next()?.split(':');
        let mut device = || u32::from_str_radix(parts.next()?, 16).ok();
        Some((device()?, device()?, parts.next()?.parse().ok()?))
    };
    list.lines().filter(|line| !line.contains("->")).filter_map(place).collect()
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
        assert_eq!(places(list), HashSet::from([(0xfe, 0x0a, 7_864_554)]));
    }
}
