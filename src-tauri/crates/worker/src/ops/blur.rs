//! Blur: a Gaussian over the neighbours of every pixel.

use cropmark_rules::{
    Fault,
    geometry::Size,
    operation::{Blur, Kernel},
};

use super::{pixels, resize};
use crate::{
    canvas::{Canvas, fault},
    vips::{Band, Call, Image, Result},
};

/// Below this a Gaussian has no weight left for the neighbours.
const LEAST_SIGMA: f64 = 0.2;
/// A larger Gaussian is laid over an image shrunk by so much that it is this wide there: no
/// detail finer than that is left in the result, and the work does not grow with the radius.
const WIDEST_SIGMA: f64 = 24.0;
const SHRUNK_SIGMA: f64 = 8.0;
/// Weights below this share of the middle's are left out.
const LEAST_WEIGHT: f64 = 0.005;

/// Softens every frame.
pub(crate) fn apply(rule: &Blur, canvas: Canvas) -> std::result::Result<Canvas, Fault> {
    if rule.sigma < LEAST_SIGMA {
        return Ok(canvas);
    }
    let shrink = if rule.sigma > WIDEST_SIGMA { (rule.sigma / SHRUNK_SIGMA).floor() } else { 1.0 };
    let mask = mask(rule.sigma / shrink).map_err(fault)?;
    canvas.map(|frame| {
        premultiplied_bytes(frame, |image| {
            if shrink > 1.0 {
                return through_smaller(image, shrink, &mask);
            }
            convolved(image, &mask)
        })
    })
}

