use model::AssetId;

use super::Stage;
use crate::{
    Catalogue, Error, Reach,
    database::query::{self, Record, Row},
};

/// An asset that a worker has been at for a second or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningAsset {
    pub id: AssetId,
    pub stage: Stage,
    /// Of the stage, where that can be told.
    pub percent: Option<u8>,
}

/// Nobody looks at more at once.
const MOST: i64 = 100;

impl Catalogue {
    /// What workers are doing within reach, as far as it takes longer than a moment; the oldest first.
    pub async fn running_assets(
        &self,
        reach: impl Into<Reach>,
    ) -> Result<Vec<RunningAsset>, Error> {
        let reach = reach.into();
        // Those that are held are few, and have an index.
        let sql = format!(
            "SELECT customer, space, name, stage, percent FROM job
             WHERE worker IS NOT NULL AND stage IS NOT NULL AND customer = $1 AND {}
             AND lane IN ('assets', 'recordings') ORDER BY id LIMIT $2",
            reach.condition("space")
        );
        query::all(self.database().reader(), &sql, [reach.customer.into(), MOST.into()]).await
    }
}

impl Record for RunningAsset {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.asset_id()?,
            stage: row.parsed("stage")?,
            percent: row.optional_number("percent")?,
        })
    }
}
