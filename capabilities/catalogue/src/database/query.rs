use model::AssetId;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, SqlErr, Statement, Value};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::dialect;
use crate::Error;

/// What a row of an answer is read into.
pub(crate) trait Record: Sized {
    fn read(row: &Row) -> Result<Self, Error>;
}

/// One row of an answer.
pub(crate) struct Row(QueryResult);

pub(crate) async fn all<T: Record>(
    database: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, Error> {
    let rows = database.query_all_raw(statement(database, sql, values)?).await?;
    rows.into_iter().map(|row| T::read(&Row(row))).collect()
}

pub(crate) async fn one<T: Record>(
    database: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>, Error> {
    let row = database.query_one_raw(statement(database, sql, values)?).await?;
    row.map(|row| T::read(&Row(row))).transpose()
}

/// Runs a statement that answers nothing; returns how many rows it touched.
pub(crate) async fn run(
    database: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, Error> {
    let done = database.execute_raw(statement(database, sql, values)?).await?;
    Ok(done.rows_affected())
}

/// As [`run`], for inserts and updates whose failure has a meaning: a broken constraint.
pub(crate) async fn run_or(
    database: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
    meaning: impl FnOnce(SqlErr) -> Error,
) -> Result<u64, Error> {
    match database.execute_raw(statement(database, sql, values)?).await {
        Ok(done) => Ok(done.rows_affected()),
        Err(error) => Err(error.sql_err().map_or_else(|| error.into(), meaning)),
    }
}

/// `INSERT INTO table (a, b) VALUES ($1, $2)`, for tables too wide to write out by hand.
pub(crate) fn insert(table: &str, fields: Vec<(&'static str, Value)>) -> (String, Vec<Value>) {
    let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let marks: Vec<_> = (1..=names.len()).map(|n| format!("${n}")).collect();
    let (names, marks) = (names.join(", "), marks.join(", "));
    (format!("INSERT INTO {table} ({names}) VALUES ({marks})"), values)
}

pub(crate) fn micros(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

/// A number that is never negative, as a column has it: the largest that fits, if it is larger.
pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn moment(micros: i64) -> OffsetDateTime {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000);
    moment.unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `$first, $first+1, …`: the marks of `count` values.
pub(crate) fn marks(first: usize, count: usize) -> String {
    let marks: Vec<_> = (first..first + count).map(|n| format!("${n}")).collect();
    marks.join(", ")
}

/// The columns that name an asset.
pub(crate) const KEY: [&str; 3] = ["customer", "space", "name"];

pub(crate) fn key_of(id: &AssetId) -> [Value; 3] {
    [id.customer.into(), id.space.into(), id.name().into()]
}

fn statement(
    database: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Statement, Error> {
    let values: Vec<Value> = values.into_iter().collect();
    // PostgreSQL keeps no text with this character, and would call it a failure of its own.
    let is_bad = |value: &Value| matches!(value, Value::String(Some(text)) if text.contains('\0'));
    if values.iter().any(is_bad) {
        return Err(Error::Invalid("a text must not contain the character U+0000".into()));
    }
    Ok(dialect::statement(database, sql, values))
}

impl Row {
    pub(crate) fn text(&self, column: &str) -> Result<String, Error> {
        Ok(self.0.try_get("", column)?)
    }

    pub(crate) fn optional_text(&self, column: &str) -> Result<Option<String>, Error> {
        Ok(self.0.try_get("", column)?)
    }

    pub(crate) fn flag(&self, column: &str) -> Result<bool, Error> {
        Ok(self.0.try_get("", column)?)
    }

    pub(crate) fn number<N: TryFrom<i64>>(&self, column: &str) -> Result<N, Error> {
        let number: i64 = self.0.try_get("", column)?;
        N::try_from(number).map_err(|_| unreadable(column))
    }

    pub(crate) fn optional_number<N: TryFrom<i64>>(
        &self,
        column: &str,
    ) -> Result<Option<N>, Error> {
        let number: Option<i64> = self.0.try_get("", column)?;
        number.map(|number| N::try_from(number).map_err(|_| unreadable(column))).transpose()
    }

    pub(crate) fn moment(&self, column: &str) -> Result<OffsetDateTime, Error> {
        Ok(moment(self.number(column)?))
    }

    pub(crate) fn optional_moment(&self, column: &str) -> Result<Option<OffsetDateTime>, Error> {
        Ok(self.optional_number(column)?.map(moment))
    }

    /// What is kept as JSON in a text.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, Error> {
        serde_json::from_str(&self.text(column)?).map_err(|_| unreadable(column))
    }

    /// What is kept as its name.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, column: &str) -> Result<T, Error> {
        self.text(column)?.parse().map_err(|_| unreadable(column))
    }

    pub(crate) fn asset_id(&self) -> Result<AssetId, Error> {
        AssetId::new(self.number("customer")?, self.number("space")?, self.text("name")?)
            .map_err(|_| unreadable("name"))
    }
}

/// The only column of a row, of whatever name.
impl Record for i64 {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(row.0.try_get_by_index(0)?)
    }
}

impl Record for String {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(row.0.try_get_by_index(0)?)
    }
}

impl Record for AssetId {
    fn read(row: &Row) -> Result<Self, Error> {
        row.asset_id()
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::unavailable(error)
    }
}

/// Somebody else's hand was in the database.
pub(crate) fn unreadable(column: &str) -> Error {
    DbErr::Type(format!("the column {column} holds what it must not")).into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
