//! An image of libvips: pixels that may not have been computed yet.
#![expect(unsafe_code, reason = "this folder is the one door to libvips")]

use std::ptr::{self, NonNull};

use libvips::bindings::{self, VipsImage};

use super::{Error, Result};

/// Millimetres of an inch.
pub(super) const MILLIMETRES: f64 = 25.4;

/// The number type of a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Band {
    /// Eight bits.
    Byte,
    /// Sixteen bits.
    Short,
    /// 32-bit floating point.
    Float,
    /// Anything else.
    Other,
}

/// Interleaved levels of pixels, top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Levels {
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Floats(Vec<f32>),
}

impl Levels {
    pub(crate) fn band(&self) -> Band {
        match self {
            Self::Bytes(_) => Band::Byte,
            Self::Shorts(_) => Band::Short,
            Self::Floats(_) => Band::Float,
        }
    }

    /// Where the levels are, and how many bytes and numbers they have.
    fn memory(&self) -> (*const std::ffi::c_void, usize, usize) {
        match self {
            Self::Bytes(levels) => (levels.as_ptr().cast(), size_of_val(&levels[..]), levels.len()),
            Self::Shorts(levels) => {
                (levels.as_ptr().cast(), size_of_val(&levels[..]), levels.len())
            }
            Self::Floats(levels) => {
                (levels.as_ptr().cast(), size_of_val(&levels[..]), levels.len())
            }
        }
    }
}

/// One reference to an image.
pub(crate) struct Image(NonNull<VipsImage>);

impl Image {
    /// Takes over a reference.
    pub(super) fn from_owned(pointer: NonNull<VipsImage>) -> Self {
        Self(pointer)
    }

    pub(super) fn pointer(&self) -> *mut VipsImage {
        self.0.as_ptr()
    }

    /// Gives the reference away.
    pub(super) fn into_pointer(self) -> *mut VipsImage {
        let pointer = self.0.as_ptr();
        std::mem::forget(self);
        pointer
    }

    /// An image with a copy of interleaved eight-bit pixels.
    pub(crate) fn from_pixels(pixels: &[u8], width: u32, height: u32, bands: u32) -> Result<Self> {
        let expected = width as usize * height as usize * bands as usize;
        if pixels.len() != expected || expected == 0 {
            return Err(Error("the pixels do not fill the image".to_owned()));
        }
        // SAFETY: the length was checked; libvips copies the pixels.
        let image = unsafe {
            bindings::vips_image_new_from_memory_copy(
                pixels.as_ptr().cast(),
                pixels.len() as u64,
                side(width)?,
                side(height)?,
                side(bands)?,
                bindings::VipsBandFormat_VIPS_FORMAT_UCHAR,
            )
        };
        NonNull::new(image).map(Self).ok_or_else(Error::take)
    }

    /// An image that takes these levels over without copying them.
    pub(crate) fn from_levels(levels: Levels, width: u32, height: u32, bands: u32) -> Result<Self> {
        let format = match levels.band() {
            Band::Byte => bindings::VipsBandFormat_VIPS_FORMAT_UCHAR,
            Band::Short => bindings::VipsBandFormat_VIPS_FORMAT_USHORT,
            _ => bindings::VipsBandFormat_VIPS_FORMAT_FLOAT,
        };
        let (data, bytes, count) = levels.memory();
        let expected = u64::from(width) * u64::from(height) * u64::from(bands);
        if count as u64 != expected || expected == 0 {
            return Err(Error("the pixels do not fill the image".to_owned()));
        }
        let (width, height, bands) = (side(width)?, side(height)?, side(bands)?);
        // SAFETY: the length was checked. The boxed levels, whose heap memory does not move, belong
        // to the new image from here on and are dropped with it; whatever is computed from the
        // image keeps a reference to it.
        unsafe {
            let image = bindings::vips_image_new_from_memory(
                data,
                bytes as u64,
                width,
                height,
                bands,
                format,
            );
            let image = NonNull::new(image).map(Self).ok_or_else(Error::take)?;
            let owner = Box::into_raw(Box::new(levels));
            bindings::g_object_set_data_full(
                image.pointer().cast(),
                c"cropmark-levels".as_ptr(),
                owner.cast(),
                Some(release),
            );
            Ok(image)
        }
    }

