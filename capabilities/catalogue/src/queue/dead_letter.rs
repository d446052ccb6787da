use model::AssetId;
use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, JobId, JobKind, Page, Paged, Priority, Reach,
    database::query::{self, Record, Row},
    jobs::job::priority,
};

/// A job that was given up. It stays until it is tried again or discarded, or until its asset is registered anew or
/// deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    pub id: JobId,
    pub kind: JobKind,
    pub priority: Priority,
    /// What it was for; of a document, its own id.
    pub asset: AssetId,
    pub attempts: u32,
    pub reason: String,
    pub queued: OffsetDateTime,
    pub given_up: OffsetDateTime,
}

impl Catalogue {
    /// What was given up within reach, the newest first.
    pub async fn dead_letters(
        &self,
        reach: impl Into<Reach>,
        page: Page,
    ) -> Result<Paged<DeadLetter>, Error> {
        let reach = reach.into();
        let which = format!("customer = $1 AND {}", reach.condition("space"));
        self.letters(&which, vec![reach.customer.into()], page).await
    }

    /// The same of all customers.
    pub async fn all_dead_letters(&self, page: Page) -> Result<Paged<DeadLetter>, Error> {
        self.letters("TRUE", Vec::new(), page).await
    }

    pub async fn dead_letter(
        &self,
        reach: impl Into<Reach>,
        id: JobId,
    ) -> Result<Option<DeadLetter>, Error> {
        dead_letter(self.database().reader(), &reach.into(), id).await
    }

    async fn letters(
        &self,
        which: &str,
        values: Vec<Value>,
        page: Page,
    ) -> Result<Paged<DeadLetter>, Error> {
        let database = self.database().reader();
        let count = format!("SELECT COUNT(*) FROM job WHERE state = 'dead' AND {which}");
        let total = query::one::<i64>(database, &count, values.clone()).await?;
        let (size, offset) = (values.len() + 1, values.len() + 2);
        let sql = format!(
            "{SELECT} WHERE state = 'dead' AND {which}
             ORDER BY due DESC, id DESC LIMIT ${size} OFFSET ${offset}"
        );
        let values = values.into_iter().chain([page.size.into(), page.offset().into()]);
        Ok(page.of(query::all(database, &sql, values).await?, total.unwrap_or_default()))
    }
}

const SELECT: &str =
    "SELECT id, kind, priority, customer, space, name, attempts, error, created, due FROM job";

pub(super) async fn dead_letter(
    database: &impl ConnectionTrait,
    reach: &Reach,
    id: JobId,
) -> Result<Option<DeadLetter>, Error> {
    let within = reach.condition("space");
    let sql = format!("{SELECT} WHERE id = $1 AND customer = $2 AND state = 'dead' AND {within}");
    query::one(database, &sql, [id.0.into(), reach.customer.into()]).await
}

/// Nobody has given it up, or somebody was faster.
pub(super) fn no_such_letter(id: JobId) -> Error {
    Error::NotFound(format!("dead letter {id}"))
}

impl Record for DeadLetter {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: JobId(row.number("id")?),
            kind: row.parsed("kind")?,
            priority: priority(row)?,
            asset: row.asset_id()?,
            attempts: row.number("attempts")?,
            reason: row.optional_text("error")?.unwrap_or_default(),
            queued: row.moment("created")?,
            given_up: row.moment("due")?,
        })
    }
}
