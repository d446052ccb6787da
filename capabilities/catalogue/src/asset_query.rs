use std::str::FromStr;

use crate::Error;

/// Which assets are wanted: all that is set must be equal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetFilter {
    pub string1: Option<String>,
    pub string2: Option<String>,
    pub string3: Option<String>,
    pub number1: Option<i64>,
    pub number2: Option<i64>,
    pub number3: Option<i64>,
}

/// By what assets can be sorted: every property that the API shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AssetProperty {
    #[default]
    Created,
    Name,
}

impl FromStr for AssetProperty {
    type Err = Error;

    fn from_str(_text: &str) -> Result<Self, Error> {
        todo!()
    }
}
