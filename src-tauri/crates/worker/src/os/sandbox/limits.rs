//! Resource limits, dying with the parent, and giving up what root may do.
#![expect(unsafe_code, reason = "a signal's handling has no safe interface")]

use rustix::process::{Resource, Rlimit, setrlimit};

/// The most open files: descriptors of one message, fonts, some room.
const OPEN_FILES: u64 = 512;

/// The largest file that a worker may write where its memory has no limit.
pub(super) const FILE_BYTES: u64 = 16 << 30;

/// Code, stacks and what else takes address space without holding pictures.
const OVERHEAD_BYTES: u64 = 512 << 20;

/// Sets the limits; false if any could not be set.
pub(crate) fn set(memory_bytes: Option<u64>) -> bool {
    let limit = |resource, most: u64| {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
    };
    let memory =
        memory_bytes.is_none_or(|bytes| limit(Resource::As, bytes.saturating_add(OVERHEAD_BYTES)));
    // A result is in memory before it is written.
    let file_bytes = memory_bytes.unwrap_or(FILE_BYTES);
    let others = [
        limit(Resource::Core, 0),
        limit(Resource::Nofile, OPEN_FILES),
        limit(Resource::Fsize, file_bytes),
    ];
    // A write beyond the limit then fails, and the variant says why.
    // SAFETY: ignoring a signal runs no code of ours.
    let _default = unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
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

/// Gives up all capabilities, which a worker has where it is started by root; false where that is
/// not possible. Programs without them have nothing to give up.
pub(crate) fn drop_capabilities() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
        let none = CapabilitySet::empty();
        let none = CapabilitySets { effective: none, permitted: none, inheritable: none };
        set_capabilities(None, none).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    false
}
