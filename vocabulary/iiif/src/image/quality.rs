use std::fmt;

use serde::{Deserialize, Serialize};

/// Which colours the answer has. Spelled as in the specification: `color`, `gray`.
///
/// Not the quality of compression, which no request can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    Default,
    Color,
    Gray,
    Bitonal,
}

impl Quality {
    pub const ALL: [Self; 4] = [Self::Default, Self::Color, Self::Gray, Self::Bitonal];

    pub(super) const ACCEPTED: &str = "default, color, gray or bitonal";

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.as_str() == text)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Color => "color",
            Self::Gray => "gray",
            Self::Bitonal => "bitonal",
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
