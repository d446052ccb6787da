//! What a question finds: the template of a named query with the arguments of one address.

use model::{
    AssetId,
    named_query::{Field, Ordering, Question},
};
use sea_orm::Value;

use crate::{
    AssetCard, Catalogue, Error, card_row,
    customers::fold,
    database::query::{self, marks},
};

/// A stretch of what a question finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub offset: u64,
    pub limit: u64,
}

impl Catalogue {
    /// The cards of what a question finds, in its order; without the headers that customers want sent with files.
    pub async fn found_cards(
        &self,
        customer: u32,
        question: &Question,
        stretch: Stretch,
    ) -> Result<Vec<AssetCard>, Error> {
        let (sql, values) = select(card_row::SELECT, customer, question, stretch);
        query::all(self.database().reader(), &sql, values).await
    }

    /// The ids alone.
    pub async fn found_ids(
        &self,
        customer: u32,
        question: &Question,
        stretch: Stretch,
    ) -> Result<Vec<AssetId>, Error> {
        let columns = "SELECT customer, space, name FROM asset";
        let (sql, values) = select(columns, customer, question, stretch);
        query::all(self.database().reader(), &sql, values).await
    }

    /// How many assets a question finds; counting ends at `most`.
    pub async fn count_found(
        &self,
        customer: u32,
        question: &Question,
        most: u64,
    ) -> Result<u64, Error> {
        let (condition, mut values) = condition(customer, question);
        values.push(whole(most));
        let limit = values.len();
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM asset WHERE {condition} LIMIT ${limit}) AS found"
        );
        let count = query::one::<i64>(self.database().reader(), &sql, values).await?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }
}

pub(crate) fn select(
    columns: &str,
    customer: u32,
    question: &Question,
    stretch: Stretch,
) -> (String, Vec<Value>) {
    let (condition, mut values) = condition(customer, question);
    let order = order(&question.order);
    let (limit, offset) = (values.len() + 1, values.len() + 2);
    values.extend([whole(stretch.limit), whole(stretch.offset)]);
    let sql =
        format!("{columns} WHERE {condition} ORDER BY {order} LIMIT ${limit} OFFSET ${offset}");
    (sql, values)
}

/// What is not for delivery is never found.
fn condition(customer: u32, question: &Question) -> (String, Vec<Value>) {
    let mut sql = Condition { terms: vec!["customer = $1".into()], values: vec![customer.into()] };
    for (column, text) in ["string1", "string2", "string3"].iter().zip(&question.strings) {
        sql.equals(column, text.as_deref());
    }
    for (column, number) in ["number1", "number2", "number3"].iter().zip(question.numbers) {
        sql.equals(column, number);
    }
    sql.equals("space", question.space);
    if let Some(name) = &question.space_name {
        sql.values.push(fold(name).into());
        sql.terms.push(format!(
            "space = (SELECT id FROM space WHERE customer = $1 AND name_folded = ${})",
            sql.values.len()
        ));
    }
    let batches = question.batches.iter().map(|batch| (*batch).into());
    sql.is_among("SELECT space, name FROM batch_member WHERE customer = $1 AND batch", batches);
    let manifests = question.manifests.iter().map(|manifest| manifest.as_str().into());
    let labelled = "SELECT space, name FROM asset_label
                    WHERE customer = $1 AND kind = 'manifest' AND value";
    sql.is_among(labelled, manifests);
    sql.terms.push("NOT not_for_delivery".into());
    (sql.terms.join(" AND "), sql.values)
}

struct Condition {
    terms: Vec<String>,
    values: Vec<Value>,
}

impl Condition {
    fn equals(&mut self, column: &str, value: Option<impl Into<Value>>) {
        let Some(value) = value else { return };
        self.values.push(value.into());
        self.terms.push(format!("{column} = ${}", self.values.len()));
    }

    /// Assets whose keys are selected elsewhere, by a column with one of these values.
    fn is_among(&mut self, select: &str, values: impl ExactSizeIterator<Item = Value>) {
        if values.len() == 0 {
            return;
        }
        let marks = marks(self.values.len() + 1, values.len());
        self.values.extend(values);
        self.terms.push(format!("(space, name) IN ({select} IN ({marks}))"));
    }
}

/// What follows ORDER BY. Without an order assets come by `number1`; equal ones always by space and name, so that no
/// two answers differ. Those without a text come last, first when descending.
fn order(order: &[Ordering]) -> String {
    let default = [Ordering { field: Field::Number1, descending: false }];
    let order = if order.is_empty() { &default } else { order };
    let mut terms = Vec::new();
    let mut direction = "ASC";
    for by in order {
        direction = if by.descending { "DESC" } else { "ASC" };
        let nulls = if by.descending { "NULLS FIRST" } else { "NULLS LAST" };
        let (column, nulls) = match by.field {
            Field::String1 => ("string1", nulls),
            Field::String2 => ("string2", nulls),
            Field::String3 => ("string3", nulls),
            Field::Number1 => ("number1", ""),
            Field::Number2 => ("number2", ""),
            Field::Number3 => ("number3", ""),
            // The grammar knows no order by these; by space and name it is ordered anyway.
            Field::Space | Field::SpaceName | Field::Batch | Field::Manifest => continue,
        };
        terms.push(format!("{column} {direction} {nulls}"));
    }
    terms.extend([format!("space {direction}"), format!("name {direction}")]);
    terms.join(", ")
}

fn whole(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}
