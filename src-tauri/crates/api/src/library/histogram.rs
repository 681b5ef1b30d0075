//! How often each level of brightness and of the colours is in a picture.

use super::{Library, thumbhash::SmallPicture};
use crate::{ApiError, model::Histogram};

/// The longer side of the picture that is counted, in pixels.
const PIXELS: u32 = 256;

impl Library {
    /// Counts the levels of an asset's picture, made small.
    ///
    /// # Errors
    /// Why the asset cannot be read or rendered.
    pub(crate) async fn histogram(&self, id: u32) -> Result<Histogram, ApiError> {
        let asset = self.open_asset(id).await?;
        Ok(count(&self.pixels(&asset, PIXELS).await?))
    }
}

fn count(picture: &SmallPicture) -> Histogram {
    let empty = || vec![0; 256];
    let mut counts = Histogram { luminance: empty(), red: empty(), green: empty(), blue: empty() };
    for [red, green, blue, alpha] in &picture.pixels {
        if *alpha == 0 {
            continue;
        }
        let [r, g, b] = [*red, *green, *blue].map(u32::from);
        // Rec. 709, in ten-thousandths; rounded.
        let luminance = (2126 * r + 7152 * g + 722 * b + 5000) / 10_000;
        counts.luminance[luminance as usize] += 1;
        counts.red[r as usize] += 1;
        counts.green[g as usize] += 1;
        counts.blue[b as usize] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_and_transparent_pixels_are_not() {
        let pixels = vec![[255, 0, 0, 255], [0, 255, 0, 128], [0, 0, 255, 0], [255; 4]];
        let counts = count(&SmallPicture { width: 2, height: 2, pixels });
        assert_eq!((counts.red[255], counts.red[0]), (2, 1));
        assert_eq!((counts.green[255], counts.blue[255], counts.blue[0]), (2, 1, 2));
        assert_eq!((counts.luminance[54], counts.luminance[182]), (1, 1));
        assert_eq!(counts.luminance[255], 1, "white is as light as can be");
        assert_eq!(counts.luminance.iter().sum::<u32>(), 3);
    }
}
