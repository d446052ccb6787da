use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

/// A way of fetching from origins that the platform knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginStrategy {
    pub id: String,
    pub requires_credentials: bool,
}

impl Catalogue {
    pub async fn origin_strategies(&self) -> Result<Vec<OriginStrategy>, Error> {
        let sql = "SELECT id, requires_credentials FROM origin_strategy ORDER BY id";
        query::all(self.database().reader(), sql, []).await
    }

    pub async fn origin_strategy(&self, id: &str) -> Result<Option<OriginStrategy>, Error> {
        let sql = "SELECT id, requires_credentials FROM origin_strategy WHERE id = $1";
        query::one(self.database().reader(), sql, [id.into()]).await
    }
}

impl Record for OriginStrategy {
    fn read(row: &Row) -> Result<Self, Error> {
        let requires_credentials = row.flag("requires_credentials")?;
        Ok(Self { id: row.text("id")?, requires_credentials })
    }
}
