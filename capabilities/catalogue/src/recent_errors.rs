use std::str::FromStr;

use crate::{
    Catalogue, Error, Page, Paged,
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
        customer: u32,
        field: MetadataField,
        page: Page,
    ) -> Result<Paged<ErrorsByMetadata>, Error> {
        let database = self.database().reader();
        let column = field.column;
        let (text, number) = match field.is_text {
            true => (column, "CAST(NULL AS BIGINT)"),
            false => ("CAST(NULL AS TEXT)", column),
        };
        let from = format!(
            "FROM asset WHERE customer = $1 AND error IS NOT NULL GROUP BY {column}, error"
        );
        let sql = format!(
            "SELECT {text} AS text, {number} AS number, error, COUNT(*) AS assets {from}
             ORDER BY MAX(finished) DESC, {column}, error LIMIT $2 OFFSET $3"
        );
        let values = [customer.into(), page.size.into(), page.offset().into()];
        let items = query::all(database, &sql, values).await?;
        let count = format!("SELECT COUNT(*) FROM (SELECT 1 {from}) AS groups");
        let total = query::one::<i64>(database, &count, [customer.into()]).await?;
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
