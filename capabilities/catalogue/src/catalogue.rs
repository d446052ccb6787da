use std::path::Path;

use crate::{DatabaseConfig, Error};

/// The library's records: one handle for all who read and write them. Cheap to clone.
#[derive(Clone)]
pub struct Catalogue {}

impl Catalogue {
    /// Connects; changes nothing in the database (see [`Catalogue::migrate`]).
    pub async fn open(_config: &DatabaseConfig, _data: &Path) -> Result<Self, Error> {
        todo!()
    }

    /// A catalogue that lives as long as its handles, migrated; for tests and demonstrations.
    pub async fn in_memory() -> Result<Self, Error> {
        todo!()
    }

    /// Brings the schema up to date; returns the names of the migrations that were run.
    pub async fn migrate(&self) -> Result<Vec<String>, Error> {
        todo!()
    }

    pub async fn migrations_pending(&self) -> Result<Vec<String>, Error> {
        todo!()
    }

    pub async fn ping(&self) -> Result<(), Error> {
        todo!()
    }
}
