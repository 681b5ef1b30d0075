//! Encodes JPEG XL by libjxl, whose sources `build.rs` compiles: pixels of 8 to 16 bits, animations,
//! and JPEG files whose coefficients are kept as they are.
//!
//! What comes out is a bare code stream, except of a JPEG, which needs a container. Decoding is left
//! to other libraries. Everything runs on the calling thread.
#![expect(unsafe_code, reason = "this crate is the one door to libjxl")]

use std::{ffi::c_void, ptr};

/// The smallest distance that is not lossless; libjxl's own recommendation ends here.
const NEAREST: f32 = 0.05;

/// Why nothing was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The samples are not as many as size, channels and frames say.
    #[error("the samples do not fill the picture")]
    Samples,
    /// libjxl cannot store the profile, or the JPEG is damaged.
    #[error("the input is broken")]
    Input,
    /// There is too little memory.
    #[error("out of memory")]
    Memory,
    /// Anything else, by libjxl's number of it.
    #[error("libjxl's error {0}")]
    Other(i32),
}

/// Interleaved samples, top to bottom, one frame after the other.
#[derive(Debug, Clone, Copy)]
pub enum Samples<'a> {
    /// Of 8 bits.
    Bytes(&'a [u8]),
    /// Of 16 bits.
    Shorts(&'a [u16]),
}

impl Samples<'_> {
    fn len(self) -> usize {
        match self {
            Self::Bytes(samples) => samples.len(),
            Self::Shorts(samples) => samples.len(),
        }
    }

    fn pointer(self) -> (*const c_void, usize) {
        match self {
            Self::Bytes(samples) => (samples.as_ptr().cast(), size_of_val(samples)),
            Self::Shorts(samples) => (samples.as_ptr().cast(), size_of_val(samples)),
        }
    }
}

/// The meaning of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors<'a> {
    /// sRGB, or grey with its curve.
    Srgb,
    /// Display P3.
    DisplayP3,
    /// Those of this ICC profile.
    Profile(&'a [u8]),
}

/// How much may be lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// Nothing.
    None,
    /// So much that it comes to this distance by Butteraugli: 1 is hard to see.
    Distance(f32),
}

impl Loss {
    /// The loss of a quality from 1 to 100, by libjxl's own scale (`JxlEncoderDistanceFromQuality`);
    /// 100 still loses what nobody sees.
    #[must_use]
    pub fn of_quality(quality: u8) -> Self {
        // SAFETY: a function of a number.
        let distance = unsafe { cropmark_jxl_distance(f32::from(quality)) };
        Self::Distance(distance.clamp(NEAREST, 25.0))
    }
}

/// A picture to encode.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Pixels.
    pub width: u32,
    /// Pixels of one frame.
    pub height: u32,
    /// 1 or 3, and one more with alpha, which is not multiplied in.
    pub channels: u32,
    /// Bits of a sample that the file stores, 8 to 16; [`Samples::Shorts`] always span 16.
    pub bits: u32,
    /// The pixels.
    pub samples: Samples<'a>,
    /// What they mean.
    pub colors: Colors<'a>,
    /// Milliseconds of each frame of an animation; empty for a still picture.
    pub delays: &'a [u32],
    /// How often an animation plays; 0 is for ever.
    pub repeats: u32,
}

/// Encodes a picture as a code stream. `effort`: 1 (fast) to 9.
///
/// # Errors
/// Where the samples do not fit, or libjxl refuses the picture.
pub fn encode(picture: &Picture<'_>, loss: Loss, effort: u8) -> Result<Vec<u8>, Error> {
    let frames = picture.delays.len().max(1);
    let expected = [picture.width as usize, picture.height as usize, picture.channels as usize]
        .into_iter()
        .try_fold(frames, usize::checked_mul);
    let is_deep = matches!(picture.samples, Samples::Shorts(_));
    let known = (1..=4).contains(&picture.channels)
        && (8..=16).contains(&picture.bits)
        && is_deep == (picture.bits > 8);
    if !known || expected != Some(picture.samples.len()) || picture.samples.len() == 0 {
        return Err(Error::Samples);
    }
    let (samples, sample_bytes) = picture.samples.pointer();
    let profile: &[u8] = if let Colors::Profile(profile) = picture.colors { profile } else { &[] };
    let raw = RawPicture {
        width: picture.width,
        height: picture.height,
        frames: u32::try_from(frames).map_err(|_| Error::Samples)?,
        channels: picture.channels,
        bits: picture.bits,
        samples,
        sample_bytes,
        profile: profile.as_ptr(),
        profile_bytes: profile.len(),
        is_display_p3: u32::from(picture.colors == Colors::DisplayP3),
        delays: picture.delays.as_ptr(),
        repeats: picture.repeats,
        effort: effort.clamp(1, 9).into(),
        is_lossless: u32::from(loss == Loss::None),
        distance: if let Loss::Distance(distance) = loss { distance } else { 0.0 },
    };
    // SAFETY: all pointers are to slices that outlive the call, and their lengths were checked.
    collected(|target| unsafe { cropmark_jxl_encode(&raw const raw, target) })
}

/// Encodes a JPEG such that the same file can be made of it again; 12 to 20 % smaller.
///
/// # Errors
/// Where libjxl cannot read the file.
pub fn transcode_jpeg(jpeg: &[u8], effort: u8) -> Result<Vec<u8>, Error> {
    let effort = effort.clamp(1, 9).into();
    // SAFETY: the bytes outlive the call.
    collected(|target| unsafe { cropmark_jxl_transcode(jpeg.as_ptr(), jpeg.len(), effort, target) })
}

