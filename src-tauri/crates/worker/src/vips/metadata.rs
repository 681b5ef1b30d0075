//! Reading an image's metadata, and writing that of an image nobody else sees.
#![expect(unsafe_code, reason = "this folder is the one door to libvips")]

use std::{
    ffi::{CStr, CString},
    marker::PhantomData,
    ptr,
};

use libvips::bindings::{self, VipsImage};

use super::{Image, image::MILLIMETRES};

impl Image {
    /// The names of all metadata fields.
    pub(crate) fn fields(&self) -> Vec<String> {
        // SAFETY: a null-terminated array of C strings that is ours to free.
        unsafe {
            let names = bindings::vips_image_get_fields(self.pointer());
            let mut fields = Vec::new();
            let mut place = names;
            while !place.is_null() && !(*place).is_null() {
                fields.push(CStr::from_ptr(*place).to_string_lossy().into_owned());
                place = place.add(1);
            }
            bindings::g_strfreev(names);
            fields
        }
    }

    /// Whether a metadata field is there.
    pub(crate) fn has_field(&self, name: &str) -> bool {
        let Ok(name) = CString::new(name) else { return false };
        // SAFETY: a living image and a C string.
        unsafe { bindings::vips_image_get_typeof(self.pointer(), name.as_ptr()) != 0 }
    }

    /// A whole number among the metadata.
    pub(crate) fn integer(&self, name: &str) -> Option<i32> {
        if !self.has_field(name) {
            return None;
        }
        let text = CString::new(name).ok()?;
        let mut value = 0;
        // SAFETY: a living image, a C string and a place for the result.
        let failed =
            unsafe { bindings::vips_image_get_int(self.pointer(), text.as_ptr(), &raw mut value) };
        if failed == 0 {
            return Some(value);
        }
        super::Error::forget();
        None
    }

    /// Frames or pages.
    pub(crate) fn frames(&self) -> u32 {
        self.integer("n-pages").and_then(|count| u32::try_from(count).ok()).unwrap_or(1).max(1)
    }

    /// A field as a text, whatever its type.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        if !self.has_field(name) {
            return None;
        }
        let name = CString::new(name).ok()?;
        let mut text = ptr::null_mut();
        // SAFETY: a living image and a C string; the text is ours to free.
        unsafe {
            let failed =
                bindings::vips_image_get_as_string(self.pointer(), name.as_ptr(), &raw mut text);
            if failed != 0 || text.is_null() {
                bindings::vips_error_clear();
                return None;
            }
            let owned = CStr::from_ptr(text).to_string_lossy().into_owned();
            bindings::g_free(text.cast());
            Some(owned)
        }
    }

    /// A block of bytes among the metadata: a profile, an EXIF block.
    pub(crate) fn blob(&self, name: &str) -> Option<Vec<u8>> {
        if !self.has_field(name) {
            return None;
        }
        let name = CString::new(name).ok()?;
        let (mut data, mut length) = (ptr::null(), 0);
        // SAFETY: a living image and a C string; the bytes are the image's and copied here.
        unsafe {
            let failed = bindings::vips_image_get_blob(
                self.pointer(),
                name.as_ptr(),
                &raw mut data,
                &raw mut length,
            );
            if failed != 0 || data.is_null() {
                bindings::vips_error_clear();
                return None;
            }
            let length = usize::try_from(length).ok()?;
            Some(std::slice::from_raw_parts(data.cast::<u8>(), length).to_vec())
        }
    }

    /// A list of whole numbers among the metadata, such as the frames' delays.
    pub(crate) fn integers(&self, name: &str) -> Option<Vec<i32>> {
        if !self.has_field(name) {
            return None;
        }
        let name = CString::new(name).ok()?;
        let (mut data, mut count) = (ptr::null_mut(), 0);
        // SAFETY: a living image and a C string; the numbers are the image's and copied here.
        unsafe {
            let failed = bindings::vips_image_get_array_int(
                self.pointer(),
                name.as_ptr(),
                &raw mut data,
                &raw mut count,
            );
            if failed != 0 || data.is_null() {
                bindings::vips_error_clear();
                return None;
            }
            Some(std::slice::from_raw_parts(data, usize::try_from(count).ok()?).to_vec())
        }
    }
}

/// Writes metadata to an image that was just copied and is seen by nobody else.
pub(crate) struct Editor<'a> {
    image: *mut VipsImage,
    owner: PhantomData<&'a Image>,
}

impl<'a> Editor<'a> {
    pub(super) fn new(image: &'a Image) -> Self {
        Self { image: image.pointer(), owner: PhantomData }
    }

    pub(crate) fn set_integer(&mut self, name: &str, value: i32) {
        if let Ok(name) = CString::new(name) {
            // SAFETY: an image that nobody else sees; the name is copied.
            unsafe { bindings::vips_image_set_int(self.image, name.as_ptr(), value) };
        }
    }

    /// Sets the dots an inch that the image claims, across and down.
    pub(crate) fn set_density(&mut self, (across, down): (f64, f64)) {
        // SAFETY: an image that nobody else sees.
        unsafe {
            ((*self.image).Xres, (*self.image).Yres) = (across / MILLIMETRES, down / MILLIMETRES);
        }
    }

    pub(crate) fn set_text(&mut self, name: &str, value: &str) {
        if let (Ok(name), Ok(value)) = (CString::new(name), CString::new(value)) {
            // SAFETY: an image that nobody else sees; both texts are copied.
            unsafe {
                bindings::vips_image_set_string(self.image, name.as_ptr(), value.as_ptr());
            }
        }
    }

    pub(crate) fn set_blob(&mut self, name: &str, value: &[u8]) {
        if let Ok(name) = CString::new(name) {
            // SAFETY: an image that nobody else sees; the bytes are copied.
            unsafe {
                bindings::vips_image_set_blob_copy(
                    self.image,
                    name.as_ptr(),
                    value.as_ptr().cast(),
                    value.len() as u64,
                );
            }
        }
    }

    pub(crate) fn set_integers(&mut self, name: &str, values: &[i32]) {
        if let (Ok(name), Ok(count)) = (CString::new(name), i32::try_from(values.len())) {
            // SAFETY: an image that nobody else sees; the numbers are copied.
            unsafe {
                bindings::vips_image_set_array_int(
                    self.image,
                    name.as_ptr(),
                    values.as_ptr(),
                    count,
                );
            }
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        if let Ok(name) = CString::new(name) {
            // SAFETY: an image that nobody else sees.
            unsafe { bindings::vips_image_remove(self.image, name.as_ptr()) };
        }
    }
}
