use sea_orm::Value;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Page, Paged,
    database::query::{self, Record, Row, micros},
};

/// One change that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: i64,
    pub attempt: Attempt,
    pub at: OffsetDateTime,
    /// HTTP's word for how it ended; `None` while it goes on, and for good if the process died over it.
    pub status: Option<u16>,
    /// What there was then; JSON.
    pub after: Option<String>,
}

/// What somebody is about to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// In whose part of the library.
    pub customer: u32,
    /// The name of the key, or of who vouches for the caller.
    pub caller: String,
    pub caller_customer: u32,
    pub method: String,
    pub path: String,
    pub correlation_id: Option<String>,
    /// What there was; JSON.
    pub before: Option<String>,
}

/// Which entries are wanted; what is `None` is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    pub path: Option<String>,
    pub caller: Option<String>,
    pub method: Option<String>,
    pub since: Option<OffsetDateTime>,
    pub until: Option<OffsetDateTime>,
}

impl Catalogue {
    /// Newest first.
    pub async fn audit(
        &self,
        customer: u32,
        filter: &AuditFilter,
        page: Page,
    ) -> Result<Paged<AuditEntry>, Error> {
        let database = self.database().reader();
        let (condition, values) = filter.condition(customer);
        let (limit, offset) = (page.size, page.offset());
        let sql =
            format!("{SELECT} WHERE {condition} ORDER BY id DESC LIMIT {limit} OFFSET {offset}");
        let items = query::all(database, &sql, values.clone()).await?;
        let count = format!("SELECT COUNT(*) FROM audit_entry WHERE {condition}");
        let total = query::one::<i64>(database, &count, values).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }

    pub async fn audit_entry(&self, customer: u32, id: i64) -> Result<Option<AuditEntry>, Error> {
        let sql = format!("{SELECT} WHERE customer = $1 AND id = $2");
        query::one(self.database().reader(), &sql, [customer.into(), id.into()]).await
    }

    /// Writes down what is about to be tried; returns what [`Catalogue::end_audit`] needs.
    pub async fn begin_audit(&self, attempt: &Attempt, now: OffsetDateTime) -> Result<i64, Error> {
        let fields: Vec<(&str, Value)> = vec![
            ("at", micros(now).into()),
            ("customer", attempt.customer.into()),
            ("caller", attempt.caller.as_str().into()),
            ("caller_customer", attempt.caller_customer.into()),
            ("method", attempt.method.as_str().into()),
            ("path", attempt.path.as_str().into()),
            ("correlation_id", attempt.correlation_id.clone().into()),
            ("before_change", attempt.before.clone().into()),
        ];
        let (sql, values) = query::insert("audit_entry", fields);
        let sql = format!("{sql} RETURNING id");
        let id = query::one::<i64>(self.database().writer(), &sql, values).await?;
        id.ok_or_else(|| query::unreadable("id"))
    }

    pub async fn end_audit(&self, id: i64, status: u16, after: Option<&str>) -> Result<(), Error> {
        let sql = "UPDATE audit_entry SET status = $2, after_change = $3 WHERE id = $1";
        let values = [id.into(), i64::from(status).into(), after.into()];
        query::run(self.database().writer(), sql, values).await?;
        Ok(())
    }

    /// Forgets what was tried before that moment; returns how much that was.
    pub async fn prune_audit(&self, before: OffsetDateTime) -> Result<u64, Error> {
        let sql = "DELETE FROM audit_entry WHERE at < $1";
        query::run(self.database().writer(), sql, [micros(before).into()]).await
    }
}

const SELECT: &str = "SELECT id, at, customer, caller, caller_customer, method, path,
    correlation_id, status, before_change, after_change FROM audit_entry";

impl AuditFilter {
    fn condition(&self, customer: u32) -> (String, Vec<Value>) {
        let (mut condition, mut values) = ("customer = $1".to_owned(), vec![customer.into()]);
        let asked: [(&str, Option<Value>); 5] = [
            ("path =", self.path.as_deref().map(Value::from)),
            ("caller =", self.caller.as_deref().map(Value::from)),
            ("method =", self.method.as_deref().map(Value::from)),
            ("at >=", self.since.map(|since| micros(since).into())),
            ("at <", self.until.map(|until| micros(until).into())),
        ];
        for (test, value) in asked {
            if let Some(value) = value {
                values.push(value);
                condition += &format!(" AND {test} ${}", values.len());
            }
        }
        (condition, values)
    }
}

impl Record for AuditEntry {
    fn read(row: &Row) -> Result<Self, Error> {
        let attempt = Attempt {
            customer: row.number("customer")?,
            caller: row.text("caller")?,
            caller_customer: row.number("caller_customer")?,
            method: row.text("method")?,
            path: row.text("path")?,
            correlation_id: row.optional_text("correlation_id")?,
            before: row.optional_text("before_change")?,
        };
        Ok(Self {
            id: row.number("id")?,
            attempt,
            at: row.moment("at")?,
            status: row.optional_number("status")?,
            after: row.optional_text("after_change")?,
        })
    }
}
