//! Resource limits, and dying with the parent.

use rustix::process::{Resource, Rlimit, setrlimit};

/// The most open files: descriptors of one message, fonts, some room.
const OPEN_FILES: u64 = 512;

/// The largest file that a worker may write.
const FILE_BYTES: u64 = 16 << 30;

/// Code, stacks and what else takes address space without holding pictures.
const OVERHEAD_BYTES: u64 = 512 << 20;

/// Sets the limits; false if any could not be set.
pub(crate) fn set(memory_bytes: Option<u64>) -> bool {
    let limit = |resource, most: u64| {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
    };
    let memory =
        memory_bytes.is_none_or(|bytes| limit(Resource::As, bytes.saturating_add(OVERHEAD_BYTES)));
    let others = [
        limit(Resource::Core, 0),
        limit(Resource::Nofile, OPEN_FILES),
        limit(Resource::Fsize, FILE_BYTES),
    ];
    memory && others.into_iter().all(|set| set)
}

/// Asks the kernel to kill this process when the thread that started it ends.
pub(crate) fn die_with_parent() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, set_parent_process_death_signal};
        set_parent_process_death_signal(Some(Signal::KILL)).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    false
}
