use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderValue,
        header::{IF_MATCH, IF_NONE_MATCH},
        request::Parts,
    },
};
use catalogue::Expected;
use time::OffsetDateTime;

use crate::error::Error;

/// What `If-Match` or `If-None-Match` takes for granted of the resource that the request changes.
pub(crate) struct Precondition(pub(crate) Expected);

/// The tag of a resource that was last changed at this moment. Every change makes another.
pub(crate) fn etag(changed: OffsetDateTime) -> HeaderValue {
    let micros = changed.unix_timestamp_nanos() / 1000;
    HeaderValue::try_from(format!("\"{micros:x}\"")).expect("digits and quotes may be sent")
}

impl<S: Send + Sync> FromRequestParts<S> for Precondition {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        expected(&parts.headers).map(Self)
    }
}

/// Addresses that don't heed a precondition refuse it: whoever sends one relies on it.
pub(crate) fn refuse(headers: &HeaderMap) -> Result<(), Error> {
    match expected(headers)? {
        Expected::Whatever => Ok(()),
        Expected::Something | Expected::Nothing | Expected::Unchanged(_) => Err(Error::invalid(
            "'If-Match' and 'If-None-Match' are heeded where one thing is changed that comes with an ETag; not here",
        )),
    }
}

fn expected(headers: &HeaderMap) -> Result<Expected, Error> {
    if headers.contains_key(IF_MATCH) {
        let tags = tags(headers, &IF_MATCH)?;
        if tags.contains(&"*") {
            return Ok(Expected::Something);
        }
        return Ok(Expected::Unchanged(tags.into_iter().filter_map(moment).collect()));
    }
    if !headers.contains_key(IF_NONE_MATCH) {
        return Ok(Expected::Whatever);
    }
    match tags(headers, &IF_NONE_MATCH)?.as_slice() {
        ["*"] => Ok(Expected::Nothing),
        _ => Err(Error::invalid("'If-None-Match' must be * where something is changed")),
    }
}

fn tags<'a>(headers: &'a HeaderMap, name: &axum::http::HeaderName) -> Result<Vec<&'a str>, Error> {
    let unreadable = || Error::invalid(format!("'{name}' must be a list of entity tags, or *"));
    let mut tags = Vec::new();
    for value in headers.get_all(name) {
        let list = value.to_str().map_err(|_| unreadable())?.split(',').map(str::trim);
        tags.extend(list.filter(|tag| !tag.is_empty()));
    }
    let is_quoted = |tag: &str| tag.len() > 1 && tag.starts_with('"') && tag.ends_with('"');
    let is_tag = |tag: &&str| *tag == "*" || is_quoted(tag.strip_prefix("W/").unwrap_or(tag));
    if tags.is_empty() || !tags.iter().all(is_tag) {
        return Err(unreadable());
    }
    Ok(tags)
}

