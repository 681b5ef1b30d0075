//! Numbers as texts, and lengths in other systems' notations.

use cropmark_rules::value::Length;

/// Reads a finite decimal number.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+');
    if text.is_empty() || text.len() > 30 || !text.bytes().all(plain) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Reads a whole number from 0.
pub(crate) fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// Writes a number without an exponent, and without digits that only a rounding error made.
pub(crate) fn write(number: f64) -> String {
    let rounded = tidy(number);
    if rounded == 0.0 { "0".to_owned() } else { format!("{rounded}") }
}

/// Removes what only a rounding error can have added.
pub(crate) fn tidy(number: f64) -> f64 {
    let rounded = (number * 1e9).round() / 1e9;
    if rounded.is_finite() { rounded } else { number }
}

/// A share of a side (0.5) as a length.
pub(crate) fn share(share: f64) -> Length {
    Length::Percent(tidy(share * 100.0))
}

/// Rounds to the nearest whole number, halves to the even one.
pub(crate) fn even(number: f64) -> f64 {
    number.round_ties_even()
}

/// The pixels of a length that is not a share.
pub(crate) fn pixels(length: Length) -> Option<f64> {
    match length {
        Length::Pixels(pixels) => Some(pixels),
        Length::Percent(_) => None,
    }
}
