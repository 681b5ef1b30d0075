//! Values that operations take, put into GObject's typed boxes.
#![expect(unsafe_code, reason = "this folder is the one door to libvips")]

use std::ffi::{CString, c_void};

use libvips::bindings::{self, GType, GValue};

use super::{Error, Image, Result};

/// GObject's fundamental types are numbers shifted by two.
const BOOLEAN: GType = 5 << 2;
const INT: GType = 6 << 2;
const UINT64: GType = 11 << 2;
const ENUM: GType = 12 << 2;
const FLAGS: GType = 13 << 2;
const DOUBLE: GType = 15 << 2;
const STRING: GType = 16 << 2;
const OBJECT: GType = 20 << 2;

/// An argument as the code writes it.
pub(super) enum Argument<'a> {
    Number(f64),
    Flag(bool),
    /// A text, an enumeration's nickname, or flags' nicknames with colons between.
    Text(&'a str),
    Numbers(&'a [f64]),
    Image(&'a Image),
    Images(&'a [Image]),
    /// Another GObject: a source, a target. Borrowed for the call.
    Object(*mut c_void),
}

/// A `GValue` that is unset when dropped.
pub(super) struct Boxed(pub(super) GValue);

impl Boxed {
    pub(super) fn new(kind: GType) -> Self {
        // SAFETY: an all-zero GValue is what `g_value_init` asks for.
        unsafe {
            let mut value: GValue = std::mem::zeroed();
            bindings::g_value_init(&raw mut value, kind);
            Self(value)
        }
    }

    /// Puts an argument into a box of the type that the operation asks for.
    pub(super) fn of(kind: GType, argument: &Argument<'_>) -> Result<Self> {
        let mut boxed = Self::new(kind);
        let value = &raw mut boxed.0;
        // SAFETY: `value` was initialised with `kind`, and each setter below is called only for
        // the fundamental type it is for; texts, arrays and objects are copied or referenced.
        unsafe {
            match (argument, bindings::g_type_fundamental(kind)) {
                (Argument::Number(number), BOOLEAN) => {
                    bindings::g_value_set_boolean(value, i32::from(*number != 0.0));
                }
                (Argument::Flag(flag), BOOLEAN) => {
                    bindings::g_value_set_boolean(value, i32::from(*flag));
                }
                (Argument::Number(number), INT) => {
                    bindings::g_value_set_int(value, whole(*number)?);
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "saturates"
                )]
                (Argument::Number(number), UINT64) => {
                    bindings::g_value_set_uint64(value, *number as u64);
                }
                (Argument::Number(number), DOUBLE) => bindings::g_value_set_double(value, *number),
                (Argument::Number(number), ENUM) => {
                    bindings::g_value_set_enum(value, whole(*number)?);
                }
                (Argument::Number(number), FLAGS) => {
                    let flags = u32::try_from(whole(*number)?);
                    bindings::g_value_set_flags(value, flags.map_err(|_| mismatch())?);
                }
                (Argument::Text(nick), ENUM) => {
                    let nick = CString::new(*nick).map_err(|_| mismatch())?;
                    let member =
                        bindings::vips_enum_from_nick(c"cropmark".as_ptr(), kind, nick.as_ptr());
                    if member < 0 {
                        return Err(Error::take());
                    }
                    bindings::g_value_set_enum(value, member);
                }
                (Argument::Text(nicks), FLAGS) => {
                    let nicks = CString::new(*nicks).map_err(|_| mismatch())?;
                    let flags =
                        bindings::vips_flags_from_nick(c"cropmark".as_ptr(), kind, nicks.as_ptr());
                    bindings::g_value_set_flags(
                        value,
                        u32::try_from(flags).map_err(|_| Error::take())?,
                    );
                }
                (Argument::Text(text), STRING) => {
                    let text = CString::new(*text).map_err(|_| mismatch())?;
                    bindings::g_value_set_string(value, text.as_ptr());
                }
                (Argument::Image(image), OBJECT) => {
                    bindings::g_value_set_object(value, image.pointer().cast());
                }
                (Argument::Object(object), OBJECT) => bindings::g_value_set_object(value, *object),
                (Argument::Numbers(numbers), _)
                    if kind == bindings::vips_array_double_get_type() =>
                {
                    let count = whole_length(numbers.len())?;
                    bindings::vips_value_set_array_double(value, numbers.as_ptr(), count);
                }
                (Argument::Numbers(numbers), _) if kind == bindings::vips_array_int_get_type() => {
                    let numbers = numbers.iter().map(|n| whole(*n)).collect::<Result<Vec<_>>>()?;
                    let count = whole_length(numbers.len())?;
                    bindings::vips_value_set_array_int(value, numbers.as_ptr(), count);
                }
                (Argument::Number(number), _) if kind == bindings::vips_array_double_get_type() => {
                    bindings::vips_value_set_array_double(value, number, 1);
                }
                (Argument::Images(images), _) if kind == bindings::vips_array_image_get_type() => {
                    let count = whole_length(images.len())?;
                    bindings::vips_value_set_array_image(value, count);
                    let places = bindings::vips_value_get_array_image(value, std::ptr::null_mut());
                    for (index, image) in images.iter().enumerate() {
                        *places.add(index) = image.clone().into_pointer();
                    }
                }
                _ => return Err(mismatch()),
            }
        }
        Ok(boxed)
    }
}

impl Drop for Boxed {
    fn drop(&mut self) {
        // SAFETY: every box is initialised, and unset only here.
        unsafe { bindings::g_value_unset(&raw mut self.0) };
    }
}

fn mismatch() -> Error {
    Error("an argument is of another type than the operation asks for".to_owned())
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked before")]
fn whole(number: f64) -> Result<i32> {
    let rounded = number.round();
    let range = f64::from(i32::MIN)..=f64::from(i32::MAX);
    if range.contains(&rounded) { Ok(rounded as i32) } else { Err(mismatch()) }
}

fn whole_length(length: usize) -> Result<i32> {
    i32::try_from(length).map_err(|_| mismatch())
}
