use sea_orm::Value;
use serde::{Deserialize, Serialize};

use crate::{Asset, AssetProperty, Order, Page, asset_row, database::query};

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
    Number(i64),
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
        let (column, _) = order.by.cursor_column()?;
        let [_, space, name] = query::key_of(&asset.id);
        let fields = asset_row::fields(asset).into_iter().chain([("space", space), ("name", name)]);
        let (_, value) = { fields }.find(|(name, _)| *name == column)?;
        let key = if let Value::String(Some(text)) = value {
            Key::Text(text)
        } else if let Value::BigInt(Some(number)) = value {
            Key::Number(number)
        } else if let Value::Unsigned(Some(number)) = value {
            Key::Number(number.into())
        } else {
            return None;
        };
        Some(Self {
            total,
            backwards,
            column: column.to_owned(),
            descending: order.descending,
            key,
            space: asset.id.space,
            name: asset.id.name().to_owned(),
        })
    }

    /// Cursors come back from strangers: one counts only if it says what this order could have made of it.
    pub(crate) fn fits(&self, order: Order<AssetProperty>) -> bool {
        let is_text = matches!(self.key, Key::Text(_));
        order.by.cursor_column() == Some((self.column.as_str(), is_text))
            && order.descending == self.descending
    }

    pub(crate) fn total(&self) -> i64 {
        i64::try_from(self.total).unwrap_or(i64::MAX)
    }

    pub(crate) fn is_backwards(&self) -> bool {
        self.backwards
    }

    /// The condition that what is wanted lies beyond; its marks begin with `first`.
    pub(crate) fn condition(&self, first: usize) -> (String, [Value; 3]) {
        let operator = if self.backwards == self.descending { ">" } else { "<" };
        let (column, marks) = (&self.column, query::marks(first, 3));
        let key = match &self.key {
            Key::Number(number) => (*number).into(),
            Key::Text(text) => text.as_str().into(),
        };
        let values = [key, self.space.into(), self.name.as_str().into()];
        (format!("({column}, space, name) {operator} ({marks})"), values)
    }
}

impl From<Page> for Place {
    fn from(page: Page) -> Self {
        Self { page, cursor: None }
    }
}
