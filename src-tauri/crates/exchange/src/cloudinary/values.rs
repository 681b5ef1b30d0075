//! The values that parameters are given.

use cropmark_rules::{
    Format, FormatRule,
    value::{Aspect, Color, Gravity, Length},
};

use crate::number;

/// A parameter of a component: its name and its value.
pub(super) type Parameter<'t> = (&'t str, &'t str);

/// The names of the compass points.
const COMPASS: [(&str, Gravity); 9] = [
    ("center", Gravity::Center),
    ("north", Gravity::North),
    ("north_east", Gravity::NorthEast),
    ("east", Gravity::East),
    ("south_east", Gravity::SouthEast),
    ("south", Gravity::South),
    ("south_west", Gravity::SouthWest),
    ("west", Gravity::West),
    ("north_west", Gravity::NorthWest),
];

/// Reads a gravity; what looks at the content of the image is [`Gravity::Smart`].
pub(super) fn gravity(text: &str) -> Option<Gravity> {
    if matches!(text, "face" | "faces") {
        return Some(Gravity::Face);
    }
    if text == "auto" || text.starts_with("auto:") {
        return Some(Gravity::Smart);
    }
    COMPASS.iter().find(|(name, _)| *name == text).map(|(_, gravity)| *gravity)
}

pub(super) fn gravity_name(gravity: Gravity) -> Option<&'static str> {
    if gravity == Gravity::Smart {
        return Some("auto");
    }
    if gravity == Gravity::Face {
        return Some("face");
    }
    COMPASS.iter().find(|(_, known)| *known == gravity).map(|(name, _)| *name)
}

/// Reads a length: with a point it is a share of the image's side, else pixels.
pub(super) fn length(text: &str) -> Option<Length> {
    let value = number::parse(text)?;
    let is_share = text.contains('.') && value.abs() <= 10.0;
    Some(if is_share { number::share(value) } else { Length::Pixels(value) })
}

pub(super) fn length_text(length: Length) -> Option<String> {
    match length {
        Length::Pixels(pixels) => {
            ((pixels - pixels.round()).abs() < 1e-9).then(|| number::write(pixels))
        }
        Length::Percent(percent) => {
            let text = number::write(percent / 100.0);
            Some(if text.contains('.') { text } else { format!("{text}.0") })
        }
    }
}

/// Reads a ratio: `16:9` or `1.5`.
pub(super) fn aspect(text: &str) -> Option<Aspect> {
    if text.contains(':') {
        return text.parse().ok();
    }
    format!("{}:1", number::write(number::parse(text)?)).parse().ok()
}

/// Reads a colour: `rgb:ff8800`, `rgb:ff880080` or a name.
pub(super) fn color(text: &str) -> Option<Color> {
    match text.strip_prefix("rgb:") {
        Some(hex) => format!("#{hex}").parse().ok(),
        None => text.parse().ok().filter(|_| !text.starts_with('#')),
    }
}

pub(super) fn color_text(color: Color) -> String {
    format!("rgb:{}", color.to_string().trim_start_matches('#'))
}

pub(super) fn format(name: &str) -> Option<FormatRule> {
    Some(FormatRule::Named(match name {
        "jpg" | "jpeg" | "jpe" => Format::Jpeg,
        "tif" | "tiff" => Format::Tiff,
        "png" | "webp" | "avif" | "gif" | "bmp" | "jxl" => Format::named(name)?,
        "heic" | "heif" => Format::Heic,
        _ => return None,
    }))
}
