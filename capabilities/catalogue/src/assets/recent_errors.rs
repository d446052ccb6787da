use std::str::FromStr;

use sea_orm::Value;

use crate::{
    Catalogue, Error, Page, Paged, Reach,
    database::query::{self, Record, Row},
};

/// By which free property errors are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetadataField {
    column: &'static str,
    is_text: bool,
}

/// How many assets have this error and this value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorsByMetadata {
    pub text: Option<String>,
    pub number: Option<i64>,
    pub error: String,
    pub count: u64,
}

impl Catalogue {
    /// What is wrong with a customer's assets now, the newest first.
    pub async fn errors_by_metadata(
        &self,
        reach: impl Into<Reach>,
        field: MetadataField,
        page: Page,
    ) -> Result<Paged<ErrorsByMetadata>, Error> {
        let (database, reach) = (self.database().reader(), reach.into());
        let column = field.column;
        let (text, number) = match field.is_text {
            true => (column, "CAST(NULL AS BIGINT)"),
            false => ("CAST(NULL AS TEXT)", column),
        };
        let from = format!(
            "FROM asset WHERE customer = $1 AND error IS NOT NULL AND {}
             GROUP BY {column}, error",
            reach.condition("space")
        );
        let sql = format!(
            "SELECT {text} AS text, {number} AS number, error, COUNT(*) AS assets {from}
             ORDER BY MAX(finished) DESC, {column}, error LIMIT $2 OFFSET $3"
        );
        let customer: Value = reach.customer.into();
        let values = [customer.clone(), page.size.into(), page.offset().into()];
        let items = query::all(database, &sql, values).await?;
        let count = format!("SELECT COUNT(*) FROM (SELECT 1 {from}) AS groups");
        let total = query::one::<i64>(database, &count, [customer]).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }
}

impl FromStr for MetadataField {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let columns = ["string1", "string2", "string3", "number1", "number2", "number3"];
        let column = columns.into_iter().find(|column| column.eq_ignore_ascii_case(text));
        let column = column.ok_or_else(|| {
            Error::Invalid(format!(
                "errors cannot be gathered by '{text}'; use string1 to string3 or number1 to number3"
            ))
        })?;
        Ok(Self { column, is_text: column.starts_with('s') })
    }
}

impl Record for ErrorsByMetadata {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            text: row.optional_text("text")?,
            number: row.optional_number("number")?,
            error: row.text("error")?,
            count: row.number("assets")?,
        })
    }
}
