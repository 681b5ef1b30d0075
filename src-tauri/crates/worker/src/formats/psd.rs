//! Photoshop documents, PSD and PSB: the flattened picture that Photoshop stores beside the layers
//! (Adobe Photoshop File Formats Specification). Layers are not put together here: a document without
//! that picture is refused with the reason.

use cropmark_rules::{Fault, FaultCode, Format};

use super::{
    Load,
    decoder::{Decoder, Model, Picture, broken, unsupported},
    light,
};
use crate::vips::{Band, Levels};

const HEAD_BYTES: usize = 26;

// Image resources.
const PRESS_DATA: u16 = 1028;
const PROFILE: u16 = 1039;
const VERSION_INFO: u16 = 1057;
const CAMERA_DATA: u16 = 1058;
const XMP: u16 = 1060;

pub(super) struct Psd;

impl Decoder for Psd {
    const FORMAT: Format = Format::Psd;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        Document::read(bytes).map(|document| document.picture)
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        let document = Document::read(bytes)?;
        let levels = document.levels(load)?;
        Ok((document.picture, levels))
    }
}

/// The colour modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Bitmap,
    Grey,
    Indexed,
    Rgb,
    Cmyk,
    Lab,
}

/// A document's parts.
struct Document<'a> {
    picture: Picture,
    mode: Mode,
    /// Whether lengths have eight bytes (PSB).
    is_large: bool,
    channels: usize,
    depth: u16,
    palette: &'a [u8],
    /// How the planes are stored, and they.
    packing: u16,
    planes: &'a [u8],
}

/// The bytes that are still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: u64) -> Result<&'a [u8], Fault> {
        let count = usize::try_from(count).ok().filter(|count| *count <= self.0.len());
        let count = count.ok_or_else(|| broken(Format::Psd, "it ends too early"))?;
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self, bytes: u64) -> Result<u64, Fault> {
        Ok(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A part that begins with its length.
    fn part(&mut self, length_bytes: u64) -> Result<&'a [u8], Fault> {
        let length = self.number(length_bytes)?;
        self.take(length)
    }
}

