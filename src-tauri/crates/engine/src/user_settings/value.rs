//! Reads and writes the values of settings.

use std::{ops::RangeInclusive, time::Duration};

/// The units of bytes, the longest names first.
const UNITS: [(&str, u64); 8] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
    ("", 1),
];

/// Reads a whole number.
pub(super) fn count<N: TryFrom<u64>>(text: &str, range: RangeInclusive<u64>) -> Result<N, String> {
    let number = text.replace('_', "").parse::<u64>().ok().filter(|it| range.contains(it));
    let fault = || format!("{text:?} is no whole number from {} to {}", range.start(), range.end());
    number.and_then(|number| N::try_from(number).ok()).ok_or_else(fault)
}

/// Reads a number of bytes, with or without a unit.
pub(super) fn bytes<N: TryFrom<u64>>(text: &str, range: RangeInclusive<u64>) -> Result<N, String> {
    let plain = text.trim().replace('_', "");
    let number = UNITS.iter().find_map(|(unit, factor)| {
        let number = plain.strip_suffix(unit)?.trim().parse::<u64>().ok()?;
        number.checked_mul(*factor)
    });
    let fault = || {
        format!(
            "{text:?} is no size from {} to {}; write a number of bytes, or one such as \"512 MiB\"",
            sized(*range.start()),
            sized(*range.end())
        )
    };
    let number = number.filter(|number| range.contains(number));
    number.and_then(|number| N::try_from(number).ok()).ok_or_else(fault)
}

/// Reads a time in seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|it| (0.001..=86_400.0).contains(it));
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("{text:?} is no time from 0.001 to 86400 seconds"))
}

/// Reads what may be unlimited: -1 is no limit.
pub(super) fn or_none<T>(
    text: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if text == "-1" { Ok(None) } else { read(text).map(Some) }
}

/// Reads yes or no.
pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

/// Writes a number of bytes with the largest unit that fits.
pub(super) fn sized(bytes: u64) -> String {
    let binary = UNITS.iter().filter(|(unit, _)| unit.ends_with("iB"));
    let fits = |factor: &u64| bytes >= *factor && bytes.is_multiple_of(*factor);
    let unit = binary.clone().find(|(_, factor)| fits(factor));
    unit.map_or_else(|| bytes.to_string(), |(unit, factor)| format!("{} {unit}", bytes / factor))
}
