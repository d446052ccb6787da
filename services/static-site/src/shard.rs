use std::{fmt, str::FromStr};

use crate::Error;

/// One of several runs that share a task: every run takes each n-th object, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    count: u64,
}

impl Shard {
    pub fn new(index: u64, count: u64) -> Result<Self, Error> {
        match index < count {
            true => Ok(Self { index, count }),
            false => Err(Error::Input(format!(
                "shard {index} of {count}: shards are counted from 0, so the last one is {}",
                count.saturating_sub(1)
            ))),
        }
    }

    /// Objects are never cut in two, so a manifest is always one run's.
    pub fn takes(self, object: usize) -> bool {
        object as u64 % self.count == self.index
    }
}

/// As on the command line: `0/8`.
impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Input(format!("{text:?} is no shard: write 0/8 for the first of 8"));
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        Self::new(index.parse().map_err(|_| wrong())?, count.parse().map_err(|_| wrong())?)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_taken_once() {
        let shards: Vec<Shard> = (0..3).map(|n| format!("{n}/3").parse().unwrap()).collect();
        for object in 0..10 {
            assert_eq!(shards.iter().filter(|shard| shard.takes(object)).count(), 1, "{object}");
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["3/3", "0/0", "1", "a/b", "-1/3", "1/3/5", ""] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
