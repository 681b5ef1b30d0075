//! What each operating system does in its own way, under the same names: a port to another
//! system is one file beside [`unix.rs`](self).

#[cfg(target_os = "linux")]
mod cgroup;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

pub use system::raise_file_limit;
pub(crate) use system::{
    Signal, WriteLocks, close_inherited, inode, machine_memory, memory_file, memory_kills,
    modified_ns, read_at, reopen, scratch_file, seal, signal, signal_pipe, write_all_at,
};
