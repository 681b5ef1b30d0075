//! The difference of two texts as one replaced range.

/// The one range in which two texts differ. Offsets are bytes, at the borders of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    before: blake3::Hash,
    after: blake3::Hash,
    start: usize,
    removed: String,
    inserted: String,
}

impl Difference {
    /// Computes the range that turns one text into another.
    pub(super) fn between(before: &str, after: &str) -> Self {
        let start = common_start(before, after);
        let end = common_end(&before[start..], &after[start..]);
        Self {
            before: blake3::hash(before.as_bytes()),
            after: blake3::hash(after.as_bytes()),
            start,
            removed: before[start..before.len() - end].to_owned(),
            inserted: after[start..after.len() - end].to_owned(),
        }
    }

    /// Whether the texts are equal.
    pub(super) fn is_empty(&self) -> bool {
        self.removed == self.inserted
    }

    /// The number of bytes that the difference holds.
    pub(super) fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }

    /// Returns the text after the change; `None` where `before` is not the text that was changed.
    pub(super) fn apply(&self, before: &str) -> Option<String> {
        is_of(before, self.before)
            .then(|| replace(before, self.start, &self.removed, &self.inserted))?
    }

    /// Returns the text before the change; `None` where `after` is not the changed text.
    pub(super) fn revert(&self, after: &str) -> Option<String> {
        is_of(after, self.after)
            .then(|| replace(after, self.start, &self.inserted, &self.removed))?
    }
}

fn is_of(text: &str, hash: blake3::Hash) -> bool {
    blake3::hash(text.as_bytes()) == hash
}

fn replace(text: &str, start: usize, old: &str, new: &str) -> Option<String> {
    let tail = text.get(start..)?.strip_prefix(old)?;
    Some([&text[..start], new, tail].concat())
}

/// Counts the bytes that two texts have in common at their start, in whole characters.
fn common_start(one: &str, other: &str) -> usize {
    let equal = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    (0..=equal)
        .rev()
        .find(|&at| one.is_char_boundary(at) && other.is_char_boundary(at))
        .unwrap_or(0)
}

/// Counts the bytes that two texts have in common at their end, in whole characters.
fn common_end(one: &str, other: &str) -> usize {
    let pairs = one.bytes().rev().zip(other.bytes().rev());
    let equal = pairs.take_while(|(one, other)| one == other).count();
    let whole = |at: &usize| {
        one.is_char_boundary(one.len() - at) && other.is_char_boundary(other.len() - at)
    };
    (0..=equal).rev().find(whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_leads_there_and_back_and_is_small() {
        let cases = [
            ("", "", 0),
            ("a", "", 1),
            ("quality = 80\n", "quality = 85\n", 2),
            ("aaa", "aaaa", 1),
            ("é", "è", 4),
            ("x é y", "x ê y", 4),
            ("abc", "abc", 0),
            ("\u{1F600}", "\u{1F601}", 8),
        ];
        for (before, after, bytes) in cases {
            let difference = Difference::between(before, after);
            assert_eq!(difference.bytes(), bytes, "{before:?} {after:?}");
            assert_eq!(difference.apply(before).as_deref(), Some(after));
            assert_eq!(difference.revert(after).as_deref(), Some(before));
            assert_eq!(difference.is_empty(), before == after);
        }
    }

    #[test]
    fn another_text_is_refused() {
        let difference = Difference::between("quality = 80", "quality = 85");
        assert_eq!(difference.apply("quality = 70"), None);
        assert_eq!(difference.apply("qual"), None);
        assert_eq!(difference.revert("équality = 85"), None);
    }
}
