//! Calling an operation of libvips by its name.
#![expect(unsafe_code, reason = "this folder is the one door to libvips")]

use std::{
    ffi::{CStr, CString, c_void},
    ptr::{self, NonNull},
};

use libvips::bindings::{self, GObject, GType, VipsOperation};

use super::{
    Error, Image, Result, Source,
    value::{Argument, Boxed},
};

/// An operation before it is run: `Call::new("resize").image("in", &image).number("scale", 0.5)
/// .output()?`. Only the arguments that are given are set; the first error is kept and comes
/// out at the end.
#[must_use = "an operation does nothing until it is run"]
pub(crate) struct Call {
    operation: Result<NonNull<VipsOperation>>,
}

impl Call {
    pub(crate) fn new(name: &str) -> Self {
        let operation = CString::new(name).map_err(|_| Error(format!("no operation {name}")));
        let operation = operation.and_then(|name| {
            // SAFETY: a valid C string; the result is an owned object or null.
            let operation = unsafe { bindings::vips_operation_new(name.as_ptr()) };
            NonNull::new(operation).ok_or_else(Error::take)
        });
        Self { operation }
    }

    /// Whether the library knows the operation and the arguments that were given.
    pub(crate) fn exists(&self) -> bool {
        self.operation.is_ok()
    }

    pub(crate) fn number(self, name: &str, value: impl Into<f64>) -> Self {
        self.set(name, &Argument::Number(value.into()))
    }

    pub(crate) fn numbers(self, name: &str, values: &[f64]) -> Self {
        self.set(name, &Argument::Numbers(values))
    }

    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.set(name, &Argument::Flag(value))
    }

    /// Sets a flag where the library knows it: only newer ones do.
    pub(crate) fn flag_where_known(self, name: &str, value: bool) -> Self {
        if self.knows(name) { self.flag(name, value) } else { self }
    }

    fn knows(&self, name: &str) -> bool {
        let Ok(operation) = &self.operation else { return false };
        CString::new(name)
            .is_ok_and(|name| property_type(operation.as_ptr().cast(), &name).is_some())
    }

    /// Sets a text, or an enumeration's member by its nickname.
    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.set(name, &Argument::Text(value))
    }

    pub(crate) fn image(self, name: &str, value: &Image) -> Self {
        self.set(name, &Argument::Image(value))
    }

    pub(crate) fn images(self, name: &str, values: &[Image]) -> Self {
        self.set(name, &Argument::Images(values))
    }

    pub(crate) fn source(self, name: &str, value: &Source) -> Self {
        self.set(name, &Argument::Object(value.pointer().cast()))
    }

    /// Sets an interpolator, by its nickname.
    pub(crate) fn interpolator(self, name: &str, nick: &std::ffi::CStr) -> Self {
        // SAFETY: a valid C string; the result is an owned object or null, and the operation
        // takes a reference of its own.
        unsafe {
            let object = bindings::vips_interpolate_new(nick.as_ptr());
            let call = self.set(name, &Argument::Object(object.cast()));
            if !object.is_null() {
                bindings::g_object_unref(object.cast());
            }
            call
        }
    }

    fn set(mut self, name: &str, argument: &Argument<'_>) -> Self {
        if let Ok(operation) = &self.operation
            && let Err(error) = set_property(operation.as_ptr(), name, argument)
        {
            self.release();
            self.operation = Err(error);
        }
        self
    }

    /// Runs the operation and takes its output image `out`.
    pub(crate) fn output(self) -> Result<Image> {
        self.run()?.image("out")
    }

    /// Runs the operation and takes its output buffer `buffer`.
    pub(crate) fn buffer(self) -> Result<Vec<u8>> {
        self.run()?.bytes("buffer")
    }

    /// Runs the operation; its outputs are taken from the result.
    pub(crate) fn run(mut self) -> Result<Outputs> {
        if self.operation.is_ok() {
            Error::forget();
        }
        let operation =
            std::mem::replace(&mut self.operation, Err(Error("already run".to_owned())))?;
        let mut pointer = operation.as_ptr();
        // SAFETY: an owned operation with its arguments set. The call may put another object in
        // its place (a cached one), so the pointer is taken anew.
        let failed = unsafe { bindings::vips_cache_operation_buildp(&raw mut pointer) } != 0;
        let outputs = Outputs { operation: pointer };
        if failed { Err(Error::take()) } else { Ok(outputs) }
    }

    fn release(&mut self) {
        if let Ok(operation) = &self.operation {
            // SAFETY: an owned operation that was not built.
            unsafe { bindings::g_object_unref(operation.as_ptr().cast()) };
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.release();
    }
}

