//! `ThumbHash`: a picture in about 25 bytes, for pages that load (format by Evan Wallace,
//! <https://evanw.github.io/thumbhash/>): a few cosine coefficients of lightness, two colour
//! differences and alpha.

use std::f64::consts::PI;

use cropmark_rules::value::Color;

use super::{
    Library, OpenAsset,
    bitmap::{self, Bitmap},
    pictures::Recipe,
};
use crate::ApiError;

/// The longer side of the picture that the hash is made from, in pixels.
const PIXELS: u32 = 32;

/// A picture for hashing: rows of red, green, blue and alpha, each 0–1.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[f64; 4]>,
}

impl Library {
    /// A `ThumbHash` of an asset, base64.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn thumbhash(&self, id: u32) -> Result<String, ApiError> {
        let asset = self.open_asset(id).await?;
        self.thumbhash_of(&asset).await
    }

    /// Bitmaps have no alpha: over black and over white, the two pictures differ by it.
    pub(super) async fn thumbhash_of(&self, asset: &OpenAsset) -> Result<String, ApiError> {
        let picture = if asset.facts.header.alpha {
            let black = self.bitmap(asset, Some(Color::BLACK)).await?;
            let white = self.bitmap(asset, Some(Color::WHITE)).await?;
            Picture::between(&black, &white)
        } else {
            Picture::solid(&self.bitmap(asset, None).await?)
        };
        Ok(base64(&hash(&picture)))
    }

    async fn bitmap(&self, asset: &OpenAsset, over: Option<Color>) -> Result<Bitmap, ApiError> {
        let rendered = self.render(asset, &Recipe::bitmap(PIXELS, over), false).await?;
        bitmap::read(&rendered.bytes)
            .ok_or_else(|| ApiError::system("The placeholder was not made as it should be."))
    }
}

impl Picture {
    fn solid(bitmap: &Bitmap) -> Self {
        let pixel = |pixel: &[u8; 3]| {
            let [red, green, blue] = pixel.map(|value| f64::from(value) / 255.0);
            [red, green, blue, 1.0]
        };
        let pixels = bitmap.pixels.iter().map(pixel).collect();
        Self { width: bitmap.width, height: bitmap.height, pixels }
    }

    /// From the same picture over black (alpha times colour) and over white (that, and white
    /// times what is not alpha).
    fn between(black: &Bitmap, white: &Bitmap) -> Self {
        let pixel = |(black, white): (&[u8; 3], &[u8; 3])| {
            let (black, white) = (black.map(f64::from), white.map(f64::from));
            let through: f64 = black.iter().zip(white).map(|(black, white)| white - black).sum();
            let alpha = (1.0 - through / 3.0 / 255.0).clamp(0.0, 1.0);
            let [red, green, blue] =
                black.map(|value| if alpha > 0.0 { (value / 255.0 / alpha).min(1.0) } else { 0.0 });
            [red, green, blue, alpha]
        };
        let pixels = black.pixels.iter().zip(&white.pixels).map(pixel).collect();
        Self { width: black.width, height: black.height, pixels }
    }
}

/// A channel's mean, its other coefficients as shares of the largest (0–1 around 0.5), and that.
struct Channel {
    mean: f64,
    rest: Vec<f64>,
    scale: f64,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sides are at most 100, and shares are rounded to few bits"
)]
fn hash(picture: &Picture) -> Vec<u8> {
    let Picture { width, height, pixels } = picture;
    let count = pixels.len() as f64;
    let opacity: f64 = pixels.iter().map(|pixel| pixel[3]).sum();
    let mean = |channel: usize| {
        let sum: f64 = pixels.iter().map(|pixel| pixel[channel] * pixel[3]).sum();
        if opacity > 0.0 { sum / opacity } else { 0.0 }
    };
    let means = [mean(0), mean(1), mean(2)];
    let has_alpha = opacity < count - 1e-6;
    let limit = if has_alpha { 5.0 } else { 7.0 };
    let longest = (*width).max(*height) as f64;
    let terms = |side: usize| ((limit * side as f64 / longest).round() as usize).max(1);
    let (across, down) = (terms(*width), terms(*height));

    // Clear pixels take the mean colour, so that they do not show.
    let composed = pixels.iter().map(|[red, green, blue, alpha]| {
        let over = |value: f64, mean: f64| mean * (1.0 - alpha) + value * alpha;
        let (red, green, blue) =
            (over(*red, means[0]), over(*green, means[1]), over(*blue, means[2]));
        [(red + green + blue) / 3.0, f64::midpoint(red, green) - blue, red - green, *alpha]
    });
    let composed: Vec<[f64; 4]> = composed.collect();
    let encode = |place: usize, across: usize, down: usize| {
        let values: Vec<f64> = composed.iter().map(|pixel| pixel[place]).collect();
        channel(&values, (*width, *height), across, down)
    };
    let light = encode(0, across.max(3), down.max(3));
    let (yellow, red) = (encode(1, 3, 3), encode(2, 3, 3));
    let alpha = has_alpha.then(|| encode(3, 5, 5));

    let bits = |share: f64, most: f64| (share.clamp(0.0, 1.0) * most).round() as u32;
    let signed = |share: f64| bits(f64::midpoint(share, 1.0), 63.0);
    let is_wide = width > height;
    let first = bits(light.mean, 63.0)
        | signed(yellow.mean) << 6
        | signed(red.mean) << 12
        | bits(light.scale, 31.0) << 18
        | u32::from(has_alpha) << 23;
    let second = (if is_wide { down } else { across }) as u32
        | bits(yellow.scale, 63.0) << 3
        | bits(red.scale, 63.0) << 9
        | u32::from(is_wide) << 15;
    let mut bytes = first.to_le_bytes()[..3].to_vec();
    bytes.extend(&second.to_le_bytes()[..2]);
    if let Some(alpha) = &alpha {
        bytes.push((bits(alpha.mean, 15.0) | bits(alpha.scale, 15.0) << 4) as u8);
    }
    let channels = [Some(light), Some(yellow), Some(red), alpha];
    let rest = channels.into_iter().flatten().flat_map(|channel| channel.rest);
    let nibbles: Vec<u8> = rest.map(|share| bits(share, 15.0) as u8).collect();
    bytes.extend(nibbles.chunks(2).map(|pair| pair[0] | pair.get(1).unwrap_or(&0) << 4));
    bytes
}

