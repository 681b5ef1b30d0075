//! `ThumbHash`: a picture in about 25 bytes, for pages that load (format by Evan Wallace,
//! <https://evanw.github.io/thumbhash/>).

use base64::prelude::{BASE64_STANDARD, Engine as _};
use cropmark_rules::value::Color;
use thumbhash::rgba_to_thumb_hash;

use super::{
    Library, OpenAsset,
    bitmap::{self, Bitmap},
    pictures::Recipe,
};
use crate::ApiError;

/// The longer side of the picture that the hash is made from, in pixels.
const PIXELS: u32 = 32;

impl Library {
    /// Makes the `ThumbHash` of an asset, base64.
    ///
    /// # Errors
    /// Why the asset cannot be read or rendered.
    pub(crate) async fn thumbhash(&self, id: u32) -> Result<String, ApiError> {
        let asset = self.open_asset(id).await?;
        self.thumbhash_of(&asset).await
    }

    pub(super) async fn thumbhash_of(&self, asset: &OpenAsset) -> Result<String, ApiError> {
        let picture = self.pixels(asset, PIXELS).await?;
        Ok(BASE64_STANDARD.encode(hash(&picture)))
    }

    /// The pixels of an asset's picture whose longer side is this long. Bitmaps have no alpha: it is
    /// the difference between the picture over black and over white.
    pub(super) async fn pixels(
        &self,
        asset: &OpenAsset,
        longer: u32,
    ) -> Result<SmallPicture, ApiError> {
        let (bitmap, pixels) = if asset.facts().header.alpha {
            let black = self.bitmap(asset, longer, Some(Color::BLACK)).await?;
            let white = self.bitmap(asset, longer, Some(Color::WHITE)).await?;
            let pixels = black.pixels.iter().zip(&white.pixels).map(between).collect();
            (black, pixels)
        } else {
            let bitmap = self.bitmap(asset, longer, None).await?;
            let opaque = |[red, green, blue]: &[u8; 3]| [*red, *green, *blue, 255];
            let pixels = bitmap.pixels.iter().map(opaque).collect();
            (bitmap, pixels)
        };
        Ok(SmallPicture { width: bitmap.width, height: bitmap.height, pixels })
    }

    async fn bitmap(
        &self,
        asset: &OpenAsset,
        longer: u32,
        over: Option<Color>,
    ) -> Result<Bitmap, ApiError> {
        let rendered = self.render(asset, &Recipe::bitmap(longer, over), false).await?;
        bitmap::read(&rendered.bytes)
            .ok_or_else(|| ApiError::system("The bitmap was not made as it should be."))
    }
}

/// A picture in rows from the top: red, green, blue, alpha.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SmallPicture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[u8; 4]>,
}

fn hash(picture: &SmallPicture) -> Vec<u8> {
    rgba_to_thumb_hash(picture.width, picture.height, &picture.pixels.concat())
}

/// A pixel with alpha, from the same pixel over black (alpha times colour) and over white (that,
/// and white times the rest).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "shares of 255 are rounded to bytes"
)]
fn between((black, white): (&[u8; 3], &[u8; 3])) -> [u8; 4] {
    let (black, white) = (black.map(f64::from), white.map(f64::from));
    let through: f64 = black.iter().zip(white).map(|(black, white)| white - black).sum();
    let alpha = (1.0 - through / 3.0 / 255.0).clamp(0.0, 1.0);
    let [red, green, blue] = black.map(|value| if alpha > 0.0 { value / alpha } else { 0.0 });
    [red, green, blue, alpha * 255.0].map(|value| value.round().min(255.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bitmap(pixel: impl Fn(usize) -> [u8; 3]) -> Bitmap {
        let (width, height) = (30, 20);
        Bitmap { width, height, pixels: (0..width * height).map(|at| pixel(at % width)).collect() }
    }

    #[test]
    fn alpha_comes_from_the_difference() {
        let black = bitmap(|x| if x < 15 { [0, 200, 0] } else { [0; 3] });
        let white = bitmap(|x| if x < 15 { [0, 200, 0] } else { [255; 3] });
        let pixels: Vec<[u8; 4]> = black.pixels.iter().zip(&white.pixels).map(between).collect();
        assert_eq!((pixels[0], pixels[29]), ([0, 200, 0, 255], [0; 4]));
        let half = between((&[100, 50, 0], &[227, 177, 127]));
        assert_eq!(half, [199, 100, 0, 128], "colours are those of the opaque picture");
        let (width, height) = (black.width, black.height);
        let hash = hash(&SmallPicture { width, height, pixels });
        assert_eq!(hash[2] >> 7, 1, "it has alpha");
        assert!((7..=8).contains(&(hash[5] & 15)), "half of it");
        let (red, green, blue, _) = thumbhash::thumb_hash_to_average_rgba(&hash).unwrap();
        let distance = (green - 200.0 / 255.0).abs();
        assert!(distance < 0.04, "clear pixels do not count: {red} {green} {blue}");
    }
}