/// An operation that has run.
pub(crate) struct Outputs {
    operation: *mut VipsOperation,
}

impl Outputs {
    /// An output image.
    pub(crate) fn image(&self, name: &str) -> Result<Image> {
        let boxed = self.get(name)?;
        // SAFETY: the box holds an object (or null); `dup` adds a reference that Image owns.
        let object = unsafe { bindings::g_value_dup_object(&raw const boxed.0) };
        NonNull::new(object.cast()).map(Image::from_owned).ok_or_else(|| missing(name))
    }

    /// An output number: an int, a double or a flag.
    pub(crate) fn number(&self, name: &str) -> Result<f64> {
        let boxed = self.get(name)?;
        let mut number = Boxed::new(15 << 2);
        // SAFETY: both boxes are initialised; GObject converts between number types.
        let converted =
            unsafe { bindings::g_value_transform(&raw const boxed.0, &raw mut number.0) };
        if converted == 0 {
            return Err(missing(name));
        }
        // SAFETY: the box holds a double.
        Ok(unsafe { bindings::g_value_get_double(&raw const number.0) })
    }

    /// An output array of numbers.
    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<f64>> {
        let boxed = self.get(name)?;
        let mut count = 0;
        // SAFETY: the argument's type was checked to be an array of doubles; the array lives as
        // long as the box.
        unsafe {
            if boxed.0.g_type != bindings::vips_array_double_get_type() {
                return Err(missing(name));
            }
            let values = bindings::vips_value_get_array_double(&raw const boxed.0, &raw mut count);
            let count = usize::try_from(count).unwrap_or(0);
            if values.is_null() {
                return Ok(Vec::new());
            }
            Ok(std::slice::from_raw_parts(values, count).to_vec())
        }
    }

    /// An output buffer, copied.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let boxed = self.get(name)?;
        let mut length = 0;
        // SAFETY: the argument's type was checked to be a blob; its bytes live as long as the
        // box and are copied here.
        unsafe {
            if boxed.0.g_type != bindings::vips_blob_get_type() {
                return Err(missing(name));
            }
            let data = bindings::vips_value_get_blob(&raw const boxed.0, &raw mut length);
            if data.is_null() {
                return Err(missing(name));
            }
            let length = usize::try_from(length).unwrap_or(0);
            Ok(std::slice::from_raw_parts(data.cast::<u8>(), length).to_vec())
        }
    }

    fn get(&self, name: &str) -> Result<Boxed> {
        let text = CString::new(name).map_err(|_| missing(name))?;
        let object = self.operation.cast::<GObject>();
        let mut boxed = Boxed::new(property_type(object, &text).ok_or_else(|| missing(name))?);
        // SAFETY: the operation lives; the box has the property's type.
        unsafe { bindings::g_object_get_property(object, text.as_ptr(), &raw mut boxed.0) };
        Ok(boxed)
    }
}

impl Drop for Outputs {
    fn drop(&mut self) {
        // SAFETY: the operation is owned; its outputs hold references of their own by now.
        unsafe {
            bindings::vips_object_unref_outputs(self.operation.cast());
            bindings::g_object_unref(self.operation.cast::<c_void>());
        }
    }
}

fn missing(name: &str) -> Error {
    Error(format!("the operation has no output '{name}' of this type"))
}

fn property_type(object: *mut GObject, name: &CStr) -> Option<GType> {
    // SAFETY: a living GObject points at its class, which describes its properties.
    unsafe {
        let class = (*object).g_type_instance.g_class;
        let property = bindings::g_object_class_find_property(class.cast(), name.as_ptr());
        if ptr::eq(property, ptr::null()) { None } else { Some((*property).value_type) }
    }
}

fn set_property(operation: *mut VipsOperation, name: &str, argument: &Argument<'_>) -> Result<()> {
    let unknown = || Error(format!("the operation has no argument '{name}'"));
    let text = CString::new(name).map_err(|_| unknown())?;
    let object = operation.cast::<GObject>();
    let kind = property_type(object, &text).ok_or_else(unknown)?;
    let boxed = Boxed::of(kind, argument).map_err(|error| Error(format!("{name}: {error}")))?;
    // SAFETY: the property exists and the box has its type.
    unsafe { bindings::g_object_set_property(object, text.as_ptr(), &raw const boxed.0) };
    Ok(())
}
