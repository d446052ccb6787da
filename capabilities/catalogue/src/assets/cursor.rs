use sea_orm::Value;
use serde::{Deserialize, Serialize};

use crate::{Asset, AssetProperty, LiteralKind, Order, Page, assets::asset_row, database::query};

/// Which part of a list of assets is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    pub page: Page,
    /// Where the page beside it ended, which costs the same on every page; without it, pages are counted off.
    pub cursor: Option<Cursor>,
}

/// Where a page of assets ended, and how many there were in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    total: u64,
    /// Whether the page before is wanted, and not the one after.
    backwards: bool,
    /// What the list was ordered by; in another order the cursor means nothing.
    column: String,
    descending: bool,
    key: Key,
    space: u32,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    /// The asset had no value.
    Nothing,
    Number(i64),
    Truth(bool),
    Text(String),
}

impl Cursor {
    /// Points behind an asset at the end of a page, or before one at its beginning.
    pub(crate) fn beside(
        asset: &Asset,
        order: Order<AssetProperty>,
        backwards: bool,
        total: u64,
    ) -> Option<Self> {
        let column = order.by.column();
        let [_, space, name] = query::key_of(&asset.id);
        let fields = asset_row::fields(asset).into_iter().chain([("space", space), ("name", name)]);
        let (_, value) = { fields }.find(|(name, _)| *name == column)?;
        Some(Self {
            total,
            backwards,
            column: column.to_owned(),
            descending: order.descending,
            key: Key::of(value)?,
            space: asset.id.space,
            name: asset.id.name().to_owned(),
        })
    }

    /// Cursors come back from strangers: one counts only if it says what this order could have made of it.
    pub(crate) fn fits(&self, order: Order<AssetProperty>) -> bool {
        order.by.column() == self.column
            && order.descending == self.descending
            && self.key.fits(order.by)
    }

    pub(crate) fn total(&self) -> i64 {
        query::whole(self.total)
    }

    pub(crate) fn is_backwards(&self) -> bool {
        self.backwards
    }

    /// The condition that what is wanted lies beyond, where nothing comes after everything; its marks begin with `first`.
    pub(crate) fn condition(
        &self,
        order: Order<AssetProperty>,
        first: usize,
    ) -> (String, Vec<Value>) {
        let is_behind = self.backwards == self.descending;
        let operator = if is_behind { ">" } else { "<" };
        let column = &self.column;
        let mut values: Vec<Value> = vec![self.space.into(), self.name.as_str().into()];
        let Some(key) = self.key.value() else {
            let marks = query::marks(first, 2);
            let among = format!("{column} IS NULL AND (space, name) {operator} ({marks})");
            return match is_behind {
                true => (among, values),
                false => (format!("({column} IS NOT NULL OR ({among}))"), values),
            };
        };
        values.insert(0, key);
        let beyond = format!("({column}, space, name) {operator} ({})", query::marks(first, 3));
        match is_behind && order.by.is_optional() {
            true => (format!("({beyond} OR {column} IS NULL)"), values),
            false => (beyond, values),
        }
    }
}

impl Key {
    fn of(value: Value) -> Option<Self> {
        if let Value::String(text) = value {
            Some(text.map_or(Self::Nothing, Self::Text))
        } else if let Value::BigInt(number) = value {
            Some(number.map_or(Self::Nothing, Self::Number))
        } else if let Value::Unsigned(Some(number)) = value {
            Some(Self::Number(number.into()))
        } else if let Value::Bool(Some(truth)) = value {
            Some(Self::Truth(truth))
        } else {
            None
        }
    }

    fn value(&self) -> Option<Value> {
        match self {
            Self::Nothing => None,
            Self::Number(number) => Some((*number).into()),
            Self::Truth(truth) => Some((*truth).into()),
            Self::Text(text) => Some(text.as_str().into()),
        }
    }

    /// Is it of the kind that assets have in this property?
    fn fits(&self, property: AssetProperty) -> bool {
        match self {
            Self::Nothing => property.is_optional(),
            Self::Number(_) => property.kind() == LiteralKind::Number,
            Self::Truth(_) => property.kind() == LiteralKind::Truth,
            Self::Text(_) => property.kind() == LiteralKind::Text,
        }
    }
}

impl From<Page> for Place {
    fn from(page: Page) -> Self {
        Self { page, cursor: None }
    }
}
