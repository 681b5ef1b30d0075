//! The values that options are given.

use cropmark_rules::value::{Color, Gravity, Length, Point};

use crate::number;

/// A gravity with offsets: pixels from 1 on, below it shares of the image.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Placement {
    pub(super) gravity: Gravity,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A reason why an argument is not understood.
pub(super) type Refused = String;

pub(super) fn flag(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True")
}

pub(super) fn whole(text: &str) -> Result<f64, Refused> {
    #[expect(clippy::cast_precision_loss, reason = "sizes beyond 2^53 are refused by the language")]
    let number = number::whole(text).map(|whole| whole as f64);
    number.ok_or_else(|| expected("a whole number from 0", text))
}

pub(super) fn positive(text: &str) -> Result<f64, Refused> {
    let number = number::parse(text).filter(|number| *number > 0.0);
    number.ok_or_else(|| expected("a number above 0", text))
}

pub(super) fn number(text: &str) -> Result<f64, Refused> {
    number::parse(text).ok_or_else(|| expected("a number", text))
}

pub(super) fn between(text: &str, least: f64, most: f64) -> Result<f64, Refused> {
    let number = number::parse(text).filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| expected(&format!("a number from {least} to {most}"), text))
}

pub(super) fn color(text: &str) -> Result<Color, Refused> {
    let color = matches!(text.len(), 3 | 6).then(|| format!("#{text}").parse().ok()).flatten();
    color.ok_or_else(|| expected("a colour such as ff8800", text))
}

pub(super) fn expected(what: &str, text: &str) -> Refused {
    format!("{} is not {what}", crate::notes::shown(text))
}

/// The names of the compass points.
const COMPASS: [(&str, Gravity); 9] = [
    ("ce", Gravity::Center),
    ("no", Gravity::North),
    ("so", Gravity::South),
    ("ea", Gravity::East),
    ("we", Gravity::West),
    ("noea", Gravity::NorthEast),
    ("nowe", Gravity::NorthWest),
    ("soea", Gravity::SouthEast),
    ("sowe", Gravity::SouthWest),
];

pub(super) fn compass(text: &str) -> Result<Gravity, Refused> {
    let found = COMPASS.iter().find(|(name, _)| *name == text);
    found.map(|(_, gravity)| *gravity).ok_or_else(|| expected("a gravity", text))
}

/// Reads `type:x:y`; `may_look` tells whether `sm` is allowed.
pub(super) fn placement(arguments: &[&str], may_look: bool) -> Result<Placement, Refused> {
    let at = |index: usize| arguments.get(index).copied().unwrap_or_default();
    let offset = |text: &str| if text.is_empty() { Ok(0.0) } else { number(text) };
    let name = at(0);
    if arguments.len() > 3 && !name.starts_with("obj") {
        return Err("a gravity has at most two offsets".to_owned());
    }
    match name {
        "sm" if may_look => Ok(Placement { gravity: Gravity::Smart, ..Placement::default() }),
        "fp" => {
            let point = Point { x: between(at(1), 0.0, 1.0)?, y: between(at(2), 0.0, 1.0)? };
            Ok(Placement { gravity: Gravity::Point(point), ..Placement::default() })
        }
        "obj" if may_look && arguments == ["obj", "face"] => {
            Ok(Placement { gravity: Gravity::Face, ..Placement::default() })
        }
        "obj" | "objw" => Err(format!("{name}: finding objects is of imgproxy Pro")),
        _ => Ok(Placement { gravity: compass(name)?, x: offset(at(1))?, y: offset(at(2))? }),
    }
}

impl Placement {
    /// The offsets as lengths, pixels multiplied by `dpr`.
    pub(super) fn offsets(&self, dpr: f64) -> (Length, Length) {
        (offset(self.x, dpr), offset(self.y, dpr))
    }

    pub(super) fn has_offset(&self) -> bool {
        self.x != 0.0 || self.y != 0.0
    }
}

fn offset(offset: f64, dpr: f64) -> Length {
    if offset == 0.0 {
        return Length::ZERO;
    }
    #[expect(clippy::float_cmp, reason = "a density that is left out is exactly 1")]
    let pixels = if dpr == 1.0 { offset } else { number::even(offset * dpr) };
    if offset.abs() >= 1.0 { Length::Pixels(pixels) } else { number::share(offset) }
}

/// Writes a gravity and offsets as arguments; `None` where the system has no name for it.
pub(super) fn write(gravity: Gravity, x: Length, y: Length) -> Option<String> {
    let name = match gravity {
        Gravity::Smart => return Some("sm".to_owned()),
        Gravity::Face => return Some("obj:face".to_owned()),
        Gravity::Point(Point { x, y }) => {
            return Some(format!("fp:{}:{}", number::write(x), number::write(y)));
        }
        _ => COMPASS.iter().find(|(_, known)| *known == gravity)?.0,
    };
    if x.resolve(100.0) == 0.0 && y.resolve(100.0) == 0.0 {
        return Some(name.to_owned());
    }
    Some(format!("{name}:{}:{}", length(x)?, length(y)?))
}

/// Writes a length as pixels from 1 on, or as a share below it; `None` for what is neither.
pub(super) fn length(length: Length) -> Option<String> {
    let (value, fits) = match length {
        Length::Pixels(pixels) => (pixels, pixels == 0.0 || pixels.abs() >= 1.0),
        Length::Percent(percent) => (percent / 100.0, percent.abs() < 100.0),
    };
    fits.then(|| number::write(value))
}