#[expect(clippy::cast_precision_loss, reason = "sides are at most 100")]
fn channel(values: &[f64], (width, height): (usize, usize), across: usize, down: usize) -> Channel {
    let wave = |term: usize, place: usize, side: usize| {
        (PI / side as f64 * term as f64 * (place as f64 + 0.5)).cos()
    };
    let (mut mean, mut rest, mut scale) = (0.0, Vec::new(), 0.0_f64);
    for y_term in 0..down {
        for x_term in (0..).take_while(|x_term| x_term * down < across * (down - y_term)) {
            let mut sum = 0.0;
            for (place, value) in values.iter().enumerate() {
                let (x, y) = (place % width, place / width);
                sum += value * wave(x_term, x, width) * wave(y_term, y, height);
            }
            sum /= values.len() as f64;
            if x_term == 0 && y_term == 0 {
                mean = sum;
            } else {
                scale = scale.max(sum.abs());
                rest.push(sum);
            }
        }
    }
    if scale > 0.0 {
        for share in &mut rest {
            *share = 0.5 + 0.5 / scale * *share;
        }
    }
    Channel { mean, rest, scale }
}

/// Base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        let number = number << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = char::from(DIGITS[number >> (18 - 6 * place) & 63]);
            text.push(if place <= group.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bitmap(pixel: impl Fn(usize, usize) -> [u8; 3]) -> Bitmap {
        let (width, height) = (30, 20);
        let pixels = (0..width * height).map(|place| pixel(place % width, place / width));
        Bitmap { width, height, pixels: pixels.collect() }
    }

    /// The mean colour that a hash tells, as its format says.
    fn mean(hash: &[u8]) -> [f64; 3] {
        let bits = |from: u32, count: u32| {
            let first = u32::from_le_bytes([hash[0], hash[1], hash[2], 0]);
            f64::from(first >> from & ((1 << count) - 1))
        };
        let light = bits(0, 6) / 63.0;
        let (yellow, red) = (bits(6, 6) / 31.5 - 1.0, bits(12, 6) / 31.5 - 1.0);
        let blue = light - 2.0 / 3.0 * yellow;
        let reddish = f64::midpoint(3.0 * light - blue, red);
        [reddish, reddish - red, blue]
    }

    #[test]
    fn one_colour_is_its_mean() {
        let hash = hash(&Picture::solid(&bitmap(|_, _| [255, 128, 0])));
        let mean = mean(&hash);
        for (found, expected) in mean.iter().zip([1.0, 0.5, 0.0]) {
            assert!((found - expected).abs() < 0.04, "{mean:?}");
        }
        assert_eq!(hash[2] >> 7, 0, "no alpha");
        assert_eq!(hash[4] >> 7, 1, "wide");
        assert_eq!(hash[3] & 7, 5, "of seven terms across, five down");
        // 7 x 5 terms of lightness (a triangle), 3 x 3 of each colour, two to a byte.
        assert_eq!(hash.len(), 5 + (22 + 5 + 5_usize).div_ceil(2));
    }

    #[test]
    fn alpha_comes_from_the_difference() {
        let black = bitmap(|x, _| if x < 15 { [0, 200, 0] } else { [0; 3] });
        let white = bitmap(|x, _| if x < 15 { [0, 200, 0] } else { [255; 3] });
        let picture = Picture::between(&black, &white);
        assert!(picture.pixels[0][3] > 0.999 && picture.pixels[29][3] < 0.001);
        let hash = hash(&picture);
        assert_eq!(hash[2] >> 7, 1, "it has alpha");
        assert!((7..=8).contains(&(hash[5] & 15)), "half of it");
        let mean = mean(&hash);
        assert!((mean[1] - 200.0 / 255.0).abs() < 0.04, "clear pixels do not count: {mean:?}");
    }

    #[test]
    fn base64_is_padded() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }
}