impl<'a> Document<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Fault> {
        let head: &[u8; HEAD_BYTES] =
            bytes.first_chunk().ok_or_else(|| broken(Format::Psd, "it ends too early"))?;
        let short = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
        let long =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let is_large = short(4) == 2;
        let (channels, depth, mode) = (short(12), short(22), mode(short(24))?);
        let (width, height) = (long(18), long(14));

        let mut rest = Rest(&bytes[HEAD_BYTES..]);
        let palette = rest.part(4)?;
        let resources = rest.part(4)?;
        let layers = rest.part(if is_large { 8 } else { 4 })?;
        let packing = u16::try_from(rest.number(2)?).unwrap_or(u16::MAX);

        let (model, colors) = match mode {
            Mode::Bitmap | Mode::Grey => (Model::Grey, 1),
            Mode::Indexed => (Model::Rgb, 1),
            Mode::Rgb => (Model::Rgb, 3),
            Mode::Cmyk => (Model::Cmyk, 4),
            Mode::Lab => (Model::Lab, 3),
        };
        if !matches!((depth, mode), (1, Mode::Bitmap) | (8 | 16, _) | (32, Mode::Grey | Mode::Rgb))
        {
            return Err(unsupported(Format::Psd, format!("{depth} bits in this colour mode")));
        }
        if channels < colors {
            return Err(broken(Format::Psd, "it has too few channels"));
        }
        let alpha = channels > colors
            && matches!(mode, Mode::Grey | Mode::Rgb | Mode::Cmyk)
            && has_transparency(layers, is_large);
        let mut picture = Picture::new(width, height, model, alpha, u32::from(depth));
        match mode {
            Mode::Lab => picture.band = Band::Float,
            // Ink of sixteen bits is read in eight: what is converted from it has no more.
            Mode::Cmyk => picture.band = Band::Byte,
            _ => {}
        }
        describe(&mut picture, resources)?;
        let channels = usize::from(channels);
        Ok(Self { picture, mode, is_large, channels, depth, palette, packing, planes: rest.0 })
    }

    /// The flattened picture.
    fn levels(&self, load: &Load<'_>) -> Result<Levels, Fault> {
        let planes = self.unpacked()?;
        let count = self.picture.width as usize * self.picture.height as usize;
        let plane = |index: usize| &planes[index];
        Ok(match (self.mode, self.depth) {
            (Mode::Bitmap, _) => Levels::Bytes(self.bits(plane(0))),
            (Mode::Indexed, _) => {
                let entry = |index: u8, color: usize| {
                    let at = usize::from(index) + color * self.palette.len() / 3;
                    self.palette.get(at).copied().unwrap_or(0)
                };
                let pixels =
                    plane(0).iter().flat_map(|index| [0, 1, 2].map(|color| entry(*index, color)));
                Levels::Bytes(pixels.collect())
            }
            (Mode::Lab, depth) => Levels::Floats(lab(&planes, depth, count)),
            (_, 32) => {
                let float = |plane: &[u8], at: usize| {
                    f32::from_be_bytes(plane.as_chunks().0.get(at).copied().unwrap_or_default())
                };
                let light: Vec<f32> = (0..count)
                    .flat_map(|at| planes.iter().map(move |plane| float(plane, at)))
                    .collect();
                Levels::Shorts(light::shown(&light, self.picture.bands(), false, load.showing))
            }
            (Mode::Cmyk, depth) => {
                // The high byte; 0 is all ink, and in libvips none. Alpha is not turned round.
                let step = usize::from(depth / 8);
                let pixels = (0..count).flat_map(|at| {
                    planes.iter().enumerate().map(move |(index, plane)| {
                        let level = plane[at * step];
                        if index < 4 { u8::MAX - level } else { level }
                    })
                });
                Levels::Bytes(pixels.collect())
            }
            (_, 16) => {
                let pixels = (0..count).flat_map(|at| {
                    planes
                        .iter()
                        .map(move |plane| u16::from_be_bytes([plane[at * 2], plane[at * 2 + 1]]))
                });
                let mut levels: Vec<u16> = pixels.collect();
                self.without_white(&mut levels, u16::MAX);
                Levels::Shorts(levels)
            }
            _ => {
                let pixels = (0..count).flat_map(|at| planes.iter().map(move |plane| plane[at]));
                let mut levels: Vec<u8> = pixels.collect();
                self.without_white(&mut levels, u8::MAX);
                Levels::Bytes(levels)
            }
        })
    }

    /// Takes the white out of transparent pixels' colours: Photoshop lays the flattened picture on it.
    fn without_white<T: Copy + Into<u32> + TryFrom<u32>>(&self, levels: &mut [T], most: T) {
        if !self.picture.alpha {
            return;
        }
        let most: u32 = most.into();
        for pixel in levels.chunks_exact_mut(self.picture.bands() as usize) {
            let Some((alpha, colors)) = pixel.split_last_mut() else { continue };
            let alpha: u32 = (*alpha).into();
            if alpha == 0 || alpha == most {
                continue;
            }
            for color in colors {
                let level: u32 = (*color).into();
                let missing = (most - level).min(alpha);
                let straight = most - (missing * most + alpha / 2) / alpha;
                *color = T::try_from(straight).unwrap_or(*color);
            }
        }
    }

    /// A level a bit, where 1 is black.
    fn bits(&self, plane: &[u8]) -> Vec<u8> {
        let width = self.picture.width as usize;
        let rows = plane.chunks_exact(width.div_ceil(8));
        let row = |row: &[u8]| -> Vec<u8> {
            (0..width).map(|x| if row[x / 8] >> (7 - x % 8) & 1 == 1 { 0 } else { 255 }).collect()
        };
        rows.flat_map(row).collect()
    }

    /// The planes that are shown, unpacked.
    fn unpacked(&self) -> Result<Vec<Vec<u8>>, Fault> {
        let wanted = match self.mode {
            Mode::Indexed | Mode::Bitmap => 1,
            _ => self.picture.bands() as usize,
        };
        let row = (self.picture.width as usize * usize::from(self.depth)).div_ceil(8);
        let rows = self.picture.height as usize;
        let plane_bytes = row * rows;
        let mut rest = Rest(self.planes);
        match self.packing {
            0 => (0..wanted).map(|_| rest.take(plane_bytes as u64).map(<[u8]>::to_vec)).collect(),
            1 => {
                let width = if self.is_large { 4 } else { 2 };
                let mut lengths = Rest(rest.take((self.channels * rows * width) as u64)?);
                let mut planes = Vec::new();
                for _ in 0..wanted {
                    let mut plane = Vec::with_capacity(plane_bytes);
                    for _ in 0..rows {
                        let length = lengths.number(width as u64)?;
                        unpack_row(rest.take(length)?, row, &mut plane)?;
                    }
                    planes.push(plane);
                }
                Ok(planes)
            }
            _ => Err(unsupported(Format::Psd, "its flattened picture is zipped")),
        }
    }
}

