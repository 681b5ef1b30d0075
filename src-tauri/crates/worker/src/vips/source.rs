//! Where libvips reads from: bytes or a descriptor, never a name.
#![expect(unsafe_code, reason = "this folder is the one door to libvips")]

use std::{
    ffi::c_void,
    os::fd::{AsRawFd, BorrowedFd},
    ptr::NonNull,
    sync::Arc,
};

use libvips::bindings::{self, VipsArea, VipsSource};

use super::{Error, Result};

/// A source of bytes for loaders. Images made from it keep it alive.
pub(crate) struct Source(NonNull<VipsSource>);

impl Source {
    /// Reads from bytes, which live as long as anything reads them.
    pub(crate) fn from_shared(bytes: Arc<Vec<u8>>) -> Result<Self> {
        let bytes = Box::new(bytes);
        let (data, length) = (bytes.as_ptr(), bytes.len());
        let owner = Box::into_raw(bytes);
        // SAFETY: the blob owns the boxed reference through the callback, which gets it as the
        // area's client pointer; the source holds the blob.
        unsafe {
            let blob = bindings::vips_blob_new(None, data.cast(), length as u64);
            let area = blob.cast::<VipsArea>();
            (*area).free_fn = Some(release);
            (*area).client = owner.cast();
            let source = bindings::vips_source_new_from_blob(blob);
            bindings::vips_area_unref(area);
            NonNull::new(source).map(Self).ok_or_else(Error::take)
        }
    }

    /// Reads from a descriptor; libvips keeps a duplicate of its own.
    pub(crate) fn from_descriptor(descriptor: BorrowedFd<'_>) -> Result<Self> {
        // SAFETY: the descriptor is open for the time of the call, which duplicates it.
        let source = unsafe { bindings::vips_source_new_from_descriptor(descriptor.as_raw_fd()) };
        NonNull::new(source).map(Self).ok_or_else(Error::take)
    }

    pub(super) fn pointer(&self) -> *mut VipsSource {
        self.0.as_ptr()
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // SAFETY: one reference is owned.
        unsafe { bindings::g_object_unref(self.0.as_ptr().cast()) };
    }
}

/// Drops the reference that a blob holds.
unsafe extern "C" fn release(_data: *mut c_void, area: *mut c_void) -> i32 {
    // SAFETY: libvips calls this once, with the area whose client is the boxed reference.
    unsafe {
        let owner = (*area.cast::<VipsArea>()).client.cast::<Arc<Vec<u8>>>();
        drop(Box::from_raw(owner));
    }
    0
}
