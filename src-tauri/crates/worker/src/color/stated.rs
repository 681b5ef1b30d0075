//! Colours that files state by numbers instead of by a profile, and the small profiles that say the
//! same, so that all that comes after needs to know profiles only.

use super::profile::{BT2020, D65, DISPLAY_P3, Primaries, SRGB, WHITE, adaptation, transposed};

/// Colours as code points (ITU-T H.273), as AVIF and PNG have them instead of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cicp {
    pub(crate) primaries: u16,
    pub(crate) transfer: u16,
}

impl Cicp {
    /// Whether the picture is meant for a display of high dynamic range.
    pub(crate) fn is_high_range(self) -> bool {
        matches!(self.transfer, 16 | 18)
    }

    /// The colours that these code points stand for; `None` where they are not known here.
    pub(crate) fn stated(self) -> Option<Stated> {
        let (name, primaries) = match self.primaries {
            1 => ("sRGB", SRGB),
            9 => ("Rec. 2020", BT2020),
            12 => ("Display P3", DISPLAY_P3),
            _ => return None,
        };
        let tone = match self.transfer {
            4 => Tone::Power(2.2),
            5 => Tone::Power(2.8),
            8 => Tone::Power(1.0),
            // Pictures in the curves of television and of high dynamic range are taken as they are
            // stored.
            1 | 2 | 6 | 11..=16 | 18 => Tone::Srgb,
            _ => return None,
        };
        let is_srgb = self.primaries == 1 && tone == Tone::Srgb;
        Some(if is_srgb {
            Stated::Srgb
        } else {
            Stated::Profile(write(name, Some(&primaries), tone))
        })
    }
}

/// Colours that a file states in another way than by a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stated {
    Srgb,
    /// Those of this profile, which was made for them.
    Profile(Vec<u8>),
}

/// How stored values become light.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tone {
    /// sRGB's curve (IEC 61966-2-1).
    Srgb,
    /// The stored value to this power.
    Power(f64),
}

/// What a PNG's gAMA and cHRM chunks say (PNG, third edition, 11.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct PngColors {
    /// The power by which light was stored.
    pub(crate) gamma: Option<f64>,
    /// Red, green, blue and white as CIE x, y.
    pub(crate) primaries: Option<[[f64; 2]; 4]>,
}

impl PngColors {
    /// The colours that the chunks stand for; `None` where they are sRGB's within what such chunks
    /// can say, or make no sense.
    pub(crate) fn stated(self, is_grey: bool) -> Option<Stated> {
        let gamma = self.gamma.filter(|gamma| (0.05..=20.0).contains(gamma));
        let tone = gamma.map_or(Tone::Srgb, |gamma| Tone::Power(1.0 / gamma));
        // 1/2.2 is how a gAMA chunk writes sRGB's own curve.
        let tone = match tone {
            Tone::Power(power) if (power - 2.2).abs() < 0.02 => Tone::Srgb,
            other => other,
        };
        let usable = |primaries: &[[f64; 2]; 4]| {
            let matrix = Primaries(*primaries).to_connection_space();
            matrix.as_flattened().iter().all(|value| value.abs() < 10.0)
        };
        let near = |one: &[[f64; 2]; 4]| {
            let pairs = one.as_flattened().iter().zip(SRGB.0.as_flattened());
            pairs.into_iter().all(|(a, b)| (a - b).abs() < 0.002)
        };
        let primaries = self.primaries.filter(usable).filter(|it| !is_grey && !near(it));
        if tone == Tone::Srgb && primaries.is_none() {
            return None;
        }
        let primaries = primaries.map_or(SRGB, Primaries);
        Some(Stated::Profile(write("PNG", (!is_grey).then_some(&primaries), tone)))
    }
}

/// The profile of Display P3.
pub(crate) fn display_p3() -> Vec<u8> {
    write("Display P3", Some(&DISPLAY_P3), Tone::Srgb)
}

