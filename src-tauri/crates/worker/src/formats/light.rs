//! Light of any brightness as levels of a screen: exposure, a tone curve, and sRGB's own curve.
//!
//! | `source.tone` | light becomes | source |
//! |---|---|---|
//! | `clip` | itself, and white above 1 | |
//! | `reinhard` | its luminance L becomes L / (1 + L), the colour stays | Reinhard et al., Photographic Tone Reproduction for Digital Images, 2002, equation 3 |
//! | `aces` | x (2.51 x + 0.03) / (x (2.43 x + 0.59) + 0.14), each band by itself | Narkowicz, ACES Filmic Tone Mapping Curve, 2016 |
//!
//! Before the curve, light is multiplied by two to the power of `source.exposure`. After it, levels
//! are stored as sRGB does (IEC 61966-2-1). Colours are taken to be of sRGB's primaries.

use cropmark_rules::{SourceRules, Tone};

/// Luminance of sRGB's primaries (ITU-R BT.709, 3.2).
const LUMINANCE: [f32; 3] = [0.2126, 0.7152, 0.0722];

/// How light is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Showing {
    gain: f32,
    tone: Tone,
}

impl Default for Showing {
    fn default() -> Self {
        Self::new(&SourceRules::default())
    }
}

impl Showing {
    pub(crate) fn new(rules: &SourceRules) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "within the rule's bounds")]
        let exposure = rules.exposure as f32;
        Self { gain: exposure.exp2(), tone: rules.tone.unwrap_or_default() }
    }

    /// The levels of a grey or RGB pixel's light.
    fn shown<const N: usize>(self, light: [f32; N]) -> [u16; N] {
        let light =
            light.map(|light| if light.is_nan() { 0.0 } else { (light * self.gain).max(0.0) });
        let toned = match self.tone {
            Tone::Clip => light,
            Tone::Reinhard => {
                let luminance = if N == 3 {
                    light.iter().zip(LUMINANCE).map(|(light, share)| light * share).sum()
                } else {
                    light[0]
                };
                // Of endless light remains white.
                let factor: f32 =
                    if f32::is_finite(luminance) { 1.0 / (1.0 + luminance) } else { 1.0 };
                light.map(|light| light * factor)
            }
            Tone::Aces => light.map(|x| {
                let x = x.min(1e6);
                x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)
            }),
        };
        toned.map(stored)
    }
}

/// The level that sRGB stores light as.
fn stored(light: f32) -> u16 {
    let light = light.min(1.0);
    let level =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1")]
    let level = (level * 65_535.0 + 0.5) as u16;
    level
}

/// The levels of interleaved light of one, two, three or four bands; alpha is the last of two or four.
/// `multiplied`: whether the light was multiplied by alpha.
pub(super) fn shown(light: &[f32], bands: u32, multiplied: bool, showing: Showing) -> Vec<u16> {
    match bands {
        1 => light.as_chunks().0.iter().flat_map(|grey: &[f32; 1]| showing.shown(*grey)).collect(),
        3 => light.as_chunks().0.iter().flat_map(|rgb: &[f32; 3]| showing.shown(*rgb)).collect(),
        2 => {
            let pixels = light.as_chunks::<2>().0.iter();
            let pixels = pixels.flat_map(|[grey, alpha]| {
                let [grey] = showing.shown([straight(*grey, *alpha, multiplied)]);
                [grey, whole(*alpha)]
            });
            pixels.collect()
        }
        _ => {
            let pixels = light.as_chunks::<4>().0.iter();
            let pixels = pixels.flat_map(|[red, green, blue, alpha]| {
                let light = [*red, *green, *blue];
                let [red, green, blue] =
                    showing.shown(light.map(|light| straight(light, *alpha, multiplied)));
                [red, green, blue, whole(*alpha)]
            });
            pixels.collect()
        }
    }
}

fn straight(light: f32, alpha: f32, multiplied: bool) -> f32 {
    if multiplied && alpha > 0.0 { light / alpha } else { light }
}

/// Alpha as a level.
fn whole(alpha: f32) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let level = (alpha.clamp(0.0, 1.0) * 65_535.0 + 0.5) as u16;
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    fn showing(exposure: f64, tone: Tone) -> Showing {
        Showing::new(&SourceRules { exposure, tone: Some(tone), ..SourceRules::default() })
    }

    #[test]
    fn curves_give_the_levels_of_their_formulas() {
        let cases = [
            (0.0, Tone::Clip, 0.214_041, 32_768),
            (1.0, Tone::Clip, 0.107_02, 32_768),
            (0.0, Tone::Clip, 7.0, 65_535),
            (0.0, Tone::Reinhard, 1.0, 48_193),
            (0.0, Tone::Reinhard, f32::INFINITY, 65_535),
            // 0.8038 of light.
            (0.0, Tone::Aces, 1.0, 59_521),
            (-20.0, Tone::Aces, 0.5, 0),
            (0.0, Tone::Clip, f32::NAN, 0),
        ];
        for (exposure, tone, light, level) in cases {
            let found = shown(&[light, light, light], 3, false, showing(exposure, tone));
            assert!(found[0].abs_diff(level) < 20, "{tone:?} {light}: {found:?}");
            assert_eq!(found[..2], found[1..]);
            assert_eq!(shown(&[light], 1, false, showing(exposure, tone)).len(), 1);
        }
    }

    #[test]
    fn reinhards_curve_keeps_the_colour() {
        let found = shown(&[2.0, 1.0, 0.0], 3, false, showing(0.0, Tone::Reinhard));
        let luminance = 2.0 * LUMINANCE[0] + LUMINANCE[1];
        assert_eq!(found, [2.0, 1.0, 0.0].map(|light: f32| stored(light / (1.0 + luminance))));
    }

    #[test]
    fn light_under_alpha_is_divided_by_it() {
        let showing = showing(0.0, Tone::Clip);
        let found = shown(&[0.25, 0.25, 0.25, 0.5], 4, true, showing);
        assert_eq!(found, [stored(0.5), stored(0.5), stored(0.5), 32_768]);
        assert_eq!(shown(&[0.25, 0.0], 2, true, showing), [stored(0.25), 0]);
    }
}
