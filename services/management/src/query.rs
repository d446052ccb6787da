use std::str::FromStr;

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use catalogue::{Cursor, Order, Page, Place};
use percent_encoding::percent_decode_str;

use crate::error::Error;

/// The query of a URL: names match in any case, and the first of several equal ones counts.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// The value of `name`, unless it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        let (_, value) = self.pairs.iter().find(named)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// `page` and `pageSize`; numbers out of range are no error, the DLCS takes its defaults then.
    pub(crate) fn page(&self) -> Result<Page, Error> {
        let number = self.whole_number("page")?.unwrap_or(1);
        let size = self.whole_number("pageSize")?.unwrap_or_else(|| Page::DEFAULT_SIZE.into());
        Ok(Page::lenient(number, size))
    }

    /// The page, and the cursor that a link to it carries.
    pub(crate) fn place(&self) -> Result<Place, Error> {
        let unreadable = "'cursor' must come from a link of this list; leave it out to count pages";
        let cursor = self.get("cursor").map(|text| {
            let json =
                BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::invalid(unreadable))?;
            serde_json::from_slice::<Cursor>(&json).map_err(|_| Error::invalid(unreadable))
        });
        Ok(Place { page: self.page()?, cursor: cursor.transpose()? })
    }

    /// `orderBy` or `orderByDescending`, with the name of a property.
    pub(crate) fn order<By>(&self) -> Result<Order<By>, Error>
    where
        By: FromStr<Err = catalogue::Error> + Default,
    {
        Ok(match (self.get("orderBy"), self.get("orderByDescending")) {
            (Some(property), _) => Order::ascending(property)?,
            (None, Some(property)) => Order::descending(property)?,
            (None, None) => Order::default(),
        })
    }

    fn of(uri: &Uri) -> Result<Self, Error> {
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        Ok(Self { pairs: pairs.collect::<Result<_, Error>>()? })
    }

    pub(crate) fn whole_number(&self, name: &str) -> Result<Option<i64>, Error> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.trim().parse();
        number.map(Some).map_err(|_| Error::invalid(format!("'{name}' must be a whole number")))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Self::of(&parts.uri)
    }
}

fn decode(text: &str) -> Result<String, Error> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    let decoded = decoded.map_err(|_| Error::invalid("The query must be encoded as UTF-8"))?;
    if decoded.contains('\0') {
        return Err(Error::invalid("The query must not contain the character NUL"));
    }
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use catalogue::SpaceProperty;

    use super::*;

    fn query(text: &str) -> Result<Query, Error> {
        Query::of(&format!("/?{text}").parse().unwrap())
    }

    #[test]
    fn values_are_decoded_and_names_match_in_any_case() {
        let query = query("Q=%7B%0A%22string1%22:+%22a%2Bb%22%7D&&x&orderBy=").unwrap();
        assert_eq!(query.get("q"), Some("{\n\"string1\": \"a+b\"}"));
        assert_eq!(query.get("x"), None);
        assert_eq!(query.get("orderBy"), None);
    }

    #[test]
    fn what_no_database_can_keep_is_refused() {
        for text in ["string1=%FF", "string1=%00", "%00=1"] {
            assert!(query(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pages_out_of_range_become_the_defaults() {
        for (text, number, size) in [
            ("", 1, 100),
            ("page=3&pageSize=20", 3, 20),
            ("PAGE=3&pagesize=20", 3, 20),
            ("page=0&pageSize=0", 1, 100),
            ("page=-4&pageSize=-1", 1, 100),
            ("pageSize=500", 1, 500),
            ("pageSize=501", 1, 100),
            ("page=&pageSize=", 1, 100),
        ] {
            assert_eq!(query(text).unwrap().page().unwrap(), Page { number, size }, "{text}");
        }
    }

    #[test]
    fn pages_that_are_no_numbers_are_refused() {
        for text in ["page=one", "pageSize=1.5", "page=99999999999999999999999999"] {
            assert!(matches!(query(text).unwrap().page(), Err(Error::Invalid(_))), "{text}");
        }
    }

    #[test]
    fn the_order_is_named_by_property() {
        let order = |text| query(text).unwrap().order::<SpaceProperty>();
        assert_eq!(order("").unwrap(), Order::default());
        let descending = Order { by: SpaceProperty::Name, descending: true };
        assert_eq!(order("orderByDescending=Name").unwrap(), descending);
        assert!(order("orderBy=colour").is_err());
    }
}
