//! The C allocator's settings, chosen by measurement.
//!
//! Decoded pictures are blocks of many megabytes. With glibc's usual settings, each is asked of
//! the kernel and given back, and clearing fresh pages is a good part of a job's time: five JPEG
//! sizes of twenty photographs of 8–22 megapixels took 165 ms each with blocks from 128 KiB on
//! asked for one by one, 138 with those from 32 MiB on (the most that glibc's threshold allows).
//! With none at all, the sizes and a WebP took 8.9 s of processor time in place of 9.3. What is
//! kept that way, [`give_back`] returns when a worker holds more than it should.
#![expect(unsafe_code, reason = "the allocator has no safe interface")]

/// Pictures up to this many bytes are decoded into memory that the process keeps between jobs.
pub(crate) const KEPT_BYTES: u64 = 96 << 20;

/// The free bytes at the heap's end that are kept.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const FREE_BYTES: i32 = 512 << 20;

/// Sets the allocator up; called before the first large block.
pub(crate) fn set_up() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: plain settings, made before other threads run.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_MAX, 0);
        libc::mallopt(libc::M_TRIM_THRESHOLD, FREE_BYTES);
    }
}

/// Allows or forbids that the kernel joins the pages in use to large ones. The engine asks the
/// allocator for them (`glibc.malloc.hugetlb`), because pictures in them take 1.5 % less processor
/// time; but a worker at rest would grow again by 10 MB within a minute.
pub(crate) fn large_pages(allowed: bool) {
    #[cfg(target_os = "linux")]
    let _unknown_here = rustix::thread::disable_transparent_huge_pages(!allowed);
    #[cfg(not(target_os = "linux"))]
    let _ = allowed;
}

/// Returns all free memory to the system.
pub(crate) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: may be called at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}
