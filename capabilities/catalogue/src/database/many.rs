//! Statements about many rows at once: a few statements however many rows, and short ones. What all rows share is
//! sent once; a statement of thousands of marks takes longer to read than to run.

use model::AssetId;
use sea_orm::{ConnectionTrait, Value};

use super::query::{self, key_of, marks};
use crate::Error;

/// How many rows one statement reads or writes.
pub(crate) const ROWS: usize = 250;

/// Rows of values as a part of a statement.
struct Given {
    /// What stands for each column: a mark, or a column of the table.
    columns: Vec<String>,
    /// The table of what differs from row to row.
    table: String,
    values: Vec<Value>,
}

impl Given {
    fn new(rows: &[Vec<Value>]) -> Self {
        let width = rows.first().map_or(0, Vec::len);
        let differs = |column: &usize| rows.iter().any(|row| row[*column] != rows[0][*column]);
        let mut differing: Vec<_> = (0..width).filter(differs).collect();
        if differing.is_empty() {
            differing.push(0);
        }
        let mut values = Vec::with_capacity(width + rows.len() * differing.len());
        let columns = (0..width).map(|column| match differing.binary_search(&column) {
            Ok(place) => format!("given.column{}", place + 1),
            Err(_) => {
                values.push(rows[0][column].clone());
                format!("${}", values.len())
            }
        });
        let columns = columns.collect();
        let tuples = rows.iter().map(|row| {
            let tuple = format!("({})", marks(values.len() + 1, differing.len()));
            values.extend(differing.iter().map(|column| row[*column].clone()));
            tuple
        });
        let tuples: Vec<_> = tuples.collect();
        let table = format!("(VALUES {}) AS given", tuples.join(", "));
        Self { columns, table, values }
    }
}

/// Runs statements that answer nothing, one after the other.
pub(crate) async fn run_all(
    database: &impl ConnectionTrait,
    statements: Vec<(String, Vec<Value>)>,
) -> Result<(), Error> {
    for (sql, values) in statements {
        query::run(database, &sql, values).await?;
    }
    Ok(())
}

/// `INSERT INTO table (a, b) …`: statements to which an ON CONFLICT can be added.
pub(crate) fn insert_many(
    table: &str,
    columns: &[&str],
    rows: &[Vec<Value>],
) -> Vec<(String, Vec<Value>)> {
    let insert = |rows: &[Vec<Value>]| {
        let given = Given::new(rows);
        let (names, columns) = (columns.join(", "), given.columns.join(", "));
        // Without the condition, SQLite would take ON CONFLICT for a part of the FROM.
        let from = given.table;
        let sql = format!("INSERT INTO {table} ({names}) SELECT {columns} FROM {from} WHERE TRUE");
        (sql, given.values)
    };
    rows.chunks(ROWS).map(insert).collect()
}

/// `UPDATE table SET c = … WHERE a = … AND b = …`, for rows that begin with the values of their keys.
pub(crate) fn update_many(
    table: &str,
    keys: &[&str],
    columns: &[&str],
    rows: &[Vec<Value>],
) -> Vec<(String, Vec<Value>)> {
    let update = |rows: &[Vec<Value>]| {
        let given = Given::new(rows);
        let (of_keys, of_columns) = given.columns.split_at(keys.len());
        let set = columns.iter().zip(of_columns).map(|(name, value)| format!("{name} = {value}"));
        let set: Vec<_> = set.collect();
        let found =
            keys.iter().zip(of_keys).map(|(name, value)| format!("{table}.{name} = {value}"));
        let found: Vec<_> = found.collect();
        let (set, from, found) = (set.join(", "), given.table, found.join(" AND "));
        (format!("UPDATE {table} SET {set} FROM {from} WHERE {found}"), given.values)
    };
    let rows = if columns.is_empty() { &[] } else { rows };
    rows.chunks(ROWS).map(update).collect()
}

/// `DELETE FROM table WHERE (a, b) IN …`.
pub(crate) fn delete_many(
    table: &str,
    keys: &[&str],
    rows: &[Vec<Value>],
) -> Vec<(String, Vec<Value>)> {
    let delete = |rows: &[Vec<Value>]| {
        let given = Given::new(rows);
        let (names, columns, from) = (keys.join(", "), given.columns.join(", "), given.table);
        let sql = format!("DELETE FROM {table} WHERE ({names}) IN (SELECT {columns} FROM {from})");
        (sql, given.values)
    };
    rows.chunks(ROWS).map(delete).collect()
}

/// The condition that a row is of one of these assets, at most [`ROWS`], and the values of its marks: `$1` is the
/// first.
pub(crate) fn among(ids: &[AssetId]) -> (String, Vec<Value>) {
    let Some(first) = ids.first() else { return ("FALSE".to_owned(), Vec::new()) };
    let together = |id: &AssetId| (id.customer, id.space) == (first.customer, first.space);
    if ids.iter().all(together) {
        let mut values = vec![first.customer.into(), first.space.into()];
        values.extend(ids.iter().map(|id| Value::from(id.name())));
        let names = marks(3, ids.len());
        return (format!("customer = $1 AND space = $2 AND name IN ({names})"), values);
    }
    let keys: Vec<_> = (0..ids.len()).map(|n| format!("({})", marks(3 * n + 1, 3))).collect();
    let condition = format!("(customer, space, name) IN (VALUES {})", keys.join(", "));
    (condition, ids.iter().flat_map(key_of).collect())
}
