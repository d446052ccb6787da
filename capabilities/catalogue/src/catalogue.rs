use std::{path::Path, sync::Arc, time::Duration};

use model::AssetId;
use moka::future::Cache;

use crate::{
    DatabaseConfig, Error, JobsWaiting,
    callers::caller::Callers,
    cards::{card::Cards, changes::Changes},
    customers::customer::CustomerNames,
    database::{Clock, Database},
    jobs::{bells::Bells, turns::Clocks, wake_jobs::LastWoken},
    seals::Seals,
};

/// The library's records: one handle for all who read and write them. Cheap to clone.
#[derive(Clone)]
pub struct Catalogue {
    parts: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) database: Database,
    pub(crate) clock: Clock,
    pub(crate) cards: Cards,
    pub(crate) changes: Changes,
    pub(crate) callers: Callers,
    pub(crate) customer_names: CustomerNames,
    pub(crate) bells: Bells,
    pub(crate) clocks: Clocks,
    pub(crate) last_woken: LastWoken,
    pub(crate) seals: Seals,
    pub(crate) jobs_waiting: Cache<(), Arc<[JobsWaiting]>>,
    /// Held by whoever gives events their places.
    pub(crate) lining_up: tokio::sync::Mutex<()>,
}

/// For so long a count of all jobs is good enough for those who ask how busy the platform is.
const COUNT_AGE: Duration = Duration::from_secs(5);

impl Parts {
    /// To be called when a change of the asset has been committed.
    pub(crate) fn note_change(&self, asset: &AssetId) {
        self.cards.forget(asset);
        self.changes.note(asset);
        self.bells.ring_told();
    }
}

impl Catalogue {
    /// Connects; changes nothing in the database (see [`Catalogue::migrate`]).
    pub async fn open(config: &DatabaseConfig, data: &Path) -> Result<Self, Error> {
        let card_max_age = Duration::from_secs(config.card_max_age_seconds);
        let database = Database::open(config, data).await?;
        let parts = Parts {
            clock: Clock::start(&database).await?,
            database,
            cards: Cards::new(config.max_cards, card_max_age),
            changes: Changes::new(card_max_age),
            callers: Callers::default(),
            customer_names: CustomerNames::default(),
            bells: Bells::default(),
            clocks: Clocks::default(),
            last_woken: LastWoken::default(),
            seals: Seals::new(&config.credential_keys),
            jobs_waiting: Cache::builder().time_to_live(COUNT_AGE).build(),
            lining_up: tokio::sync::Mutex::default(),
        };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// A catalogue that lives as long as its handles, migrated; for tests and demonstrations.
    pub async fn in_memory() -> Result<Self, Error> {
        let config =
            DatabaseConfig { url: "sqlite::memory:".to_owned(), ..DatabaseConfig::default() };
        let catalogue = Self::open(&config, Path::new("")).await?;
        catalogue.migrate().await?;
        Ok(catalogue)
    }

    /// Brings the schema up to date; returns the names of the migrations that were run.
    pub async fn migrate(&self) -> Result<Vec<String>, Error> {
        self.database().migrate().await
    }

    /// The migrations that this version needs and the database has not seen.
    pub async fn migrations_pending(&self) -> Result<Vec<String>, Error> {
        self.database().migrations_pending().await
    }

    /// Does the database answer?
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.database().reader().ping().await?)
    }

    /// Ends all connections, which waits for those in use; nothing can be asked after.
    pub async fn close(&self) -> Result<(), Error> {
        self.database().close().await
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn database(&self) -> &Database {
        &self.parts.database
    }
}
