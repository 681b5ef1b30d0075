//! The C allocator's settings, chosen by measurement.
//!
//! Decoded pictures are blocks of many megabytes. With glibc's usual settings, each is asked of
//! the kernel and given back, and clearing fresh pages costs up to a sixth of a job's time.
//! Keeping such blocks between jobs saves that; [`give_back`] returns them when a worker holds
//! more than it should.
#![expect(unsafe_code, reason = "the allocator has no safe interface")]

/// Blocks from this size on are asked of the kernel one by one: the largest that glibc takes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const SEPARATE_BYTES: i32 = 32 << 20;

/// Pictures up to this many bytes are decoded into memory that is kept between jobs.
pub(crate) const KEPT_BYTES: u64 = 32 << 20;

/// The free bytes at the heap's end that are kept.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const FREE_BYTES: i32 = 64 << 20;

/// Sets the allocator up; called before the first large block.
pub(crate) fn set_up() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: plain settings, made before other threads run.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, SEPARATE_BYTES);
        libc::mallopt(libc::M_TRIM_THRESHOLD, FREE_BYTES);
    }
}

/// Gives all free memory back to the system.
pub(crate) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: may be called at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}
