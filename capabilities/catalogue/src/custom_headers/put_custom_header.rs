use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, CustomHeader, Error, Expected,
    custom_headers::custom_header::custom_header,
    customers::customer::customer,
    database::query::{self, micros},
    spaces::space::space,
};

/// What a custom header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomHeaderFields {
    pub key: String,
    pub value: String,
    pub space: Option<u32>,
    pub role: Option<String>,
}

impl Catalogue {
    /// From now on it is sent with the assets in its scope.
    pub async fn create_custom_header(
        &self,
        customer_id: u32,
        fields: &CustomHeaderFields,
        now: OffsetDateTime,
    ) -> Result<CustomHeader, Error> {
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        check(&change, customer_id, fields).await?;
        let id = Uuid::new_v4().to_string();
        let sql =
            "INSERT INTO custom_header (id, customer, name, value, space, role, created, modified)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
        let values = values(&id, customer_id, fields).into_iter().chain([micros(now).into()]);
        query::run(&change, sql, values).await?;
        let created = custom_header(&change, customer_id, &id).await?;
        change.commit().await?;
        self.parts().cards.forget_all();
        created.ok_or_else(|| query::unreadable("id"))
    }

    /// Replaces what a custom header says.
    pub async fn put_custom_header(
        &self,
        customer: u32,
        id: &str,
        fields: &CustomHeaderFields,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<CustomHeader, Error> {
        let change = self.database().begin().await?;
        expected.heed(&change, ROW, [id.into(), customer.into()]).await?;
        check(&change, customer, fields).await?;
        let sql = "UPDATE custom_header SET name = $3, value = $4, space = $5, role = $6,
                   modified = $7 WHERE id = $1 AND customer = $2";
        let values = values(id, customer, fields).into_iter().chain([micros(now).into()]);
        query::run(&change, sql, values).await?;
        let changed = custom_header(&change, customer, id).await?.ok_or_else(|| none(id))?;
        change.commit().await?;
        self.parts().cards.forget_all();
        Ok(changed)
    }
}

pub(crate) const ROW: &str = "custom_header WHERE id = $1 AND customer = $2";

/// Those by which answers are framed, or which say what their bytes are.
const OURS: [&str; 20] = [
    "accept-ranges",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "etag",
    "keep-alive",
    "last-modified",
    "location",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "www-authenticate",
    "x-asset-id",
];

async fn check(
    change: &impl ConnectionTrait,
    customer: u32,
    fields: &CustomHeaderFields,
) -> Result<(), Error> {
    check_text(&fields.key, &fields.value)?;
    if let Some(id) = fields.space
        && space(change, customer, id).await?.is_none()
    {
        return Err(Error::Invalid(format!("Target space {id} does not exist")));
    }
    Ok(())
}

fn check_text(key: &str, value: &str) -> Result<(), Error> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_visible = |byte: u8| byte == b' ' || byte == b'\t' || byte.is_ascii_graphic();
    let invalid = |text: String| Err(Error::Invalid(text));
    if key.is_empty() {
        invalid("A key is required".into())
    } else if value.is_empty() {
        invalid("A value is required".into())
    } else if key.len() > 100 || !key.bytes().all(is_token) {
        invalid(format!("'{key}' cannot be the name of a header"))
    } else if OURS.contains(&key.to_ascii_lowercase().as_str()) {
        invalid(format!("the header '{key}' belongs to the service and cannot be set"))
    } else if value.len() > 4000 || !value.bytes().all(is_visible) || value.trim() != value {
        invalid("'value' must be at most 4000 visible ASCII characters".into())
    } else {
        Ok(())
    }
}

fn values(id: &str, customer: u32, fields: &CustomHeaderFields) -> [Value; 6] {
    [
        id.into(),
        customer.into(),
        fields.key.as_str().into(),
        fields.value.as_str().into(),
        fields.space.unwrap_or_default().into(),
        fields.role.clone().into(),
    ]
}

pub(crate) fn none(id: &str) -> Error {
    Error::NotFound(format!("custom header {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_sent_and_does_no_harm_is_accepted() {
        for (key, value) in [("Cache-Control", "max-age=9"), ("X-Robots-Tag", "none \"x\"")] {
            assert!(check_text(key, value).is_ok(), "{key}");
        }
        for (key, value) in [
            ("", "x"),
            ("x", ""),
            ("a b", "x"),
            ("a:", "x"),
            ("ä", "x"),
            ("x", "a\r\nSet-Cookie: b"),
            ("x", " a"),
            ("x", "ä"),
            ("Content-Length", "0"),
            ("transfer-encoding", "chunked"),
            (&"x".repeat(101), "x"),
            ("x", &"x".repeat(4001)),
        ] {
            assert!(matches!(check_text(key, value), Err(Error::Invalid(_))), "{key:?} {value:?}");
        }
    }
}
