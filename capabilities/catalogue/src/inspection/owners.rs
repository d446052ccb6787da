use std::collections::HashSet;

use sea_orm::Value;

use crate::{
    Catalogue, Error, JobKind, Leftovers, Whereabouts,
    database::{
        many,
        query::{self, Record, Row, marks},
    },
};

impl Catalogue {
    /// Which of these versions somebody has, or is making, or has waiting to be removed.
    pub async fn versions_in_use(
        &self,
        versions: &[Whereabouts],
    ) -> Result<HashSet<Whereabouts>, Error> {
        let mut used = HashSet::new();
        for some in versions.chunks(many::ROWS) {
            let ids: Vec<_> = some.iter().map(|place| place.id.clone()).collect();
            let (among, values) = many::among(&ids);
            let (jobs, more) =
                (format!("SELECT {JOB} WHERE {among} AND state <> 'dead'"), values.clone());
            for job in query::all::<Waiting>(self.database().reader(), &jobs, more).await? {
                used.extend(job.0);
            }
            let sql = format!("SELECT {OWN} WHERE {among}");
            for own in query::all::<Own>(self.database().reader(), &sql, values).await? {
                used.extend(own.0);
            }
            // Last: who passes bytes on has them until then.
            let sql = format!("SELECT kept FROM asset WHERE kept IN ({})", marks(1, some.len()));
            let places = some.iter().map(|place| Value::from(place.to_string()));
            for kept in query::all::<String>(self.database().reader(), &sql, places).await? {
                used.insert(kept.parse()?);
            }
        }
        used.retain(|place| versions.contains(place));
        Ok(used)
    }

    /// Which of these keys are those of an asset's origin.
    pub async fn uploads_in_use(&self, keys: &[String]) -> Result<HashSet<String>, Error> {
        let mut used = HashSet::new();
        for some in keys.chunks(many::ROWS) {
            let sql = format!(
                "SELECT origin FROM asset WHERE origin IN ({})
                 AND origin >= 'recto-upload:' AND origin < 'recto-upload;'",
                marks(1, some.len())
            );
            let origins = some.iter().map(|key| model::Origin::upload(key).as_str().into());
            for origin in query::all::<String>(self.database().reader(), &sql, origins).await? {
                let origin: model::Origin =
                    origin.parse().map_err(|_| query::unreadable("origin"))?;
                used.extend(origin.upload_key().map(str::to_owned));
            }
        }
        Ok(used)
    }

    /// Keys of uploads that are no asset's origin yet, or no more, and that somebody takes care of: pages of documents
    /// that are being taken apart, and what waits for its removal.
    pub async fn uploads_in_the_making(&self) -> Result<HashSet<String>, Error> {
        let database = self.database().reader();
        let mut keys = self.pages_in_the_making().await?;
        let sql = "SELECT leftovers FROM job WHERE kind = $1 AND state <> 'dead'";
        let leaving = [JobKind::CleanUp.as_str().into()];
        for json in query::all::<String>(database, sql, leaving).await? {
            let leftovers: Leftovers =
                serde_json::from_str(&json).map_err(|_| query::unreadable("leftovers"))?;
            keys.extend(leftovers.uploads);
        }
        Ok(keys)
    }

    /// Which of these uploads in parts somebody may go on with.
    pub async fn uploads_under_way(&self, ids: &[String]) -> Result<HashSet<String>, Error> {
        let mut open = HashSet::new();
        for some in ids.chunks(many::ROWS) {
            let sql = format!("SELECT id FROM upload WHERE id IN ({})", marks(1, some.len()));
            let values = some.iter().map(|id| Value::from(id.as_str()));
            open.extend(query::all::<String>(self.database().reader(), &sql, values).await?);
        }
        Ok(open)
    }

    /// Which of these projections there are; what is made anew is told by its version.
    pub async fn projection_in_use(&self, id: &str, version: u64) -> Result<bool, Error> {
        let sql = "SELECT (SELECT COUNT(*) FROM projection WHERE id = $1 AND version = $2)
                   + (SELECT COUNT(*) FROM job WHERE space = 0 AND name = $1 AND state <> 'dead')";
        let values = [id.into(), query::whole(version).into()];
        let found = query::one::<i64>(self.database().reader(), sql, values).await?;
        Ok(found.unwrap_or_default() > 0)
    }
}

const OWN: &str = "customer, space, name, version, pending, kept FROM asset";
const JOB: &str = "customer, space, name, version, leftovers FROM job";

/// The versions that an asset has under its own name.
struct Own(Vec<Whereabouts>);

impl Record for Own {
    fn read(row: &Row) -> Result<Self, Error> {
        let id = row.asset_id()?;
        let own = match row.optional_text("kept")? {
            Some(_) => None,
            None => Some(row.number("version")?),
        };
        let versions = own.into_iter().chain(row.optional_number("pending")?);
        Ok(Self(versions.map(|version| Whereabouts { id: id.clone(), version }).collect()))
    }
}

/// The versions that a job makes or removes.
struct Waiting(Vec<Whereabouts>);

impl Record for Waiting {
    fn read(row: &Row) -> Result<Self, Error> {
        let id = row.asset_id()?;
        let leftovers = row.optional_text("leftovers")?;
        let leftovers = leftovers.map(|json| serde_json::from_str::<Leftovers>(&json)).transpose();
        let leftovers = leftovers.map_err(|_| query::unreadable("leftovers"))?.unwrap_or_default();
        let versions = leftovers.versions.into_iter().chain([row.number("version")?]);
        Ok(Self(versions.map(|version| Whereabouts { id: id.clone(), version }).collect()))
    }
}
