//! Starting libvips, its settings, and its errors.
#![expect(unsafe_code, reason = "this folder is the one door to libvips")]

use std::{
    ffi::{CStr, CString},
    sync::OnceLock,
};

use libvips::bindings;

/// What libvips said when something failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(pub(crate) String);

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Takes what the library has noted since the last time, and forgets it there.
    pub(crate) fn take() -> Self {
        // SAFETY: the buffer is a valid C string until the next call into libvips' error code,
        // and it is copied before that.
        let text = unsafe {
            let buffer = bindings::vips_error_buffer();
            let text = CStr::from_ptr(buffer).to_string_lossy().trim().to_owned();
            bindings::vips_error_clear();
            text
        };
        Self(if text.is_empty() { "libvips gave no reason".to_owned() } else { text })
    }

    /// Forgets what was noted by something that went well in the end, so that it is not taken
    /// for the reason of the next failure.
    pub(super) fn forget() {
        // SAFETY: only clears the library's note.
        unsafe { bindings::vips_error_clear() };
    }
}

/// The size above which libvips decodes a picture to a file, which the sandbox refuses: beyond any
/// picture, so that the worker's memory limit decides.
const MOST_IN_MEMORY: &CStr = c"1000000g";

/// libvips, started: one thread a pipeline, no operation cache, no untrusted loaders.
pub(crate) struct Library;

impl Library {
    /// Starts the library, once in a process.
    pub(crate) fn start() -> Result<&'static Self> {
        static STARTED: OnceLock<std::result::Result<Library, Error>> = OnceLock::new();
        STARTED.get_or_init(Self::start_now).as_ref().map_err(Clone::clone)
    }

    fn start_now() -> Result<Self> {
        // SAFETY: two C strings, set before other threads run.
        unsafe { bindings::g_setenv(c"VIPS_DISC_THRESHOLD".as_ptr(), MOST_IN_MEMORY.as_ptr(), 1) };
        // SAFETY: called once, before any other call into libvips.
        let started = unsafe { bindings::vips_init(c"cropmark-worker".as_ptr()) };
        if started != 0 {
            return Err(Error::take());
        }
        // SAFETY: plain settings of a started library.
        unsafe {
            bindings::vips_concurrency_set(1);
            bindings::vips_cache_set_max(0);
            bindings::vips_cache_set_max_mem(0);
            bindings::vips_cache_set_max_files(0);
            bindings::vips_block_untrusted_set(1);
            // SVG comes from bytes only, so that it finds no neighbours to read.
            bindings::vips_operation_block_set(c"VipsForeignLoadSvg".as_ptr(), 0);
        }
        Ok(Self)
    }

    /// The version, such as `8.18.7`.
    #[expect(clippy::unused_self, reason = "only a started library has a version to ask for")]
    pub(crate) fn version(&self) -> String {
        // SAFETY: pure; 0, 1 and 2 are the three parts.
        let part = |part| unsafe { bindings::vips_version(part) };
        format!("{}.{}.{}", part(0), part(1), part(2))
    }

    /// Whether there is an operation of this name and it is not blocked.
    #[expect(clippy::unused_self, reason = "only a started library has operations")]
    pub(crate) fn has(&self, operation: &str) -> bool {
        let Ok(name) = CString::new(operation) else { return false };
        // SAFETY: a valid C string; the result is an owned object or null.
        unsafe {
            let object = bindings::vips_operation_new(name.as_ptr());
            if object.is_null() {
                bindings::vips_error_clear();
                return false;
            }
            let blocked = bindings::vips_operation_get_flags(object)
                & bindings::VipsOperationFlags_VIPS_OPERATION_BLOCKED;
            bindings::g_object_unref(object.cast());
            blocked == 0
        }
    }
}