fn convolved(image: &Image, mask: &Image) -> Result<Image> {
    let call = Call::new("convsep").image("in", image).image("mask", mask);
    call.text("precision", "integer").output()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within an image")]
fn through_smaller(image: &Image, shrink: f64, mask: &Image) -> Result<Image> {
    let size = Size { width: image.width(), height: image.height() };
    let fewer = |side: u32| (f64::from(side) / shrink).round() as u32;
    let small =
        resize::resample(image, Size::new(fewer(size.width), fewer(size.height)), Kernel::Linear)?;
    resize::resample(&convolved(&small, mask)?, size, Kernel::Linear)
}

/// Premultiplied around a step that works on bytes: what a blur leaves is smooth, so that what
/// the rounding of nearly transparent colours loses cannot be seen.
fn premultiplied_bytes(image: &Image, step: impl FnOnce(&Image) -> Result<Image>) -> Result<Image> {
    pixels::premultiplied(image, |image| step(&pixels::rounded(image, Band::Byte)?))
}

/// The Gaussian as a row of whole numbers whose sum is a power of two and whose largest is
/// 33–64. libvips computes with eight-bit weights of this kind; given others, it rounds them,
/// and their sum with them, which makes the whole image a little lighter or darker.
fn mask(sigma: f64) -> Result<Image> {
    let (weights, sum) = weights(sigma);
    Image::matrix(&weights, weights.len(), sum)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small radius")]
fn weights(sigma: f64) -> (Vec<f64>, f64) {
    let radius = (sigma * (-2.0 * LEAST_WEIGHT.ln()).sqrt()).ceil() as u32;
    let mut half: Vec<f64> =
        (0..=radius).map(|place| (-0.5 * (f64::from(place) / sigma).powi(2)).exp()).collect();
    let total = half[0] + 2.0 * half[1..].iter().sum::<f64>();
    // The power of two at which the middle weighs 33–64.
    let sum = 2.0_f64.powf((total * 64.0).log2().floor());
    for weight in &mut half {
        *weight *= sum / total;
    }
    let mut whole: Vec<f64> = half.iter().map(|weight| weight.round()).collect();
    // Rounding has changed the sum: pairs that lost or gained most are put right, the middle
    // takes what is odd.
    let mut missing = sum - whole[0] - 2.0 * whole[1..].iter().sum::<f64>();
    if missing.rem_euclid(2.0) != 0.0 {
        let step = if half[0] >= whole[0] && missing > 0.0 { 1.0 } else { -1.0 };
        whole[0] += step;
        missing -= step;
    }
    while missing != 0.0 {
        let step = missing.signum();
        let worst =
            (1..whole.len()).filter(|&place| whole[place] + step >= 0.0).max_by(|&one, &other| {
                let lack = |place: usize| (half[place] - whole[place]) * step;
                lack(one).total_cmp(&lack(other)).then(other.cmp(&one))
            });
        let Some(worst) = worst else { break };
        whole[worst] += step;
        missing -= 2.0 * step;
    }
    while whole.len() > 1 && whole.last() == Some(&0.0) {
        whole.pop();
    }
    let mirrored: Vec<f64> =
        whole[1..].iter().rev().copied().chain(whole.iter().copied()).collect();
    (mirrored, sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, drawn, gradient, pixel, plain};
    use cropmark_rules::value::Color;

    fn blur(sigma: f64, canvas: Canvas) -> Canvas {
        apply(&Blur { sigma }, canvas).unwrap()
    }

    /// The share of an edge's far side at a distance from it: the integral of the Gaussian, by
    /// many small steps.
    fn edge(sigma: f64, distance: f64) -> f64 {
        let steps = 4000;
        let width = 12.0 * sigma / f64::from(steps);
        let inner: f64 = (0..steps)
            .map(|step| -6.0 * sigma + (f64::from(step) + 0.5) * width)
            .filter(|place| *place < distance)
            .map(|place| (-0.5 * (place / sigma).powi(2)).exp() * width)
            .sum();
        inner / (sigma * (2.0 * std::f64::consts::PI).sqrt())
    }

    #[test]
    fn weights_are_whole_and_add_up() {
        for sigma in [0.2, 0.35, 0.5, 0.8, 1.0, 1.7, 3.0, 5.5, 9.0, 16.0] {
            let (weights, sum) = weights(sigma);
            let largest = weights[weights.len() / 2];
            assert!(sum.log2().fract() == 0.0, "{sigma}: {sum}");
            assert!((weights.iter().sum::<f64>() - sum).abs() < 1e-9, "{sigma}: {weights:?}");
            assert!((31.0..=65.0).contains(&largest), "{sigma}: {largest}");
            assert!(weights.iter().all(|weight| weight.fract() == 0.0 && *weight >= 0.0));
            assert!(weights.iter().eq(weights.iter().rev()), "{sigma}: {weights:?}");
        }
    }

    #[test]
    fn an_edge_becomes_the_gaussians_integral() {
        for sigma in [1.0, 3.0, 10.0, 40.0] {
            let canvas = drawn(400, 3, 1, |x, _| if x < 200 { [20; 4] } else { [220; 4] });
            let blurred = bytes(&blur(sigma, canvas));
            for x in [140_u32, 180, 190, 196, 198, 199, 200, 201, 203, 210, 260] {
                let expected = 20.0 + 200.0 * edge(sigma, f64::from(x) + 0.5 - 200.0);
                let found = f64::from(blurred[400 + x as usize]);
                assert!((found - expected).abs() <= 3.0, "{sigma} at {x}: {found}, {expected}");
            }
        }
    }

    #[test]
    fn a_plain_colour_stays_to_the_level() {
        let color = Color::solid(250, 128, 3);
        for sigma in [0.3, 0.7, 1.0, 2.0, 3.0, 7.0, 15.0, 60.0, 500.0] {
            let blurred = blur(sigma, plain(60, 40, color));
            for (x, y) in [(0, 0), (30, 20), (59, 39)] {
                assert_eq!(pixel(&blurred, x, y), [250, 128, 3], "{sigma}");
            }
        }
    }

    #[test]
    fn what_cannot_be_seen_does_not_bleed() {
        let canvas =
            drawn(40, 10, 4, |x, _| if x < 20 { [200, 0, 0, 255] } else { [0, 255, 0, 0] });
        let blurred = blur(3.0, canvas);
        let middle = pixel(&blurred, 21, 5);
        assert!(middle[1] == 0 && middle[0].abs_diff(200) <= 3, "{middle:?}");
        assert!((60..120).contains(&middle[3]), "{middle:?}");
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            assert_sound(&blur(2.0, animated(15, 14, bands)), 3);
            assert_sound(&blur(30.0, animated(15, 14, bands)), 3);
        }
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&blur(0.0, canvas.clone())), bytes(&canvas));
    }
}
