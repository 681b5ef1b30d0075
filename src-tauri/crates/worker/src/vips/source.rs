//! Where libvips reads from: bytes, a descriptor or a reader of ours, never a name.
#![expect(unsafe_code, reason = "this folder is the one door to libvips")]

use std::{
    ffi::c_void,
    io,
    os::fd::{AsRawFd, BorrowedFd},
    ptr::NonNull,
    slice,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use libvips::bindings::{self, VipsArea, VipsSource, VipsSourceCustom};

use super::{Error, Result};

/// Bytes of a known number that are read at any place.
pub(crate) trait ReadAt: Send + Sync {
    /// Reads from a place; 0 at the end.
    fn read_at(&self, buffer: &mut [u8], place: u64) -> io::Result<usize>;

    /// How many bytes there are.
    fn length(&self) -> u64;
}

/// A reader, and where libvips is in it.
struct Reading {
    reader: Arc<dyn ReadAt>,
    place: AtomicU64,
}

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

    /// Reads from a reader, which lives as long as anything reads from it.
    pub(crate) fn from_reader(reader: Arc<dyn ReadAt>) -> Result<Self> {
        let reading = Box::into_raw(Box::new(Reading { reader, place: AtomicU64::new(0) }));
        let (read, seek): (Read, Seek) = (read, seek);
        // SAFETY: the source owns the boxed reader, whose address does not change, and drops it when
        // it is finalized, after which no signal calls the two functions. A callback's type is a
        // formality: GLib calls it with the arguments of its signal, which are those of `Read` and
        // `Seek`.
        unsafe {
            let source = bindings::vips_source_custom_new();
            if source.is_null() {
                drop(Box::from_raw(reading));
                return Err(Error::take());
            }
            let object = source.cast();
            bindings::g_object_set_data_full(
                object,
                c"cropmark-reader".as_ptr(),
                reading.cast(),
                Some(drop_reading),
            );
            for (signal, callback) in [
                (c"read", std::mem::transmute::<Read, unsafe extern "C" fn()>(read)),
                (c"seek", std::mem::transmute::<Seek, unsafe extern "C" fn()>(seek)),
            ] {
                bindings::g_signal_connect_data(
                    object.cast(),
                    signal.as_ptr(),
                    Some(callback),
                    reading.cast(),
                    None,
                    0,
                );
            }
            NonNull::new(source.cast::<VipsSource>()).map(Self).ok_or_else(Error::take)
        }
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

type Read = unsafe extern "C" fn(*mut VipsSourceCustom, *mut c_void, i64, *mut c_void) -> i64;
type Seek = unsafe extern "C" fn(*mut VipsSourceCustom, i64, i32, *mut c_void) -> i64;

/// Reads on; -1 where that fails.
unsafe extern "C" fn read(
    _source: *mut VipsSourceCustom,
    buffer: *mut c_void,
    length: i64,
    reading: *mut c_void,
) -> i64 {
    // SAFETY: the reader is alive as long as its source; libvips lends a buffer of this length.
    let (reading, buffer) = unsafe {
        let length = usize::try_from(length).unwrap_or(0);
        (&*reading.cast::<Reading>(), slice::from_raw_parts_mut(buffer.cast::<u8>(), length))
    };
    let read = reading.reader.read_at(buffer, reading.place.load(Ordering::Acquire));
    let read = read.ok().and_then(|read| i64::try_from(read).ok()).unwrap_or(-1);
    reading.place.fetch_add(u64::try_from(read).unwrap_or(0), Ordering::AcqRel);
    read
}

/// Goes to another place, and returns it; -1 where there is none.
unsafe extern "C" fn seek(
    _source: *mut VipsSourceCustom,
    offset: i64,
    whence: i32,
    reading: *mut c_void,
) -> i64 {
    // SAFETY: the reader is alive as long as its source.
    let reading = unsafe { &*reading.cast::<Reading>() };
    let from = match whence {
        libc::SEEK_SET => Some(0),
        libc::SEEK_CUR => Some(reading.place.load(Ordering::Acquire)),
        libc::SEEK_END => Some(reading.reader.length()),
        _ => None,
    };
    let place = from.and_then(|from| from.checked_add_signed(offset));
    let Some(told) = place.and_then(|place| i64::try_from(place).ok()) else { return -1 };
    reading.place.store(told.unsigned_abs(), Ordering::Release);
    told
}

/// Drops the reader of a source.
unsafe extern "C" fn drop_reading(reading: *mut c_void) {
    // SAFETY: GLib calls this once, with the box that was given to it.
    unsafe { drop(Box::from_raw(reading.cast::<Reading>())) };
}
