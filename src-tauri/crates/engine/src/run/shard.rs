//! Parts of a run that several computers share: each source is in one of them, by its content.

use std::{fmt, str::FromStr};

use cropmark_rules::ContentHash;
use serde::{Deserialize, Serialize};

/// One of several parts of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    number: u32,
    count: u32,
}

/// Why a shard is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no shard: write its number and how many there are, from 1/N to N/N, such as 2/3")]
pub struct ShardError(String);

impl Shard {
    /// Makes the shard of this number, from 1 to `count`.
    ///
    /// # Errors
    /// Where the number is not one of them.
    pub fn new(number: u32, count: u32) -> Result<Self, ShardError> {
        let is_one = (1..=count).contains(&number);
        is_one.then_some(Self { number, count }).ok_or(ShardError(format!("{number}/{count}")))
    }

    /// Whether a source with this content is in it.
    #[must_use]
    pub fn takes(self, content: ContentHash) -> bool {
        // The first bytes of a hash are as good as random.
        let start = content.as_bytes().first_chunk().map_or(0, |start| u64::from_le_bytes(*start));
        start % u64::from(self.count) == u64::from(self.number - 1)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let fault = || ShardError(text.to_owned());
        let (number, count) = text.split_once('/').ok_or_else(fault)?;
        let read = |text: &str| text.trim().parse().map_err(|_| fault());
        Self::new(read(number)?, read(count)?)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read_and_written() {
        let shard: Shard = " 2/ 3".parse().unwrap();
        assert_eq!((shard, shard.to_string().as_str()), (Shard::new(2, 3).unwrap(), "2/3"));
        for text in ["0/3", "4/3", "1/0", "1", "a/b", "1/3/5", "-1/3", ""] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_content_is_in_one_shard_and_each_has_its_part() {
        let contents = (0..3000_u32).map(|number| ContentHash::of(&number.to_le_bytes()));
        let contents: Vec<_> = contents.collect();
        for count in [1, 2, 3, 7] {
            let shards: Vec<_> = (1..=count).map(|it| Shard::new(it, count).unwrap()).collect();
            let taken = |shard: &Shard| contents.iter().filter(|it| shard.takes(**it)).count();
            let parts: Vec<usize> = shards.iter().map(taken).collect();
            let even = contents.len() / count as usize;
            assert!(parts.iter().all(|part| part.abs_diff(even) * 10 <= even), "{parts:?}");
            for content in &contents {
                assert_eq!(shards.iter().filter(|shard| shard.takes(*content)).count(), 1);
            }
        }
    }
}
