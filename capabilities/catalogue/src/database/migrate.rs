use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};

use super::{
    Database,
    dialect::{is_postgres, spelt_for},
    query,
};
use crate::Error;

/// Oldest first. A file that was released is never edited: the next one changes what it made.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_library", include_str!("../../migrations/0001_library.sql")),
    ("0002_batches", include_str!("../../migrations/0002_batches.sql")),
    ("0003_policies", include_str!("../../migrations/0003_policies.sql")),
    ("0004_origin_strategies", include_str!("../../migrations/0004_origin_strategies.sql")),
    ("0005_custom_headers", include_str!("../../migrations/0005_custom_headers.sql")),
    ("0006_storage_of_spaces", include_str!("../../migrations/0006_storage_of_spaces.sql")),
    ("0007_named_queries", include_str!("../../migrations/0007_named_queries.sql")),
    ("0008_portal_users", include_str!("../../migrations/0008_portal_users.sql")),
    ("0009_key_scopes", include_str!("../../migrations/0009_key_scopes.sql")),
    ("0010_audit", include_str!("../../migrations/0010_audit.sql")),
    ("0011_idempotency", include_str!("../../migrations/0011_idempotency.sql")),
    ("0012_lighter_labels", include_str!("../../migrations/0012_lighter_labels.sql")),
    ("0013_lighter_assets", include_str!("../../migrations/0013_lighter_assets.sql")),
    ("0014_moved_assets", include_str!("../../migrations/0014_moved_assets.sql")),
    ("0015_when_changed", include_str!("../../migrations/0015_when_changed.sql")),
    (
        "0016_assets_by_number_in_space",
        include_str!("../../migrations/0016_assets_by_number_in_space.sql"),
    ),
    (
        "0017_descriptions_of_named_queries",
        include_str!("../../migrations/0017_descriptions_of_named_queries.sql"),
    ),
    ("0018_recordings", include_str!("../../migrations/0018_recordings.sql")),
    ("0019_composites", include_str!("../../migrations/0019_composites.sql")),
    ("0020_events", include_str!("../../migrations/0020_events.sql")),
    ("0021_webhooks", include_str!("../../migrations/0021_webhooks.sql")),
    ("0022_intake", include_str!("../../migrations/0022_intake.sql")),
    (
        "0023_strategies_with_credentials",
        include_str!("../../migrations/0023_strategies_with_credentials.sql"),
    ),
    ("0024_known_hosts", include_str!("../../migrations/0024_known_hosts.sql")),
    ("0025_uploads", include_str!("../../migrations/0025_uploads.sql")),
    ("0026_projections", include_str!("../../migrations/0026_projections.sql")),
    ("0027_tilings", include_str!("../../migrations/0027_tilings.sql")),
    ("0028_queue", include_str!("../../migrations/0028_queue.sql")),
    ("0029_projections_in_use", include_str!("../../migrations/0029_projections_in_use.sql")),
    ("0030_pages_in_the_making", include_str!("../../migrations/0030_pages_in_the_making.sql")),
    ("0031_checksums", include_str!("../../migrations/0031_checksums.sql")),
    (
        "0032_originals_at_their_origin",
        include_str!("../../migrations/0032_originals_at_their_origin.sql"),
    ),
    ("0033_claims", include_str!("../../migrations/0033_claims.sql")),
];

/// Any number will do that no other program on the same database takes.
const LOCK: i64 = 0x0072_6563_746f;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    name {text} NOT NULL PRIMARY KEY,
    sha256 {text} NOT NULL
)";

impl Database {
    /// Runs what was not run yet, all of it or nothing; a second process waits for the first.
    pub(crate) async fn migrate(&self) -> Result<Vec<String>, Error> {
        let change = self.begin().await?;
        if is_postgres(&change) {
            query::run(&change, "SELECT pg_advisory_xact_lock($1)", [LOCK.into()]).await?;
        }
        change.execute_unprepared(&spelt_for(&change, TABLE)).await?;
        let done = recorded(&change).await?;
        let mut ran = Vec::new();
        for (name, sql) in outstanding(&done)? {
            change.execute_unprepared(&spelt_for(&change, sql)).await?;
            let record = "INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)";
            query::run(&change, record, [name.into(), fingerprint(sql).into()]).await?;
            ran.push(name.to_owned());
        }
        change.commit().await?;
        Ok(ran)
    }

    pub(crate) async fn migrations_pending(&self) -> Result<Vec<String>, Error> {
        let there_is_a_table = if is_postgres(self.reader()) {
            "SELECT COUNT(to_regclass('schema_migration'))"
        } else {
            "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_migration'"
        };
        let done = match query::one::<i64>(self.reader(), there_is_a_table, []).await? {
            Some(1) => recorded(self.reader()).await?,
            _ => Vec::new(),
        };
        Ok(outstanding(&done)?.map(|(name, _)| name.to_owned()).collect())
    }
}

struct Done {
    name: String,
    sha256: String,
}

impl query::Record for Done {
    fn read(row: &query::Row) -> Result<Self, Error> {
        Ok(Self { name: row.text("name")?, sha256: row.text("sha256")? })
    }
}

async fn recorded(database: &impl ConnectionTrait) -> Result<Vec<Done>, Error> {
    query::all(database, "SELECT name, sha256 FROM schema_migration ORDER BY name", []).await
}

/// What is still to be run, unless the database has another history than this program knows.
fn outstanding(done: &[Done]) -> Result<impl Iterator<Item = (&'static str, &'static str)>, Error> {
    for (position, done) in done.iter().enumerate() {
        let Some((name, sql)) = MIGRATIONS.get(position).filter(|(name, _)| *name == done.name)
        else {
            let text = format!("the database was migrated by a newer version ({})", done.name);
            return Err(Error::Schema(text));
        };
        if fingerprint(sql) != done.sha256 {
            let text = format!("the migration {name} is not the one that the database was made by");
            return Err(Error::Schema(text));
        }
    }
    Ok(MIGRATIONS.iter().copied().skip(done.len()))
}

/// What a database of this version has seen, oldest first.
#[cfg(test)]
pub(crate) fn names() -> Vec<&'static str> {
    MIGRATIONS.iter().map(|(name, _)| *name).collect()
}

fn fingerprint(sql: &str) -> String {
    query::hex(&Sha256::digest(sql))
}
