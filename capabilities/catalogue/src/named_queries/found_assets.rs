//! What a question finds: the template of a named query with the arguments of one address.

use std::collections::HashMap;

use model::{
    AssetId,
    named_query::{Field, Ordering, Question},
};
use sea_orm::Value;
use time::OffsetDateTime;

use crate::{
    AssetCard, AssetProperty, Catalogue, Error,
    assets::asset_condition::Condition,
    cards::card_row,
    customers::customer::fold,
    database::{
        many::{self, ROWS},
        query::{self, Record, Row, whole},
    },
};

/// A stretch of what a question finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub offset: u64,
    pub limit: u64,
}

/// An asset that a question finds, and which state of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FoundAsset {
    pub id: AssetId,
    pub version: u64,
    pub modified: OffsetDateTime,
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

    /// The ids, with what tells a state of an asset from another one.
    pub async fn found_states(
        &self,
        customer: u32,
        question: &Question,
        stretch: Stretch,
    ) -> Result<Vec<FoundAsset>, Error> {
        let columns = "SELECT customer, space, name, version, modified FROM asset";
        let (sql, values) = select(columns, customer, question, stretch);
        query::all(self.database().reader(), &sql, values).await
    }

    /// The cards of these, in the same order; those that are gone by now are left out.
    pub async fn cards_of(&self, ids: &[AssetId]) -> Result<Vec<AssetCard>, Error> {
        let mut cards = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(ROWS) {
            let (among, values) = many::among(ids);
            let sql = format!("{} WHERE {among} AND NOT not_for_delivery", card_row::SELECT);
            let found: Vec<AssetCard> = query::all(self.database().reader(), &sql, values).await?;
            cards.extend(found.into_iter().map(|card| (card.id.clone(), card)));
        }
        Ok(ids.iter().filter_map(|id| cards.remove(id)).collect())
    }

    /// How many assets a question finds; counting ends at `most`.
    pub async fn count_found(
        &self,
        customer: u32,
        question: &Question,
        most: u64,
    ) -> Result<u64, Error> {
        let (condition, mut values) = condition(customer, question);
        values.push(whole(most).into());
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
    values.extend([stretch.limit, stretch.offset].map(|number| whole(number).into()));
    let sql =
        format!("{columns} WHERE {condition} ORDER BY {order} LIMIT ${limit} OFFSET ${offset}");
    (sql, values)
}

/// What is not for delivery is never found.
pub(super) fn condition(customer: u32, question: &Question) -> (String, Vec<Value>) {
    let mut sql = Condition::of_customer(customer);
    let mut equals = |column: &str, value: Option<Value>| {
        if let Some(value) = value {
            sql.compare(column, "=", value);
        }
    };
    for (column, text) in ["string1", "string2", "string3"].iter().zip(&question.strings) {
        equals(column, text.as_deref().map(Value::from));
    }
    for (column, number) in ["number1", "number2", "number3"].iter().zip(question.numbers) {
        equals(column, number.map(Value::from));
    }
    equals("space", question.space.map(Value::from));
    if let Some(name) = &question.space_name {
        let name = sql.mark(fold(name).into());
        sql.add(format!(
            "space = (SELECT id FROM space WHERE customer = $1 AND name_folded = {name})"
        ));
    }
    if !question.batches.is_empty() {
        sql.ever_in(question.batches.iter().copied());
    }
    if !question.manifests.is_empty() {
        sql.labelled("manifest", &question.manifests);
    }
    sql.add("NOT not_for_delivery");
    sql.finish()
}

/// What follows ORDER BY. Without an order assets come by `number1`; equal ones always by space and name, so that no
/// two answers differ.
fn order(order: &[Ordering]) -> String {
    let default = [Ordering { field: Field::Number1, descending: false }];
    let order = if order.is_empty() { &default } else { order };
    let terms = order.iter().filter_map(|by| Some(property(by.field)?.term(by.descending)));
    let is_descending = order.last().is_some_and(|last| last.descending);
    terms.chain([AssetProperty::ties(is_descending)]).collect::<Vec<_>>().join(", ")
}

fn property(field: Field) -> Option<AssetProperty> {
    let name = match field {
        Field::String1 => "string1",
        Field::String2 => "string2",
        Field::String3 => "string3",
        Field::Number1 => "number1",
        Field::Number2 => "number2",
        Field::Number3 => "number3",
        // The grammar knows no order by these; by space and name it is ordered anyway.
        Field::Space | Field::SpaceName | Field::Batch | Field::Manifest => return None,
    };
    name.parse().ok()
}

impl Record for FoundAsset {
    fn read(row: &Row) -> Result<Self, Error> {
        let (version, modified) = (row.number("version")?, row.moment("modified")?);
        Ok(Self { id: row.asset_id()?, version, modified })
    }
}
