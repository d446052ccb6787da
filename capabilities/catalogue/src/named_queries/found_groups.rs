//! The groups that what a question finds is parted into.

use model::named_query::{Field, Groups};
use sea_orm::Value;

use super::found_assets::{condition, whole};
use crate::{Catalogue, Error, database::query};

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
    let (column, first) = beginning(groups.field, from)?;
    let (condition, mut values) = of_groups(customer, groups, column);
    let (from, limit_mark) = (values.len() + 1, values.len() + 2);
    values.extend([first, whole(limit)]);
    let sql = format!(
        "SELECT CAST({column} AS TEXT) AS value FROM asset
         WHERE {condition} AND {column} >= ${from}
         GROUP BY {column} ORDER BY {column} LIMIT ${limit_mark}"
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
    let (column, first) = beginning(groups.field, from)?;
    let (condition, mut values) = of_groups(customer, groups, column);
    let (from, limit_mark) = (values.len() + 1, values.len() + 2);
    values.extend([first, whole(limit)]);
    let next = |bound: &str| {
        format!(
            "(SELECT {column} FROM asset WHERE {condition} AND {column} {bound}
              ORDER BY {column} LIMIT 1)"
        )
    };
    let (first, second) = (next(&format!(">= ${from}")), next("> known.value"));
    let sql = format!(
        "WITH RECURSIVE known (value, place) AS (
             SELECT {first}, 1
             UNION ALL
             SELECT {second}, place + 1 FROM known WHERE value IS NOT NULL AND place < ${limit_mark}
         )
         SELECT CAST(value AS TEXT) FROM known WHERE value IS NOT NULL ORDER BY place"
    );
    Ok((sql, values))
}

/// Which assets are in a group that an address can name: a browser would take the dots for the way to another folder.
fn of_groups(customer: u32, groups: &Groups, column: &str) -> (String, Vec<Value>) {
    let (condition, values) = condition(customer, &groups.question);
    let named = match groups.field {
        Field::String1 | Field::String2 | Field::String3 => {
            format!(" AND {column} NOT IN ('', '.', '..')")
        }
        Field::Number1
        | Field::Number2
        | Field::Number3
        | Field::Space
        | Field::SpaceName
        | Field::Batch
        | Field::Manifest => String::new(),
    };
    (format!("{condition} AND version > 0{named}"), values)
}

/// The column of a property, and what no value of it comes before.
fn beginning(field: Field, from: Option<&str>) -> Result<(&'static str, Value), Error> {
    let text = || Value::from(from.unwrap_or_default());
    let number = || match from {
        None => Ok(Value::from(i64::MIN)),
        Some(from) => {
            let number = from.parse::<i64>().map(Value::from);
            number.map_err(|_| Error::Invalid(format!("'{from}' must be a whole number")))
        }
    };
    match field {
        Field::String1 => Ok(("string1", text())),
        Field::String2 => Ok(("string2", text())),
        Field::String3 => Ok(("string3", text())),
        Field::Number1 => Ok(("number1", number()?)),
        Field::Number2 => Ok(("number2", number()?)),
        Field::Number3 => Ok(("number3", number()?)),
        Field::Space => Ok(("space", number()?)),
        Field::SpaceName | Field::Batch | Field::Manifest => {
            Err(Error::Invalid(format!("'{}' makes no groups", field.key())))
        }
    }
}
