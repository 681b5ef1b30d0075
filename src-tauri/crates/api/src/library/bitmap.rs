//! Pixels of the small uncompressed bitmaps that our own worker writes for placeholders and
//! histograms.
//!
//! Not a decoder of images: the bytes come from a worker, with checked length and hash, and never
//! from a user's file. Anything but the exact form that the worker writes is refused.

/// Pixels in rows from the top, three bytes each: red, green, blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bitmap {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[u8; 3]>,
}

/// The largest side that is taken.
const MOST: usize = 256;

/// Reads an uncompressed bitmap of 24 bits a pixel, or of 8 with a palette.
pub(super) fn read(bytes: &[u8]) -> Option<Bitmap> {
    if !bytes.starts_with(b"BM") || number(bytes, 30, 4)? != 0 {
        return None;
    }
    let (start, header) = (number(bytes, 10, 4)?, number(bytes, 14, 4)?);
    let (width, height) = (number(bytes, 18, 4)?, number(bytes, 22, 4)?);
    if !(1..=MOST).contains(&width) || !(1..=MOST).contains(&height) {
        return None;
    }
    let depth = number(bytes, 28, 2)? / 8;
    if !matches!(depth, 1 | 3) {
        return None;
    }
    let palette = 14 + header;
    let stride = (width * depth).next_multiple_of(4);
    let mut pixels = Vec::with_capacity(width * height);
    for row in (0..height).rev() {
        let row = bytes.get(start + row * stride..)?.get(..width * depth)?;
        for pixel in row.chunks_exact(depth) {
            let pixel = match *pixel {
                [place] => bytes.get(palette + usize::from(place) * 4..)?.get(..3)?,
                _ => pixel,
            };
            pixels.push([pixel[2], pixel[1], pixel[0]]);
        }
    }
    Some(Bitmap { width, height, pixels })
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + length)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2 x 2 of 24 bits: blue and white above, red and black below.
    fn sample() -> Vec<u8> {
        let mut bytes = vec![0; 54];
        bytes[..2].copy_from_slice(b"BM");
        (bytes[10], bytes[14], bytes[18], bytes[22], bytes[26], bytes[28]) = (54, 40, 2, 2, 1, 24);
        bytes.extend([0, 0, 255, 0, 0, 0, 0, 0]);
        bytes.extend([255, 0, 0, 255, 255, 255, 0, 0]);
        bytes
    }

    #[test]
    fn rows_stand_upside_down_and_colours_backwards() {
        let bitmap = read(&sample()).unwrap();
        assert_eq!((bitmap.width, bitmap.height), (2, 2));
        assert_eq!(bitmap.pixels, [[0, 0, 255], [255; 3], [255, 0, 0], [0; 3]]);
    }

    #[test]
    fn whatever_else_is_refused() {
        let sample = sample();
        for length in 0..sample.len() - 2 {
            assert_eq!(read(&sample[..length]), None, "{length}");
        }
        for (place, value) in [(0, 0), (18, 0), (21, 255), (28, 32), (30, 1), (11, 255)] {
            let mut broken = sample.clone();
            broken[place] = value;
            assert_eq!(read(&broken), None, "byte {place}");
        }
    }
}
