use sea_orm::ConnectionTrait;

use crate::{
    Catalogue, Error,
    database::{dialect::is_postgres, query},
};

/// The tables that grow by many rows at once, if they are twice as large as when PostgreSQL last looked at them, and not
/// tiny.
const OUTGROWN: &str = "SELECT relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace
    AND relname IN ('asset', 'asset_label', 'batch', 'batch_member', 'job')
    AND pg_relation_size(oid) > 131072 + 2 * 8192 * relpages::bigint";

impl Catalogue {
    /// Has the database look anew at tables that have outgrown what it knows of them, which is what it plans by. It
    /// does so by itself in the end, but the first minute of a large import would be spent on plans for empty tables.
    /// Costs next to nothing when there is nothing to do.
    pub async fn refresh_statistics(&self) -> Result<(), Error> {
        let database = self.database().writer();
        if !is_postgres(database) {
            // All tables, whether or not this connection asked them anything.
            database.execute_unprepared("PRAGMA optimize = 0x10002").await?;
            return Ok(());
        }
        for table in query::all::<String>(database, OUTGROWN, []).await? {
            database.execute_unprepared(&format!("ANALYZE {table}")).await?;
        }
        Ok(())
    }
}
