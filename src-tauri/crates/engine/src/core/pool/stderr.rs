//! Keeps the end of what a worker writes to its standard error, fit to be shown.

use std::{io::Read, mem};

/// Bytes that are kept.
const KEPT: usize = 4096;

/// The last bytes of a stream.
#[derive(Debug, Default)]
pub(crate) struct StderrTail {
    bytes: Vec<u8>,
}

impl StderrTail {
    /// Reads what is there: `Some(true)` where there may be more, `Some(false)` where there is
    /// nothing now, `None` at the end.
    pub(crate) fn read(&mut self, stream: &mut impl Read) -> Option<bool> {
        let mut buffer = [0; 16 << 10];
        match stream.read(&mut buffer) {
            Ok(0) => None,
            Ok(read) => {
                self.push(&buffer[..read]);
                Some(true)
            }
            Err(error) => match error.kind() {
                std::io::ErrorKind::Interrupted => Some(true),
                std::io::ErrorKind::WouldBlock => Some(false),
                _ => None,
            },
        }
    }

    /// Adds bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let over = self.bytes.len().saturating_sub(KEPT);
        self.bytes.drain(..over);
    }

    /// Forgets what was there.
    pub(crate) fn clear(&mut self) {
        mem::take(&mut self.bytes);
    }

    /// The bytes as one line of text: no control characters, no half characters at its start.
    pub(crate) fn text(&self) -> String {
        let start = self.bytes.iter().position(|byte| byte & 0b1100_0000 != 0b1000_0000);
        let text = String::from_utf8_lossy(&self.bytes[start.unwrap_or(0)..]);
        one_line(&text)
    }
}

/// Returns a text without control characters, its words set apart by single spaces.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_kept_and_it_is_clean() {
        let mut tail = StderrTail::default();
        tail.push("ö".repeat(5000).as_bytes());
        tail.push(b"x \x1b[31mred\n\nalert\0\xff");
        let text = tail.text();
        assert!(text.len() <= KEPT + 8);
        assert!(text.starts_with('ö'), "{}", &text[..8]);
        assert!(text.ends_with("x [31mred alert \u{fffd}"), "{text}");
        tail.clear();
        assert_eq!(tail.text(), "");
    }
}