/// A profile of version 4 with a matrix and a tone curve; without primaries, one for grey.
pub(super) fn write(name: &str, primaries: Option<&Primaries>, tone: Tone) -> Vec<u8> {
    let text = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let length = u32::try_from(units.len()).unwrap_or(0);
        let mut tag = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS".to_vec();
        tag.extend(length.to_be_bytes());
        tag.extend(28u32.to_be_bytes());
        tag.extend(units);
        tag
    };
    let numbers = |kind: &[u8], values: &[f64]| {
        let mut tag = kind.to_vec();
        tag.extend(values.iter().flat_map(|value| to_fixed(*value).to_be_bytes()));
        tag
    };
    let xyz = |values: &[f64]| numbers(b"XYZ \0\0\0\0", values);
    let white = Primaries([[0.0; 2], [0.0; 2], [0.0; 2], D65]).0[3];
    let adaptation = adaptation([white[0] / white[1], 1.0, (1.0 - white[0] - white[1]) / white[1]]);
    let curve = match tone {
        Tone::Srgb => {
            let formula = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45];
            numbers(b"para\0\0\0\0\0\x03\0\0", &formula)
        }
        Tone::Power(power) => numbers(b"para\0\0\0\0\0\0\0\0", &[power]),
    };
    let mut tags: Vec<(&[&[u8; 4]], Vec<u8>)> = vec![
        (&[b"desc"], text(name)),
        (&[b"cprt"], text("CC0")),
        (&[b"wtpt"], xyz(&WHITE)),
        (&[b"chad"], numbers(b"sf32\0\0\0\0", adaptation.as_flattened())),
    ];
    if let Some(primaries) = primaries {
        let columns = transposed(primaries.to_connection_space());
        tags.push((&[b"rXYZ"], xyz(&columns[0])));
        tags.push((&[b"gXYZ"], xyz(&columns[1])));
        tags.push((&[b"bXYZ"], xyz(&columns[2])));
        tags.push((&[b"rTRC", b"gTRC", b"bTRC"], curve));
    } else {
        tags.push((&[b"kTRC"], curve));
    }
    let count = tags.iter().map(|(names, _)| names.len()).sum::<usize>();
    let (mut table, mut data) = (Vec::new(), Vec::new());
    for (names, tag) in &tags {
        let offset = 128 + 4 + count * 12 + data.len();
        for name in *names {
            table.extend(**name);
            table.extend(u32::try_from(offset).unwrap_or(0).to_be_bytes());
            table.extend(u32::try_from(tag.len()).unwrap_or(0).to_be_bytes());
        }
        data.extend(tag);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let length = 128 + 4 + table.len() + data.len();
    let mut profile = vec![0; 128];
    let mut put = |at: usize, bytes: &[u8]| profile[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &u32::try_from(length).unwrap_or(0).to_be_bytes());
    put(8, &[4, 0x40]);
    put(12, if primaries.is_some() { b"mntrRGB XYZ " } else { b"mntrGRAYXYZ " });
    put(24, &[0x07, 0xe9, 0, 1, 0, 1]);
    put(36, b"acsp");
    for (index, value) in WHITE.iter().enumerate() {
        put(68 + index * 4, &to_fixed(*value).to_be_bytes());
    }
    profile.extend(u32::try_from(count).unwrap_or(0).to_be_bytes());
    profile.extend(table);
    profile.extend(data);
    profile
}

#[expect(clippy::cast_possible_truncation, reason = "profiles hold small numbers")]
fn to_fixed(value: f64) -> i32 {
    (value * 65_536.0).round() as i32
}

#[cfg(test)]
mod tests {
    use super::{
        super::profile::{Known, Model, read},
        *,
    };

    fn known(stated: Option<Stated>) -> Option<Known> {
        let Some(Stated::Profile(bytes)) = stated else { panic!("{stated:?}") };
        read(&bytes).unwrap().known
    }

    #[test]
    fn code_points_stand_for_colours() {
        let stated = |primaries, transfer| Cicp { primaries, transfer }.stated();
        assert_eq!(stated(1, 13), Some(Stated::Srgb));
        assert_eq!(known(stated(12, 13)), Some(Known::DisplayP3));
        assert_eq!(known(stated(1, 8)), None);
        assert_eq!(stated(2, 2), None);
        assert_eq!(stated(1, 200), None);
    }

    #[test]
    fn chunks_that_say_srgb_change_nothing() {
        let srgb = [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], [0.3127, 0.329]];
        let stated = |gamma, primaries, grey| PngColors { gamma, primaries }.stated(grey);
        assert_eq!(stated(Some(0.45455), Some(srgb), false), None);
        assert_eq!(stated(Some(0.0), Some([[0.0; 2]; 4]), false), None);
        assert!(stated(Some(1.0), None, false).is_some());
        let wide = [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], [0.3127, 0.329]];
        assert_eq!(known(stated(Some(0.45455), Some(wide), false)), Some(Known::DisplayP3));
        assert_eq!(stated(None, Some(wide), true), None);
        let Some(Stated::Profile(grey)) = stated(Some(1.0), None, true) else { panic!() };
        assert_eq!(read(&grey).unwrap().model, Model::Grey);
    }
}
