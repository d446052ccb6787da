use std::{fmt, str::FromStr};

use crate::{Error, JobKind, Priority};

/// What a worker of its own is there for: however much waits in one lane, no other is kept waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// Images, and files that are delivered as they are.
    Assets,
    Recordings,
    Documents,
    Projections,
    Sites,
    CleanUps,
}

impl Lane {
    const ALL: [Self; 6] = [
        Self::Assets,
        Self::Recordings,
        Self::Documents,
        Self::Projections,
        Self::Sites,
        Self::CleanUps,
    ];

    /// What a customer's queue consists of, which can be paused.
    pub(crate) const OF_QUEUES: [Self; 3] = [Self::Assets, Self::Recordings, Self::Documents];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Assets => "assets",
            Self::Recordings => "recordings",
            Self::Documents => "documents",
            Self::Projections => "projections",
            Self::Sites => "sites",
            Self::CleanUps => "clean-ups",
        }
    }
}

impl JobKind {
    pub(crate) fn lane(self) -> Lane {
        match self {
            Self::IngestImage | Self::IngestFile => Lane::Assets,
            Self::IngestTimeBased => Lane::Recordings,
            Self::TakeApart => Lane::Documents,
            Self::Project => Lane::Projections,
            Self::Tile => Lane::Sites,
            Self::CleanUp => Lane::CleanUps,
        }
    }
}

impl Priority {
    /// Those within which customers take turns. What somebody waits for is done at once, and what is left for idle hours
    /// is nobody's in particular.
    pub(crate) const IN_LINES: [Self; 2] = [Self::Priority, Self::Normal];

    pub(crate) fn is_in_line(self) -> bool {
        Self::IN_LINES.contains(&self)
    }
}

impl FromStr for Lane {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let lane = Self::ALL.into_iter().find(|lane| lane.as_str() == text);
        lane.ok_or_else(|| Error::Invalid(format!("there is no lane called '{text}'")))
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