/// A tag that is not one of ours stands for nothing that there is, and so does a weak one.
fn moment(tag: &str) -> Option<OffsetDateTime> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    let micros = i128::from(i64::from_str_radix(digits, 16).ok()?);
    OffsetDateTime::from_unix_timestamp_nanos(micros * 1000).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, Request};
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;
    use crate::testing::{Answer, Client, IMAGE, jpeg, on_every_database};

    fn read(name: &'static str, value: &str) -> Result<Expected, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        expected(&headers)
    }

    #[test]
    fn a_tag_is_read_as_it_is_written() {
        let moment = datetime!(2026-11-21 10:00:00.123456 UTC);
        let tag = etag(moment).to_str().unwrap().to_owned();
        for (value, moments) in [
            (tag.clone(), vec![moment]),
            (format!("\"x\", {tag} ,W/\"1\""), vec![moment]),
            (format!("W/{tag}"), vec![]),
            ("\"\"".to_owned(), vec![]),
            ("\"ffffffffffffffffffffff\"".to_owned(), vec![]),
        ] {
            assert_eq!(read("if-match", &value).unwrap(), Expected::Unchanged(moments), "{value}");
        }
        assert_eq!(read("if-match", "*").unwrap(), Expected::Something);
        assert_eq!(read("if-none-match", "*").unwrap(), Expected::Nothing);
        assert_eq!(expected(&HeaderMap::new()).unwrap(), Expected::Whatever);
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        for (name, value) in
            [("if-match", ""), ("if-match", "x"), ("if-match", "\""), ("if-none-match", "\"x\"")]
        {
            assert!(matches!(read(name, value), Err(Error::Invalid(_))), "{name}: {value}");
        }
    }

    async fn send(
        client: &Client,
        method: Method,
        path: &str,
        (name, value): (&str, &str),
        body: Value,
    ) -> Answer {
        let request = Request::builder().method(method).uri(path).header(name, value);
        client.request(request.body(body.to_string().into()).unwrap()).await
    }

    #[tokio::test]
    async fn of_two_who_change_the_same_the_second_is_told() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            let policy = "/customers/2/deliveryChannelPolicies/thumbs/default";
            for (path, one, other) in [
                (IMAGE, json!({"string1": "a"}), jpeg(json!({"string1": "b"}))),
                ("/customers/2/spaces/1", json!({"name": "a"}), json!({"name": "b"})),
                (policy, json!({"displayName": "a"}), json!({"policyData": ["9,"]})),
            ] {
                let tag = librarian.get(path).await.header("etag").to_owned();
                let condition = ("if-match", tag.as_str());
                let first = send(&librarian, Method::PATCH, path, condition, one.clone()).await;
                assert_eq!(first.status, 200, "{path}: {}", first.detail());
                assert_ne!(first.header("etag"), tag, "{path}");
                for (method, body) in [(Method::PATCH, one), (Method::PUT, other.clone())] {
                    let second = send(&librarian, method, path, condition, body).await;
                    assert_eq!(second.status, 412, "{path}");
                    assert!(second.detail().contains("changed since"), "{}", second.detail());
                }
                let fresh = ("if-match", first.header("etag"));
                let again = send(&librarian, Method::PUT, path, fresh, other.clone()).await;
                assert_eq!(again.status, 200, "{path}: {}", again.detail());
                let new = ("if-none-match", "*");
                let there = send(&librarian, Method::PUT, path, new, other).await;
                assert_eq!(there.status, 412, "{path}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_expected_to_exist_is_not_made_and_what_is_not_is() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let policy = "/customers/2/deliveryChannelPolicies/thumbs/new";
            for (path, body) in [
                (IMAGE, jpeg(json!({}))),
                ("/customers/2/spaces/7", json!({"name": "new"})),
                (policy, json!({"policyData": ["9,"]})),
            ] {
                for condition in [("if-match", "*"), ("if-match", "\"5\"")] {
                    let missing =
                        send(&librarian, Method::PUT, path, condition, body.clone()).await;
                    assert_eq!(missing.status, 412, "{path}: {}", missing.detail());
                    assert_eq!(librarian.get(path).await.status, 404, "{path}");
                }
                let made = send(&librarian, Method::PUT, path, ("if-none-match", "*"), body).await;
                assert_eq!(made.status, 201, "{path}: {}", made.detail());
            }
        })
        .await;
    }

    /// Everything of which there is one beside images, spaces and policies, whose PUT makes them.
    async fn made(
        administrator: &Client,
        librarian: &Client,
    ) -> Vec<(String, Option<Method>, Value)> {
        let mut all =
            vec![("/customers/2".to_owned(), Some(Method::PATCH), json!({"displayName": "x"}))];
        for (path, method, body) in [
            (
                "defaultDeliveryChannels",
                Method::PUT,
                json!({"channel": "file", "policy": "none", "mediaType": "model/*"}),
            ),
            (
                "spaces/1/defaultDeliveryChannels",
                Method::PUT,
                json!({"channel": "file", "policy": "none", "mediaType": "model/*"}),
            ),
            (
                "originStrategies",
                Method::PUT,
                json!({"regex": "^https://a", "strategy": "default"}),
            ),
            ("customHeaders", Method::PUT, json!({"key": "X-A", "value": "b"})),
            ("webhooks", Method::PUT, json!({"url": "https://hooks.example.org/"})),
            ("namedQueries", Method::PUT, json!({"name": "book", "template": "s1=p1"})),
            (
                "portalUsers",
                Method::PATCH,
                json!({"email": "a@example.org", "password": "long enough for it"}),
            ),
        ] {
            let made = librarian.post(&format!("/customers/2/{path}"), body.clone()).await;
            assert_eq!(made.status, 201, "{path}: {}", made.detail());
            let path = made.header("location").strip_prefix("https://api.example.org").unwrap();
            all.push((path.to_owned(), Some(method), body));
        }
        let limits =
            json!({"maximumNumberOfStoredImages": 1, "maximumTotalSizeOfStoredImages": 9000});
        administrator.put("/storagePolicies/one", limits.clone()).await;
        all.push(("/storagePolicies/one".to_owned(), Some(Method::PATCH), limits.clone()));
        all.push(("/storagePolicies/one".to_owned(), Some(Method::PUT), limits));
        all.push(("/customers/2/spaces/1".to_owned(), None, json!(null)));
        all.push(("/customers/2/deliveryChannelPolicies/thumbs/own".to_owned(), None, json!(null)));
        all.push((IMAGE.to_owned(), None, json!(null)));
        all
    }

    #[tokio::test]
    async fn whatever_has_a_tag_is_changed_and_deleted_under_its_condition() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            librarian.put("/customers/2/spaces/1", json!({"name": "maps"})).await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            let policy = "/customers/2/deliveryChannelPolicies/thumbs/own";
            librarian.put(policy, json!({"policyData": ["9,"]})).await;
            let all = made(&administrator, &librarian).await;
            for (path, method, body) in all.iter().rev() {
                let tag = administrator.get(path).await.header("etag").to_owned();
                assert!(tag.starts_with('"'), "{path} has no tag");
                let stale = ("if-match", "\"1\"");
                let Some(method) = method.clone() else { continue };
                let refused = send(&administrator, method.clone(), path, stale, body.clone()).await;
                assert_eq!(refused.status, 412, "{method} {path}: {}", refused.detail());
                let new = ("if-none-match", "*");
                let there = send(&administrator, method.clone(), path, new, body.clone()).await;
                assert_eq!(there.status, 412, "{method} {path}: {}", there.detail());
                let fresh = ("if-match", tag.as_str());
                let done = send(&administrator, method.clone(), path, fresh, body.clone()).await;
                assert_eq!(done.status, 200, "{method} {path}: {}", done.detail());
                assert_ne!(done.header("etag"), tag, "{method} {path}");
                let late = send(&administrator, method.clone(), path, fresh, body.clone()).await;
                assert_eq!(late.status, 412, "{method} {path}: {}", late.detail());
            }
            let deletable = all.iter().rev().filter(|(path, ..)| path != "/customers/2");
            for path in deletable.map(|(path, ..)| path) {
                let tag = administrator.get(path).await.header("etag").to_owned();
                if tag.is_empty() {
                    continue; // deleted with the other of its two ways to change it
                }
                let stale = ("if-match", "\"1\"");
                let kept = send(&administrator, Method::DELETE, path, stale, json!(null)).await;
                assert_eq!(kept.status, 412, "{path}: {}", kept.detail());
                let fresh = ("if-match", tag.as_str());
                let gone = send(&administrator, Method::DELETE, path, fresh, json!(null)).await;
                assert_eq!(gone.status, 204, "{path}: {}", gone.detail());
                let nobody = ("if-match", "*");
                let missing = send(&administrator, Method::DELETE, path, nobody, json!(null)).await;
                assert_eq!(missing.status, 404, "{path}: {}", missing.detail());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn an_address_that_does_not_heed_a_precondition_refuses_it() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let condition = ("if-match", "*");
            for (method, path) in [
                (Method::PATCH, "/customers/2/spaces/1/images"),
                (Method::PATCH, "/customers/2/spaces/1/storage"),
                (Method::POST, "/customers/2/queue"),
                (Method::POST, "/customers/2/spaces"),
            ] {
                let answer = send(&librarian, method, path, condition, json!({})).await;
                assert_eq!(answer.status, 400, "{path}");
                assert!(answer.detail().contains("are heeded where"), "{}", answer.detail());
            }
            let read = send(&librarian, Method::GET, "/customers/2", condition, json!({})).await;
            assert_eq!(read.status, 200);
        })
        .await;
    }
}
