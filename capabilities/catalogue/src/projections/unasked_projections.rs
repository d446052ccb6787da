use time::{Duration, OffsetDateTime};

use super::{Projection, ProjectionKind};
use crate::{
    Catalogue, Error, JobKind,
    database::query::{self, Record, Row, micros},
};

/// A projection that was forgotten, and whose file, if there is one, nobody is led to any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnaskedProjection {
    pub customer: u32,
    pub kind: ProjectionKind,
    pub id: String,
    /// 0: there is no file.
    pub version: u64,
}

/// More often than this it is not noted that a file is still in use.
const NOTED: Duration = Duration::DAY;

impl Catalogue {
    /// Notes that somebody wants a projection.
    pub async fn note_asked(&self, found: &Projection, now: OffsetDateTime) -> Result<(), Error> {
        if now < found.asked + NOTED {
            return Ok(());
        }
        let values = [found.name.id().into(), micros(now).into()];
        let sql = "UPDATE projection SET asked = $2 WHERE id = $1";
        query::run(self.database().writer(), sql, values).await?;
        Ok(())
    }

    /// Forgets some projections that nobody has asked for since; those in the making stay. Their files are the caller's
    /// affair.
    pub async fn forget_unasked(
        &self,
        since: OffsetDateTime,
        limit: u64,
    ) -> Result<Vec<UnaskedProjection>, Error> {
        let sql = "DELETE FROM projection WHERE id IN (
                SELECT id FROM projection WHERE asked < $1 AND NOT EXISTS (
                    SELECT 1 FROM job WHERE job.customer = projection.customer AND job.space = 0
                        AND job.name = projection.id AND job.kind = $2 AND job.state <> 'dead')
                ORDER BY asked LIMIT $3)
            AND asked < $1 RETURNING customer, kind, id, version";
        let values =
            [micros(since).into(), JobKind::Project.as_str().into(), query::whole(limit).into()];
        query::all(self.database().writer(), sql, values).await
    }
}

impl Record for UnaskedProjection {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            customer: row.number("customer")?,
            kind: row.parsed("kind")?,
            id: row.text("id")?,
            version: row.number("version")?,
        })
    }
}
