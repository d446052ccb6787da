//! The groups that what a question finds is parted into.

use model::named_query::{Field, Groups};
use sea_orm::Value;

use super::found_assets::condition;
use crate::{
    Catalogue, Error,
    database::query::{self, whole},
};

/// Up to so many assets are all looked at; among more, each group is looked up for itself.
const FEW: u64 = 50_000;

impl Catalogue {
    /// The values that tell groups apart, in the database's order, from `from` on; assets without one are in no group,
    /// and groups of which nothing is ready are left out.
    pub async fn found_groups(
        &self,
        customer: u32,
        groups: &Groups,
        from: Option<&str>,
        limit: u64,
    ) -> Result<Vec<String>, Error> {
        let found = self.count_found(customer, &groups.question, FEW + 1).await?;
        let select = if found > FEW { each } else { all };
        let (sql, values) = select(customer, groups, from, limit)?;
        query::all(self.database().reader(), &sql, values).await
    }
}

/// Reads all assets: it takes as long as there are many of them.
pub(crate) fn all(
    customer: u32,
    groups: &Groups,
    from: Option<&str>,
    limit: u64,
) -> Result<(String, Vec<Value>), Error> {
    let column = column(groups.field)?;
    let (condition, values) = of_groups(customer, groups, column, from, limit)?;
    let (first, most) = (values.len() - 1, values.len());
    let sql = format!(
        "SELECT CAST({column} AS TEXT) AS value FROM asset
         WHERE {condition} AND {column} >= ${first}
         GROUP BY {column} ORDER BY {column} LIMIT ${most}"
    );
    Ok((sql, values))
}

/// Goes from each group to the next in the index of the property: it takes as long as there are many groups.
pub(crate) fn each(
    customer: u32,
    groups: &Groups,
    from: Option<&str>,
    limit: u64,
) -> Result<(String, Vec<Value>), Error> {
    let column = column(groups.field)?;
    let (condition, values) = of_groups(customer, groups, column, from, limit)?;
    let (first, most) = (values.len() - 1, values.len());
    let next = |bound: &str| {
        format!(
            "(SELECT {column} FROM asset WHERE {condition} AND {column} {bound}
              ORDER BY {column} LIMIT 1)"
        )
    };
    let (start, further) = (next(&format!(">= ${first}")), next("> known.value"));
    let sql = format!(
        "WITH RECURSIVE known (value, place) AS (
             SELECT {start}, 1
             UNION ALL
             SELECT {further}, place + 1 FROM known WHERE value IS NOT NULL AND place < ${most}
         )
         SELECT CAST(value AS TEXT) FROM known WHERE value IS NOT NULL ORDER BY place"
    );
    Ok((sql, values))
}

/// Which assets are in a group that an address can name: a browser would take the dots for the way to another folder.
/// The last two values are the group to begin with, and how many are wanted.
fn of_groups(
    customer: u32,
    groups: &Groups,
    column: &str,
    from: Option<&str>,
    limit: u64,
) -> Result<(String, Vec<Value>), Error> {
    let (condition, mut values) = condition(customer, &groups.question);
    let text = matches!(groups.field, Field::String1 | Field::String2 | Field::String3);
    let named = if text { format!(" AND {column} NOT IN ('', '.', '..')") } else { String::new() };
    values.push(match from {
        _ if text => from.unwrap_or_default().into(),
        None => i64::MIN.into(),
        Some(from) => {
            let number = from.parse::<i64>().map(Value::from);
            number.map_err(|_| Error::Invalid(format!("'{from}' must be a whole number")))?
        }
    });
    values.push(whole(limit).into());
    Ok((format!("{condition} AND version > 0{named}"), values))
}

fn column(field: Field) -> Result<&'static str, Error> {
    match field {
        Field::String1 => Ok("string1"),
        Field::String2 => Ok("string2"),
        Field::String3 => Ok("string3"),
        Field::Number1 => Ok("number1"),
        Field::Number2 => Ok("number2"),
        Field::Number3 => Ok("number3"),
        Field::Space => Ok("space"),
        Field::SpaceName | Field::Batch | Field::Manifest => {
            Err(Error::Invalid(format!("'{}' makes no groups", field.key())))
        }
    }
}