    /// A matrix for operations that take one, row by row, `width` numbers a row. Convolutions
    /// divide their sums by `scale`.
    pub(crate) fn matrix(numbers: &[f64], width: usize, scale: f64) -> Result<Self> {
        let height = numbers.len() / width.max(1);
        if width == 0 || height == 0 || numbers.len() != width * height {
            return Err(Error("the numbers do not fill the matrix".to_owned()));
        }
        let length = |value: usize| {
            i32::try_from(value).map_err(|_| Error("a matrix is too large".to_owned()))
        };
        // SAFETY: the length was checked; libvips copies the numbers.
        let image = unsafe {
            bindings::vips_image_new_matrix_from_array(
                length(width)?,
                length(height)?,
                numbers.as_ptr(),
                length(numbers.len())?,
            )
        };
        let image = NonNull::new(image).map(Self).ok_or_else(Error::take)?;
        // SAFETY: a new image that nobody else sees, and a C string.
        unsafe { bindings::vips_image_set_double(image.pointer(), c"scale".as_ptr(), scale) };
        Ok(image)
    }

    pub(crate) fn width(&self) -> u32 {
        // SAFETY: a living image.
        unsafe { (*self.pointer()).Xsize }.unsigned_abs()
    }

    /// The height in pixels, of all frames where several stand below one another.
    pub(crate) fn height(&self) -> u32 {
        // SAFETY: a living image.
        unsafe { (*self.pointer()).Ysize }.unsigned_abs()
    }

    pub(crate) fn bands(&self) -> u32 {
        // SAFETY: a living image.
        unsafe { (*self.pointer()).Bands }.unsigned_abs()
    }

    pub(crate) fn band(&self) -> Band {
        // SAFETY: a living image.
        match unsafe { (*self.pointer()).BandFmt } {
            bindings::VipsBandFormat_VIPS_FORMAT_UCHAR => Band::Byte,
            bindings::VipsBandFormat_VIPS_FORMAT_USHORT => Band::Short,
            bindings::VipsBandFormat_VIPS_FORMAT_FLOAT => Band::Float,
            _ => Band::Other,
        }
    }

    /// The dots an inch across and down that the image claims.
    pub(crate) fn density(&self) -> (f64, f64) {
        // SAFETY: a living image.
        let (across, down) = unsafe { ((*self.pointer()).Xres, (*self.pointer()).Yres) };
        (across * MILLIMETRES, down * MILLIMETRES)
    }

    /// Whether a band's numbers are floating-point ones.
    pub(crate) fn is_float(&self) -> bool {
        // SAFETY: a living image.
        unsafe { bindings::vips_band_format_isfloat((*self.pointer()).BandFmt) != 0 }
    }

    /// Whether a band's numbers are whole ones with a sign.
    pub(crate) fn is_signed(&self) -> bool {
        // SAFETY: a living image.
        unsafe {
            bindings::vips_band_format_isint((*self.pointer()).BandFmt) != 0
                && bindings::vips_band_format_isuint((*self.pointer()).BandFmt) == 0
        }
    }

    /// Bits of a band.
    pub(crate) fn depth(&self) -> u32 {
        // SAFETY: a living image.
        let bytes = unsafe { bindings::vips_format_sizeof((*self.pointer()).BandFmt) };
        u32::try_from(bytes * 8).unwrap_or(0)
    }

