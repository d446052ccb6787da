use std::str::FromStr;

use crate::Error;

/// Which part of a list is wanted; pages count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub number: u32,
    pub size: u32,
}

/// One page of a list, and how long the whole list is.
#[derive(Debug, Clone, PartialEq)]
pub struct Paged<T> {
    pub items: Vec<T>,
    pub total: u64,
    pub page: u32,
    pub page_size: u32,
}

/// By what a list is sorted; equal items keep a fixed order of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order<By> {
    pub by: By,
    pub descending: bool,
}

impl Page {
    pub const DEFAULT_SIZE: u32 = 100;
    pub const MAX_SIZE: u32 = 500;

    /// The DLCS's rule: a number below 1 means the first page, a size out of range the default.
    pub fn lenient(number: i64, size: i64) -> Self {
        let number = u32::try_from(number.max(1)).unwrap_or(u32::MAX);
        let size = u32::try_from(size).ok().filter(|size| (1..=Self::MAX_SIZE).contains(size));
        Self { number, size: size.unwrap_or(Self::DEFAULT_SIZE) }
    }

    pub(crate) fn offset(self) -> i64 {
        i64::from(self.number.saturating_sub(1)) * i64::from(self.size)
    }

    pub(crate) fn of<T>(self, items: Vec<T>, total: i64) -> Paged<T> {
        let total = u64::try_from(total).unwrap_or_default();
        Paged { items, total, page: self.number, page_size: self.size }
    }
}

impl Default for Page {
    fn default() -> Self {
        Self { number: 1, size: Self::DEFAULT_SIZE }
    }
}

impl<By: FromStr<Err = Error>> Order<By> {
    pub fn ascending(property: &str) -> Result<Self, Error> {
        Ok(Self { by: property.parse()?, descending: false })
    }

    pub fn descending(property: &str) -> Result<Self, Error> {
        Ok(Self { by: property.parse()?, descending: true })
    }
}

impl<T> Paged<T> {
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Paged<U> {
        let Self { items, total, page, page_size } = self;
        Paged { items: items.into_iter().map(change).collect(), total, page, page_size }
    }
}
