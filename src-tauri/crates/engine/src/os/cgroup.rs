//! The memory limit of a container, which Linux keeps with its control groups.

use std::{fs, path::Path};

/// Returns the lowest memory limit in bytes of the groups that this process is in; `None` where
/// there is none, or nothing tells of it.
pub(super) fn memory_limit() -> Option<u64> {
    memory_limit_below(Path::new("/"))
}

fn memory_limit_below(root: &Path) -> Option<u64> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    groups.lines().filter_map(|group| limit_of(root, group)).min()
}

/// Returns the limit of a line of `/proc/self/cgroup`: number, controllers (none for the groups of
/// version 2), and the group's path.
fn limit_of(root: &Path, group: &str) -> Option<u64> {
    let mut parts = group.splitn(3, ':').skip(1);
    let (controllers, path) = (parts.next()?, parts.next()?);
    let (mount, file) = if controllers.is_empty() {
        ("sys/fs/cgroup", "memory.max")
    } else if controllers.split(',').any(|controller| controller == "memory") {
        ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
    } else {
        return None;
    };
    let mount = root.join(mount);
    let own = mount.join(path.trim_start_matches('/'));
    // In a container the path is often the host's, of which only the mount itself is there.
    let folders = own.ancestors().take_while(|folder| folder.starts_with(&mount));
    // "max" is no limit.
    let limits = folders.filter_map(|folder| {
        fs::read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok()
    });
    limits.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_limit_of_a_group_and_those_around_it_counts() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |path: &str, content: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        assert_eq!(memory_limit_below(root), None);
        write("proc/self/cgroup", "0::/a/b\n");
        write("sys/fs/cgroup/a/b/memory.max", "max\n");
        assert_eq!(memory_limit_below(root), None);
        write("sys/fs/cgroup/a/memory.max", "500\n");
        write("sys/fs/cgroup/a/b/memory.max", "700\n");
        write("sys/fs/cgroup/other/memory.max", "1\n");
        assert_eq!(memory_limit_below(root), Some(500));
        write("proc/self/cgroup", "4:cpu:/x\n3:memory,other:/not/there\n0::/a/b\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "300\n");
        assert_eq!(memory_limit_below(root), Some(300));
    }
}
