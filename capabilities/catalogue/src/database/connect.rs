use std::{path::Path, str::FromStr, time::Duration};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, SqlxPostgresConnector,
    SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sqlx::{
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{DatabaseConfig, Error};

/// The connections. On PostgreSQL both fields are the same pool.
#[derive(Clone)]
pub(crate) struct Database {
    /// On SQLite a single connection: writers queue here rather than at the file's lock.
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

impl Database {
    pub(crate) async fn open(config: &DatabaseConfig, data: &Path) -> Result<Self, Error> {
        let url = config.url.trim();
        if url.is_empty() {
            let file = SqliteConnectOptions::new().filename(data.join("recto.db"));
            Self::sqlite(file, config).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::postgres(url, config).await
        } else if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url).map_err(Error::unavailable)?;
            if url.contains(":memory:") || url.contains("mode=memory") {
                Self::memory(options, config).await
            } else {
                Self::sqlite(options, config).await
            }
        } else {
            Err(Error::Invalid(config.faults().join("\n")))
        }
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a change; what is not committed is rolled back when it is dropped.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, Error> {
        // Taking SQLite's write lock at once waits for other processes; taking it later fails.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// For changes of one statement, which is a transaction by itself.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    pub(crate) async fn close(&self) -> Result<(), Error> {
        self.writer.close_by_ref().await?;
        Ok(self.reader.close_by_ref().await?)
    }

    async fn postgres(url: &str, config: &DatabaseConfig) -> Result<Self, Error> {
        let options =
            PgConnectOptions::from_str(url).map_err(Error::unavailable)?.application_name("recto");
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections.max(1))
            .acquire_timeout(Duration::from_secs(config.acquire_timeout_seconds))
            .connect_with(options)
            .await
            .map_err(Error::unavailable)?;
        let pool = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        Ok(Self { writer: pool.clone(), reader: pool })
    }

    async fn sqlite(options: SqliteConnectOptions, config: &DatabaseConfig) -> Result<Self, Error> {
        let options = with_pragmas(options, config)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        let pool = || {
            // A file does not break as a network does: no need to try a connection before its use.
            SqlitePoolOptions::new()
                .test_before_acquire(false)
                .acquire_timeout(Duration::from_secs(config.acquire_timeout_seconds))
        };
        // The writer comes first: it makes the file.
        let writer = pool().max_connections(1).connect_with(options.clone()).await;
        let reader = pool()
            .max_connections(config.max_connections.max(1))
            .connect_with(options.pragma("query_only", "on"))
            .await;
        Ok(Self {
            writer: from_sqlite(writer.map_err(Error::unavailable)?),
            reader: from_sqlite(reader.map_err(Error::unavailable)?),
        })
    }

    /// A database in memory belongs to its connection, so there is one and it never closes.
    async fn memory(options: SqliteConnectOptions, config: &DatabaseConfig) -> Result<Self, Error> {
        let pool = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .min_connections(1)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(config.acquire_timeout_seconds))
            .connect_with(with_pragmas(options, config))
            .await
            .map_err(Error::unavailable)?;
        let only = from_sqlite(pool);
        Ok(Self { writer: only.clone(), reader: only })
    }
}

/// PRAGMAs belong to a connection, so they are part of how every one is opened.
fn with_pragmas(options: SqliteConnectOptions, config: &DatabaseConfig) -> SqliteConnectOptions {
    options
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(config.busy_timeout_seconds))
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-32000")
        .pragma("mmap_size", "1073741824")
}

fn from_sqlite(pool: sqlx::SqlitePool) -> DatabaseConnection {
    SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
}