    /// The nickname of the band's number type, for a cast back to it.
    pub(crate) fn format_nick(&self) -> &'static str {
        match self.band() {
            Band::Byte => "uchar",
            Band::Short => "ushort",
            Band::Float | Band::Other => "float",
        }
    }

    /// Where this image stood in the one it was cut from, as libvips remembers it.
    pub(crate) fn offset(&self) -> (u32, u32) {
        // SAFETY: a living image.
        let (x, y) = unsafe { ((*self.pointer()).Xoffset, (*self.pointer()).Yoffset) };
        (x.unsigned_abs(), y.unsigned_abs())
    }

    /// The nickname of the colour model: `srgb`, `b-w`, `cmyk`, `lab`, `rgb16`, …
    pub(crate) fn interpretation(&self) -> String {
        // SAFETY: a living image; the nick is a static string or null.
        unsafe {
            let kind = bindings::vips_interpretation_get_type();
            let value = bindings::vips_image_get_interpretation(self.pointer());
            let nick = bindings::vips_enum_nick(kind, value);
            std::ffi::CStr::from_ptr(nick).to_string_lossy().into_owned()
        }
    }

    pub(crate) fn has_alpha(&self) -> bool {
        // SAFETY: a living image.
        unsafe { bindings::vips_image_hasalpha(self.pointer()) != 0 }
    }

    /// The height of a frame, where frames stand below one another; else the whole height.
    pub(crate) fn frame_height(&self) -> u32 {
        // SAFETY: a living image.
        let height = unsafe { bindings::vips_image_get_page_height(self.pointer()) };
        height.unsigned_abs()
    }

    /// Computes all pixels now and keeps them; an image that is in memory is only shared.
    pub(crate) fn materialize(&self) -> Result<Self> {
        Error::forget();
        // SAFETY: a living image; the result is owned.
        let image = unsafe { bindings::vips_image_copy_memory(self.pointer()) };
        NonNull::new(image).map(Self).ok_or_else(Error::take)
    }

    /// Whether the pixels are in memory, ready to be read.
    pub(crate) fn is_in_memory(&self) -> bool {
        // SAFETY: a living image.
        let kind = unsafe { (*self.pointer()).dtype };
        kind == bindings::VipsImageType_VIPS_IMAGE_SETBUF
    }

    /// Computes all pixels now on this thread, with no others: for few pixels, handing rows from
    /// thread to thread costs more than computing them.
    pub(crate) fn materialize_here(&self) -> Result<Self> {
        Error::forget();
        let target = self.blank(self.width(), self.height())?;
        let (width, height) = (side(self.width())?, side(self.height())?);
        let whole = bindings::VipsRect { left: 0, top: 0, width, height };
        // SAFETY: both regions are owned, or null; `whole` is all of either image, and the target
        // has memory of its own.
        let computed = unsafe {
            let source = bindings::vips_region_new(self.pointer());
            let filled = bindings::vips_region_new(target.pointer());
            let computed = !source.is_null()
                && !filled.is_null()
                && bindings::vips_region_image(filled, &raw const whole) == 0
                && bindings::vips_region_prepare(source, &raw const whole) == 0;
            if computed {
                // Not computed into the target: a reduction writes two bytes too many, for which
                // only the regions' own memory has room.
                bindings::vips_region_copy(source, filled, &raw const whole, 0, 0);
            }
            for region in [source, filled].into_iter().filter(|region| !region.is_null()) {
                bindings::g_object_unref(region.cast());
            }
            computed
        };
        if computed { Ok(target) } else { Err(Error::take()) }
    }

    /// An image in memory with this image's header and these sides. Its pixels are not set.
    pub(super) fn blank(&self, width: u32, height: u32) -> Result<Self> {
        let mut inputs: [*mut VipsImage; 2] = [self.pointer(), ptr::null_mut()];
        let hint = bindings::VipsDemandStyle_VIPS_DEMAND_STYLE_ANY;
        // SAFETY: a new image that is owned; the list of inputs ends with null; the sides are set
        // before there is memory for the pixels.
        unsafe {
            let target = NonNull::new(bindings::vips_image_new_memory()).ok_or_else(Error::take)?;
            let target = Self(target);
            if bindings::vips_image_pipeline_array(target.pointer(), hint, inputs.as_mut_ptr()) != 0
            {
                return Err(Error::take());
            }
            (*target.pointer()).Xsize = side(width)?;
            (*target.pointer()).Ysize = side(height)?;
            let prepared = bindings::vips_image_write_prepare(target.pointer()) == 0;
            if prepared { Ok(target) } else { Err(Error::take()) }
        }
    }

    /// Computes all pixels and copies them out, interleaved, top to bottom.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut length = 0;
        Error::forget();
        // SAFETY: a living image; the buffer has `length` bytes, is copied and given back.
        unsafe {
            let data = bindings::vips_image_write_to_memory(self.pointer(), &raw mut length);
            if data.is_null() {
                return Err(Error::take());
            }
            let length = usize::try_from(length).unwrap_or(0);
            let bytes = std::slice::from_raw_parts(data.cast::<u8>(), length).to_vec();
            bindings::g_free(data);
            Ok(bytes)
        }
    }
}

impl Clone for Image {
    fn clone(&self) -> Self {
        // SAFETY: adds a reference to a living object.
        unsafe { bindings::g_object_ref(self.pointer().cast()) };
        Self(self.0)
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // SAFETY: one reference is owned.
        unsafe { bindings::g_object_unref(self.pointer().cast()) };
    }
}

impl std::fmt::Debug for Image {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (width, height, bands) = (self.width(), self.height(), self.bands());
        write!(formatter, "Image({width}x{height}, {bands} bands, {})", self.interpretation())
    }
}

/// Drops the levels of an image that is gone.
unsafe extern "C" fn release(levels: bindings::gpointer) {
    // SAFETY: the library calls this once, with the box that the image was given.
    drop(unsafe { Box::from_raw(levels.cast::<Levels>()) });
}

fn side(value: u32) -> Result<i32> {
    i32::try_from(value).map_err(|_| Error("a side is too long".to_owned()))
}
