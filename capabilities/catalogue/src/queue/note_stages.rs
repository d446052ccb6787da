use std::{fmt, str::FromStr};

use sea_orm::Value;

use crate::{Catalogue, Error, JobId, database::many};

/// What a worker is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The origin is read.
    Fetching,
    /// What is delivered is made of it.
    Converting,
    /// What was made is put where it stays.
    Storing,
}

/// How far a worker is with one of its jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageNote {
    pub job: JobId,
    pub stage: Stage,
    /// Of the stage, where that can be told.
    pub percent: Option<u8>,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Fetching, Self::Converting, Self::Storing];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fetching => "fetching",
            Self::Converting => "converting",
            Self::Storing => "storing",
        }
    }
}

impl Catalogue {
    /// Notes how far jobs are that a worker holds; of others nothing.
    pub async fn note_stages(&self, worker: &str, notes: &[StageNote]) -> Result<(), Error> {
        let row = |note: &StageNote| -> Vec<Value> {
            let percent = note.percent.map(i64::from);
            vec![note.job.0.into(), worker.into(), note.stage.as_str().into(), percent.into()]
        };
        let rows: Vec<_> = notes.iter().map(row).collect();
        let update = many::update_many("job", &["id", "worker"], &["stage", "percent"], &rows);
        many::run_all(self.database().writer(), update).await
    }
}

impl FromStr for Stage {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let stage = Self::ALL.into_iter().find(|stage| stage.as_str() == text);
        stage.ok_or_else(|| Error::Invalid(format!("there is no stage called '{text}'")))
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