fn mode(number: u16) -> Result<Mode, Fault> {
    Ok(match number {
        0 => Mode::Bitmap,
        // Duotones are stored as grey, and shown so by programs that know no inks.
        1 | 8 => Mode::Grey,
        2 => Mode::Indexed,
        3 => Mode::Rgb,
        4 => Mode::Cmyk,
        9 => Mode::Lab,
        7 => return Err(unsupported(Format::Psd, "several channels without a colour mode")),
        _ => return Err(broken(Format::Psd, "it has an unknown colour mode")),
    })
}

/// Appends a row that was packed by `PackBits`.
fn unpack_row(packed: &[u8], row: usize, plane: &mut Vec<u8>) -> Result<(), Fault> {
    let end = plane.len() + row;
    let mut rest = Rest(packed);
    while plane.len() < end && !rest.0.is_empty() {
        let left = end - plane.len();
        match rest.take(1)?[0] {
            128 => {}
            count @ 0..128 => {
                let bytes = rest.take(u64::from(count) + 1)?;
                plane.extend(&bytes[..bytes.len().min(left)]);
            }
            count => {
                let byte = rest.take(1)?[0];
                plane.resize(plane.len() + (257 - usize::from(count)).min(left), byte);
            }
        }
    }
    if plane.len() < end {
        return Err(broken(Format::Psd, "a row ends too early"));
    }
    Ok(())
}

/// CIE L*a*b* in numbers as libvips has them.
fn lab(planes: &[Vec<u8>], depth: u16, count: usize) -> Vec<f32> {
    let level = |plane: &[u8], at: usize| {
        if depth == 16 {
            f32::from(u16::from_be_bytes([plane[at * 2], plane[at * 2 + 1]])) / 256.0
        } else {
            f32::from(plane[at])
        }
    };
    let most = if depth == 16 { 65_535.0 / 256.0 } else { 255.0 };
    let pixels = (0..count).flat_map(|at| {
        let [light, a, b] = [0, 1, 2].map(|index| level(&planes[index], at));
        [light * 100.0 / most, a - 128.0, b - 128.0]
    });
    pixels.collect()
}

/// Whether the channel after the colours is the flattened picture's transparency and not a stored
/// selection: a negative count of layers says so, or in deep documents a block of its own.
fn has_transparency(layers: &[u8], is_large: bool) -> bool {
    let at = if is_large { 8 } else { 4 };
    let count = layers.get(at..at + 2).map_or(0, |count| i16::from_be_bytes([count[0], count[1]]));
    let holds = |key: &[u8]| memchr::memmem::find(layers, key).is_some();
    let has_layers = layers[..at.min(layers.len())].iter().any(|byte| *byte != 0);
    (has_layers && count < 0) || [&b"8BIMMt16"[..], b"8BIMMt32", b"8BIMMtrn"].into_iter().any(holds)
}

/// Notes what the image resources say. One that cannot be read ends the reading.
fn describe(picture: &mut Picture, resources: &[u8]) -> Result<(), Fault> {
    let mut rest = Rest(resources);
    while let Ok((kind, data)) = resource(&mut rest) {
        match kind {
            PROFILE => picture.profile = Some(data.to_vec()),
            CAMERA_DATA => picture.exif = Some(data.to_vec()),
            XMP => picture.xmp = Some(data.to_vec()),
            PRESS_DATA => picture.iptc = Some(data.to_vec()),
            VERSION_INFO if data.get(4) == Some(&0) => {
                return Err(Fault::new(
                    FaultCode::Unsupported,
                    "The document was saved without a flattened picture: save it in Photoshop with \
                     'Maximize compatibility', or as TIFF.",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn resource<'a>(rest: &mut Rest<'a>) -> Result<(u16, &'a [u8]), Fault> {
    rest.take(4)?;
    let kind = u16::try_from(rest.number(2)?).unwrap_or(0);
    let name = rest.number(1)?;
    // Names and data are padded to an even length.
    rest.take(name | 1)?;
    let length = rest.number(4)?;
    let data = rest.take(length)?;
    if length % 2 == 1 {
        let _last = rest.take(1);
    }
    Ok((kind, data))
}