/// The version of libjxl, such as `0.11.1`.
#[must_use]
pub fn version() -> String {
    // SAFETY: a function without arguments.
    let number = unsafe { cropmark_jxl_version() };
    format!("{}.{}.{}", number / 1_000_000, number / 1000 % 1000, number % 1000)
}

/// Runs an encoder and collects what it writes.
fn collected(run: impl FnOnce(*const Target) -> i32) -> Result<Vec<u8>, Error> {
    let mut bytes: Vec<u8> = Vec::new();
    let target = Target { bytes: ptr::from_mut(&mut bytes).cast(), append };
    match run(&raw const target) {
        0 => Ok(bytes),
        2 => Err(Error::Memory),
        4 => Err(Error::Input),
        other => Err(Error::Other(other)),
    }
}

/// Appends what the encoder has written.
unsafe extern "C" fn append(bytes: *mut c_void, data: *const u8, count: usize) {
    if count > 0 {
        // SAFETY: the vector of `collected`, which nothing else uses meanwhile, and bytes that the
        // encoder has just written.
        unsafe {
            let bytes = &mut *bytes.cast::<Vec<u8>>();
            bytes.extend_from_slice(std::slice::from_raw_parts(data, count));
        }
    }
}

/// `Picture` of `encoder.cc`.
#[repr(C)]
struct RawPicture {
    width: u32,
    height: u32,
    frames: u32,
    channels: u32,
    bits: u32,
    samples: *const c_void,
    sample_bytes: usize,
    profile: *const u8,
    profile_bytes: usize,
    is_display_p3: u32,
    delays: *const u32,
    repeats: u32,
    effort: u32,
    is_lossless: u32,
    distance: f32,
}

/// `Target` of `encoder.cc`.
#[repr(C)]
struct Target {
    bytes: *mut c_void,
    append: unsafe extern "C" fn(*mut c_void, *const u8, usize),
}

unsafe extern "C" {
    fn cropmark_jxl_encode(picture: *const RawPicture, target: *const Target) -> i32;
    fn cropmark_jxl_transcode(
        jpeg: *const u8,
        bytes: usize,
        effort: u32,
        target: *const Target,
    ) -> i32;
    fn cropmark_jxl_distance(quality: f32) -> f32;
    fn cropmark_jxl_version() -> u32;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(samples: Samples<'_>, channels: u32, bits: u32) -> Picture<'_> {
        Picture {
            width: 16,
            height: 8,
            channels,
            bits,
            samples,
            colors: Colors::Srgb,
            delays: &[],
            repeats: 0,
        }
    }

    #[test]
    fn pixels_of_every_kind_become_a_code_stream() {
        let (bytes, shorts) = (vec![77; 16 * 8 * 4], vec![7777; 16 * 8 * 4]);
        for channels in 1..=4 {
            let count = 16 * 8 * channels as usize;
            for loss in [Loss::None, Loss::of_quality(75)] {
                let plain = picture(Samples::Bytes(&bytes[..count]), channels, 8);
                let deep = picture(Samples::Shorts(&shorts[..count]), channels, 12);
                for picture in [plain, deep] {
                    let file = encode(&picture, loss, 3).unwrap();
                    assert!(file.starts_with(b"\xff\x0a"), "{channels} {loss:?}");
                }
            }
        }
        let wide = Picture { colors: Colors::DisplayP3, ..picture(Samples::Bytes(&bytes), 4, 8) };
        assert!(encode(&wide, Loss::of_quality(50), 3).is_ok());
        let frames = [&bytes[..], &bytes].concat();
        let moving = Picture { delays: &[40, 60], ..picture(Samples::Bytes(&frames), 4, 8) };
        assert!(encode(&moving, Loss::of_quality(50), 3).is_ok());
    }

    #[test]
    fn what_does_not_fit_and_what_is_broken_is_refused() {
        let (bytes, shorts) = (vec![0; 16 * 8 * 3], vec![0; 16 * 8 * 3]);
        let lossless = |picture: &Picture<'_>| encode(picture, Loss::None, 1);
        let few = picture(Samples::Bytes(&bytes[1..]), 3, 8);
        assert_eq!(lossless(&few), Err(Error::Samples));
        assert_eq!(lossless(&picture(Samples::Bytes(&bytes), 5, 8)), Err(Error::Samples));
        assert_eq!(lossless(&picture(Samples::Bytes(&bytes), 3, 16)), Err(Error::Samples));
        assert_eq!(lossless(&picture(Samples::Shorts(&shorts), 3, 8)), Err(Error::Samples));
        let colors = Colors::Profile(b"no profile");
        assert!(lossless(&Picture { colors, ..picture(Samples::Bytes(&bytes), 3, 8) }).is_err());
        assert!(transcode_jpeg(b"\xff\xd8\xff\xd9", 3).is_err());
        assert!(transcode_jpeg(b"", 3).is_err());
    }

    #[test]
    fn the_scale_of_quality_is_libjxls() {
        let distance = |quality| match Loss::of_quality(quality) {
            Loss::Distance(distance) => distance,
            Loss::None => 0.0,
        };
        assert!((distance(90) - 1.0).abs() < 1e-5 && (distance(100) - 0.1).abs() < 0.06);
        assert!(distance(30) > distance(31) && distance(1) <= 25.0);
        assert!(version().starts_with("0."), "{}", version());
    }
}
