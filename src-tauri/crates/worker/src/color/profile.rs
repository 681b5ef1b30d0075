//! ICC profiles: just enough reading to name one and to know sRGB and Display P3, so that
//! nothing is converted to what it already is.
//!
//! Every profile comes from a stranger's file: no offset or length in it is trusted.

/// D50, the white of the space that profiles connect in.
pub(super) const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];

/// A colour space that this product knows by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Srgb,
    DisplayP3,
    /// Grey with sRGB's tone curve.
    Grey,
}

/// The colour model of a profile's device side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    Rgb,
    Grey,
    Cmyk,
    Other,
}

/// What was read of a profile.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    pub(crate) model: Model,
    /// The name that its maker gave it; empty where there is none.
    pub(crate) description: String,
    pub(crate) known: Option<Known>,
}

/// Reads a profile; `None` where the bytes are none.
pub(crate) fn read(bytes: &[u8]) -> Option<Profile> {
    if bytes.get(36..40)? != b"acsp" || bytes.len() < 132 {
        return None;
    }
    let model = match &bytes[16..20] {
        b"RGB " => Model::Rgb,
        b"GRAY" => Model::Grey,
        b"CMYK" => Model::Cmyk,
        _ => Model::Other,
    };
    let description = tag(bytes, *b"desc").and_then(description).unwrap_or_default();
    let known = match model {
        Model::Rgb => known_rgb(bytes),
        Model::Grey => {
            let curve = Curve::read(tag(bytes, *b"kTRC")?)?;
            curve.is_srgb().then_some(Known::Grey)
        }
        Model::Cmyk | Model::Other => None,
    };
    Some(Profile { model, description, known })
}

fn tag(bytes: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let count = number(bytes, 128)?.min(200);
    (0..count).find_map(|index| {
        let entry = bytes.get(132 + index * 12..)?;
        if entry.get(..4)? != name {
            return None;
        }
        let (offset, length) = (number(entry, 4)?, number(entry, 8)?);
        bytes.get(offset..offset.checked_add(length)?)
    })
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?) as usize)
}

/// A signed number with sixteen bits behind the point.
fn fixed(bytes: &[u8], at: usize) -> Option<f64> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(f64::from(i32::from_be_bytes(bytes.try_into().ok()?)) / 65_536.0)
}

/// The text of a description: plain in version 2, in several languages in version 4.
fn description(tag: &[u8]) -> Option<String> {
    let text = match tag.get(..4)? {
        b"desc" => {
            let length = number(tag, 8)?;
            let text = tag.get(12..12usize.checked_add(length)?)?;
            let text = text.split(|byte| *byte == 0).next()?;
            text.iter().map(|byte| char::from(*byte)).collect::<String>()
        }
        b"mluc" => {
            let count = number(tag, 8)?.min(100);
            let record = |index: usize| tag.get(16 + index * 12..28 + index * 12);
            let english = (0..count).find(|index| record(*index).is_some_and(|r| &r[..2] == b"en"));
            let record = record(english.unwrap_or(0))?;
            let (length, offset) = (number(record, 4)?, number(record, 8)?);
            let text = tag.get(offset..offset.checked_add(length)?)?;
            let units = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
        }
        _ => return None,
    };
    Some(crate::text::clean(&text))
}

fn known_rgb(bytes: &[u8]) -> Option<Known> {
    // With tables, the matrix is only there for those who cannot read tables.
    if tag(bytes, *b"A2B0").is_some() {
        return None;
    }
    let mut columns = [[0.0; 3]; 3];
    for (column, name) in columns.iter_mut().zip([*b"rXYZ", *b"gXYZ", *b"bXYZ"]) {
        let tag = tag(bytes, name)?;
        for (axis, value) in column.iter_mut().enumerate() {
            *value = fixed(tag, 8 + axis * 4)?;
        }
    }
    for name in [*b"rTRC", *b"gTRC", *b"bTRC"] {
        if !Curve::read(tag(bytes, name)?)?.is_srgb() {
            return None;
        }
    }
    let near = |primaries: &Primaries| {
        let matrix = primaries.to_connection_space();
        let differences = columns
            .iter()
            .enumerate()
            .flat_map(|(c, column)| column.iter().enumerate().map(move |(r, v)| (v, r, c)));
        differences
            .map(|(value, row, column)| (value - matrix[row][column]).abs())
            .all(|d| d < 0.003)
    };
    if near(&SRGB) {
        Some(Known::Srgb)
    } else if near(&DISPLAY_P3) {
        Some(Known::DisplayP3)
    } else {
        None
    }
}

