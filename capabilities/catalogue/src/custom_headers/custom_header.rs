use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    AssetCard, Catalogue, Error,
    database::query::{self, Record, Row},
};

/// A header that a customer wants sent with its assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomHeader {
    /// A GUID.
    pub id: String,
    pub customer: u32,
    pub key: String,
    pub value: String,
    /// With the assets of this space alone.
    pub space: Option<u32>,
    /// With the assets that have this role alone.
    pub role: Option<String>,
    pub modified: OffsetDateTime,
}

impl Catalogue {
    /// Oldest first.
    pub async fn custom_headers(&self, customer: u32) -> Result<Vec<CustomHeader>, Error> {
        let sql = format!("{SELECT} WHERE customer = $1 ORDER BY created, id");
        query::all(self.database().reader(), &sql, [customer.into()]).await
    }

    pub async fn custom_header(
        &self,
        customer: u32,
        id: &str,
    ) -> Result<Option<CustomHeader>, Error> {
        custom_header(self.database().reader(), customer, id).await
    }

    /// The names and values that go with an asset, each name once.
    pub(crate) async fn headers_of(
        &self,
        card: &AssetCard,
    ) -> Result<Vec<(String, String)>, Error> {
        let sql = format!(
            "{SELECT} WHERE customer = $1 AND space IN (0, $2) ORDER BY space, created, id"
        );
        let values = [card.id.customer.into(), card.id.space.into()];
        let mut headers: Vec<CustomHeader> =
            query::all(self.database().reader(), &sql, values).await?;
        headers.retain(|own| own.role.as_ref().is_none_or(|role| card.roles.contains(role)));
        Ok(effective(headers))
    }
}

/// One value for each name. No scope < space < role < both; of equal ones the newer counts.
fn effective(mut headers: Vec<CustomHeader>) -> Vec<(String, String)> {
    headers.sort_by_key(|header| (header.role.is_some(), header.space.is_some()));
    let mut effective: Vec<(String, String)> = Vec::new();
    for CustomHeader { key, value, .. } in headers {
        effective.retain(|(other, _)| !other.eq_ignore_ascii_case(&key));
        effective.push((key, value));
    }
    effective
}

const SELECT: &str = "SELECT id, customer, space, role, name, value, modified FROM custom_header";

pub(crate) async fn custom_header(
    database: &impl ConnectionTrait,
    customer: u32,
    id: &str,
) -> Result<Option<CustomHeader>, Error> {
    let sql = format!("{SELECT} WHERE customer = $1 AND id = $2");
    query::one(database, &sql, [customer.into(), id.into()]).await
}

impl Record for CustomHeader {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            customer: row.number("customer")?,
            key: row.text("name")?,
            value: row.text("value")?,
            space: Some(row.number("space")?).filter(|space| *space != 0),
            role: row.optional_text("role")?,
            modified: row.moment("modified")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_scope_wins_and_of_equal_ones_the_newer() {
        let header =
            |key: &str, value: &str, space: Option<u32>, role: Option<&str>| CustomHeader {
                id: String::new(),
                customer: 2,
                key: key.into(),
                value: value.into(),
                space,
                role: role.map(str::to_owned),
                modified: OffsetDateTime::UNIX_EPOCH,
            };
        let headers = vec![
            header("A", "both", Some(5), Some("r")),
            header("a", "role", None, Some("r")),
            header("B", "role", None, Some("r")),
            header("b", "space", Some(5), None),
            header("C", "space", Some(5), None),
            header("C", "customer", None, None),
            header("D", "older", None, None),
            header("d", "newer", None, None),
        ];
        let effective: Vec<_> = effective(headers)
            .into_iter()
            .map(|(key, value)| format!("{}={value}", key.to_ascii_lowercase()))
            .collect();
        assert_eq!(effective, ["d=newer", "c=space", "b=role", "a=both"]);
    }
}
