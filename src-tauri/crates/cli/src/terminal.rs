//! Writes text for the terminal: texts made safe for a terminal, sizes and times in words, colours where they
//! can be shown.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _, Write as _},
    sync::atomic::{AtomicBool, Ordering},
};

use cropmark_rules::without_error_numbers;
use serde::Serialize;

/// Whether lines for standard output could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Makes a text safe to print: control characters, and marks that change the direction of writing,
/// become escapes.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_obeyed(letter) {
            plain.extend(letter.escape_default());
        } else {
            plain.push(letter);
        }
    }
    plain
}

/// Writes a value as a line of JSON in which nothing is left that a terminal obeys: JSON itself lets
/// some control characters stand.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(value)?;
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_obeyed(letter) {
            let _ = write!(line, "\\u{:04x}", u32::from(letter));
        } else {
            line.push(letter);
        }
    }
    Ok(line)
}

/// Whether a terminal takes a letter for a command, or for the direction of writing.
fn is_obeyed(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2066}'..='\u{2069}')
}

/// Writes a number of bytes with its unit, such as `1.5 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut amount = bytes as f64 / 1000.0;
    let mut unit = 0;
    while amount >= 999.95 && unit + 1 < UNITS.len() {
        amount /= 1000.0;
        unit += 1;
    }
    format!("{amount:.1} {}", UNITS[unit])
}

/// Writes a duration with its unit, such as `2 min 5 s`.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a run is far shorter than 2^63 seconds"
    )]
    let whole = seconds.round() as u64;
    if whole < 3600 {
        format!("{} min {} s", whole / 60, whole % 60)
    } else {
        format!("{} h {} min", whole / 3600, whole % 3600 / 60)
    }
}

/// Writes a count with its noun: `1 file`, `2 files`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Whether standard error is a terminal that can redraw a line.
pub(crate) fn can_redraw() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether this output is a terminal that shows colours.
pub(crate) fn has_colors(output: &impl io::IsTerminal) -> bool {
    output.is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Prints an error on standard error, with each line made safe.
pub(crate) fn complain(message: &str) {
    let mut text = String::new();
    let message = without_error_numbers(message.to_owned());
    for (index, line) in message.lines().enumerate() {
        let head = if index == 0 { "cropmark: " } else { "  " };
        let _ = writeln!(text, "{head}{}", plain(line));
    }
    // Where standard error is closed, the message is lost.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Whether lines for standard output could not be written, for example on a full disk.
pub(crate) fn has_lost_lines() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Writes standard output line by line. Where the reader has closed it, lines are dropped and the
/// work goes on. It also goes on where they cannot be written, and then an error is printed once.
pub(crate) struct Lines {
    is_open: bool,
    has_colors: bool,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self { is_open: true, has_colors: has_colors(&io::stdout()) }
    }

    /// Writes a line without buffering it.
    pub(crate) fn line(&mut self, line: &str) {
        if !self.is_open {
            return;
        }
        let mut output = io::stdout().lock();
        let written = writeln!(output, "{line}").and_then(|()| output.flush());
        let Err(error) = written else { return };
        self.is_open = false;
        if error.kind() != io::ErrorKind::BrokenPipe {
            LOST.store(true, Ordering::Relaxed);
            complain(&format!("standard output cannot be written ({error}); lines are missing"));
        }
    }

    /// Colours a word red where colours are shown.
    pub(crate) fn red(&self, word: &str) -> String {
        if self.has_colors { format!("\u{1b}[31m{word}\u{1b}[0m") } else { word.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        assert_eq!(plain("a ü 漢.jpg"), "a ü 漢.jpg");
        assert_eq!(plain("a\u{1b}[31m\n\u{9b}b\u{202e}"), r"a\u{1b}[31m\n\u{9b}b\u{202e}");
    }

    #[test]
    fn lines_of_json_mean_the_same_and_a_terminal_obeys_none_of_them() {
        let text = "a\u{1b}[31m\u{9b}31m\u{7f}\u{202e}\u{61c} \u{e9}\n";
        let line = json(&text).unwrap();
        assert!(!line.chars().any(is_obeyed), "{line:?}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        assert!(line.contains('\u{e9}'));
    }

    #[test]
    fn sizes_and_times_are_short() {
        let sizes = [(999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB")];
        for (bytes, expected) in sizes {
            assert_eq!(size(bytes), expected);
        }
        let times = [(0.04, "0.0 s"), (59.9, "59.9 s"), (61.0, "1 min 1 s"), (7322.0, "2 h 2 min")];
        for (seconds, expected) in times {
            assert_eq!(duration(seconds), expected);
        }
    }
}