/// A tone curve: from the stored value to light, both from 0 to 1.
enum Curve {
    Table(Vec<u16>),
    /// `[gamma, a, b, c, d, e, f]` of the general form (ICC.1:2022, 10.18): `(ax + b)^gamma + e`
    /// from `d` on, below it `cx + f`.
    Formula([f64; 7]),
}

impl Curve {
    fn read(tag: &[u8]) -> Option<Self> {
        match tag.get(..4)? {
            b"curv" => {
                let count = number(tag, 8)?;
                let values = tag.get(12..12usize.checked_add(count.checked_mul(2)?)?)?;
                let values: Vec<u16> = values
                    .chunks_exact(2)
                    .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                    .collect();
                Some(match values[..] {
                    [] => Self::Formula([1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
                    [gamma] => {
                        Self::Formula([f64::from(gamma) / 256.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
                    }
                    _ => Self::Table(values),
                })
            }
            b"para" => {
                let kind = tag.get(9)?;
                let count = *[1usize, 3, 4, 5, 7].get(usize::from(*kind))?;
                let mut p = [0.0; 7];
                for (index, value) in p.iter_mut().take(count).enumerate() {
                    *value = fixed(tag, 12 + index * 4)?;
                }
                Some(Self::Formula(match kind {
                    0 => [p[0], 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                    1 => [p[0], p[1], p[2], 0.0, -p[2] / p[1], 0.0, 0.0],
                    2 => [p[0], p[1], p[2], 0.0, -p[2] / p[1], p[3], p[3]],
                    3 => [p[0], p[1], p[2], p[3], p[4], 0.0, 0.0],
                    _ => p,
                }))
            }
            _ => None,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a table"
    )]
    fn at(&self, x: f64) -> f64 {
        match self {
            Self::Table(values) => {
                let place = x * (values.len() - 1) as f64;
                let below = (place.floor() as usize).min(values.len() - 2);
                let (low, high) = (f64::from(values[below]), f64::from(values[below + 1]));
                (low + (high - low) * (place - below as f64)) / 65_535.0
            }
            Self::Formula([gamma, scale, shift, slope, from, above, below]) => {
                if x >= *from {
                    (scale * x + shift).max(0.0).powf(*gamma) + above
                } else {
                    slope * x + below
                }
            }
        }
    }

    /// Whether no eight-bit value would come out more than half a step from where sRGB's own
    /// curve has it (a step and a half in the darkest twentieth).
    fn is_srgb(&self) -> bool {
        (0..=64).map(|index| f64::from(index) / 64.0).all(|x| {
            let back = srgb_stored(self.at(x));
            (back - x).abs() * 255.0 <= if x < 0.05 { 1.5 } else { 0.5 }
        })
    }
}

/// sRGB's curve backwards: from light to the stored value (IEC 61966-2-1).
fn srgb_stored(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// Red, green, blue and white of an RGB space as CIE x, y.
pub(super) struct Primaries(pub(super) [[f64; 2]; 4]);

pub(super) const D65: [f64; 2] = [0.3127, 0.329];
pub(super) const SRGB: Primaries = Primaries([[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], D65]);
pub(super) const DISPLAY_P3: Primaries =
    Primaries([[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], D65]);
pub(super) const BT2020: Primaries =
    Primaries([[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], D65]);

type Matrix = [[f64; 3]; 3];

impl Primaries {
    /// The matrix from light to XYZ as profiles connect: adapted to D50 by Bradford's method
    /// (ICC.1:2022, annex E).
    pub(super) fn to_connection_space(&self) -> Matrix {
        let xyz = |[x, y]: [f64; 2]| [x / y, 1.0, (1.0 - x - y) / y];
        let [red, green, blue, white] = self.0.map(xyz);
        let mut matrix = transposed([red, green, blue]);
        let share = applied(&inverse(&matrix), white);
        for row in &mut matrix {
            for (value, share) in row.iter_mut().zip(share) {
                *value *= share;
            }
        }
        product(&adaptation(white), &matrix)
    }
}

/// Bradford's adaptation from `white` to D50.
pub(super) fn adaptation(white: [f64; 3]) -> Matrix {
    const CONES: Matrix =
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];
    let (from, to) = (applied(&CONES, white), applied(&CONES, WHITE));
    let mut scaled = CONES;
    for (row, (from, to)) in scaled.iter_mut().zip(from.into_iter().zip(to)) {
        *row = row.map(|value| value * to / from);
    }
    product(&inverse(&CONES), &scaled)
}

pub(super) fn transposed(m: Matrix) -> Matrix {
    [0, 1, 2].map(|row| [m[0][row], m[1][row], m[2][row]])
}

fn applied(m: &Matrix, v: [f64; 3]) -> [f64; 3] {
    m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let columns = transposed(*b).map(|column| applied(a, column));
    transposed(columns)
}

fn inverse(m: &Matrix) -> Matrix {
    let minor = |r: usize, c: usize| {
        let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant: f64 = (0..3).map(|c| m[0][c] * minor(0, c)).sum();
    [0, 1, 2].map(|row| [0, 1, 2].map(|column| minor(column, row) / determinant))
}

#[cfg(test)]
mod tests {
    use super::{
        super::stated::{Tone, display_p3, write},
        *,
    };
    use crate::vips::{Call, Library};

    fn built_in(name: &str) -> Vec<u8> {
        Library::start().unwrap();
        Call::new("profile_load").text("name", name).run().unwrap().bytes("profile").unwrap()
    }

    #[test]
    fn known_spaces_are_recognised() {
        let known = |bytes: &[u8]| read(bytes).unwrap().known;
        assert_eq!(known(&built_in("srgb")), Some(Known::Srgb));
        assert_eq!(known(&built_in("p3")), Some(Known::DisplayP3));
        assert_eq!(known(&write("sRGB", Some(&SRGB), Tone::Srgb)), Some(Known::Srgb));
        assert_eq!(known(&display_p3()), Some(Known::DisplayP3));
        assert_eq!(known(&write("Rec. 2020", Some(&BT2020), Tone::Srgb)), None);
        let cmyk = read(&built_in("cmyk")).unwrap();
        assert_eq!((cmyk.model, cmyk.known), (Model::Cmyk, None));
    }

    #[test]
    fn what_is_written_can_be_read() {
        let profile = read(&display_p3()).unwrap();
        assert_eq!(profile.description, "Display P3");
        assert_eq!(profile.model, Model::Rgb);
        assert_eq!(display_p3().len() % 4, 0);
    }

    #[test]
    fn another_tone_curve_is_another_space() {
        let formula = |gamma: f64| Curve::Formula([gamma, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(!formula(2.2).is_srgb());
        assert!(!formula(1.8).is_srgb());
        let mut table = Vec::new();
        for index in 0..1024 {
            let x = f64::from(index) / 1023.0;
            let light = if x <= 0.040_45 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1")]
            table.push((light * 65_535.0).round() as u16);
        }
        assert!(Curve::Table(table).is_srgb());
    }

    #[test]
    fn broken_profiles_are_none_or_nameless() {
        let whole = display_p3();
        for length in 0..whole.len() {
            let _survives = read(&whole[..length]);
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] = 0xff;
            let _survives = read(&broken);
        }
        assert_eq!(read(b"not a profile"), None);
    }
}
