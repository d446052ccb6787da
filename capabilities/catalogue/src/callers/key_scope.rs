use std::{fmt, str::FromStr};

use crate::Error;

/// How much a key may do; each includes the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Scope {
    /// Look.
    Read,
    /// Bring assets in, change and delete them.
    Register,
    /// All that its customer may.
    #[default]
    Admin,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Read, Self::Register, Self::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Register => "register",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        found.ok_or_else(|| Error::Invalid(format!("'{text}' is none of read, register and admin")))
    }
}
