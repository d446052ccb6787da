use super::ProjectionName;
use crate::{
    Catalogue, Error, JobId, JobKind,
    database::query::{self, Record, Row},
};

impl Catalogue {
    /// Forgets a projection, and whoever is making it stops; `false` if there was none. Its file is the caller's affair.
    pub async fn delete_projection(&self, name: &ProjectionName) -> Result<bool, Error> {
        let id = name.id();
        let change = self.database().begin().await?;
        let sql = "DELETE FROM projection WHERE id = $1";
        let deleted = query::run(&change, sql, [id.as_str().into()]).await? > 0;
        let sql = "DELETE FROM job WHERE customer = $1 AND space = 0 AND name = $2 AND kind = $3
                   RETURNING id";
        let kind = JobKind::Project.as_str();
        let values = [name.customer.into(), id.into(), kind.into()];
        let ended: Vec<JobId> = query::all(&change, sql, values).await?;
        change.commit().await?;
        ended.into_iter().for_each(|job| self.parts().bells.ring_ended(job));
        Ok(deleted)
    }
}

impl Record for JobId {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self(row.number("id")?))
    }
}
