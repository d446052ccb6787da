use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{
    Client,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use url::Url;

use crate::{
    Guard,
    failure::{NOT_PUBLIC, what_happened},
};

/// Sends messages by POST. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Poster {
    client: Client,
    /// `None`: the operator wrote the addresses, and may have meant machines of the house.
    guard: Option<Guard>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The beginning of the body: no more than 4 MiB.
    pub body: Bytes,
}

/// Why a message did not arrive, or nobody knows whether it did; in words for whoever wrote the address.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// Trying again would end the same way.
    #[error("{0}")]
    Refused(String),
    /// It may arrive later.
    #[error("{0}")]
    Failed(String),
}

/// Of longer answers the rest is not read.
const MAX_ANSWER: usize = 4 << 20;

impl Poster {
    /// For addresses that anybody wrote.
    pub fn guarded(guard: Guard, timeout: Duration) -> Result<Self, NotSent> {
        Self::build(Some(guard), timeout)
    }

    /// For addresses that the operator wrote.
    pub fn trusting(timeout: Duration) -> Result<Self, NotSent> {
        Self::build(None, timeout)
    }

    fn build(guard: Option<Guard>, timeout: Duration) -> Result<Self, NotSent> {
        let mut builder = Client::builder()
            .user_agent(concat!("recto/", env!("CARGO_PKG_VERSION")))
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .no_proxy();
        if let Some(guard) = &guard {
            builder = builder.dns_resolver(guard.clone());
        }
        let client = builder.build();
        let client = client
            .map_err(|error| NotSent::Failed(format!("the HTTP client can't be built: {error}")))?;
        Ok(Self { client, guard })
    }

    /// Sends a message; redirects are not followed, but answered.
    pub async fn post(
        &self,
        address: &str,
        headers: &[(&str, String)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, NotSent> {
        let url = Url::parse(address)
            .map_err(|fault| NotSent::Refused(format!("{address} is no address: {fault}")))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if self.guard.as_ref().is_some_and(|guard| !guard.admits(&url)) {
            return Err(not_public(&host));
        }
        let request = self.client.post(url).headers(header_map(headers)?).body(body.into());
        let mut answer = request.send().await.map_err(|error| explain(&host, &error))?;
        let status = answer.status().as_u16();
        let mut body = BytesMut::new();
        while body.len() < MAX_ANSWER {
            match answer.chunk().await.map_err(|error| explain(&host, &error))? {
                Some(part) => body.extend_from_slice(&part),
                None => break,
            }
        }
        Ok(Answer { status, body: body.freeze() })
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn header_map(headers: &[(&str, String)]) -> Result<HeaderMap, NotSent> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let parsed = HeaderName::try_from(*name).ok().zip(HeaderValue::try_from(value).ok());
        let (name, value) =
            parsed.ok_or_else(|| NotSent::Refused(format!("the header {name} can't be sent")))?;
        map.insert(name, value);
    }
    Ok(map)
}

fn not_public(host: &str) -> NotSent {
    NotSent::Refused(format!("{host} {NOT_PUBLIC}"))
}

fn explain(host: &str, error: &reqwest::Error) -> NotSent {
    match what_happened(error) {
        NOT_PUBLIC => not_public(host),
        what => NotSent::Failed(format!("{host} {what}")),
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        http::{HeaderMap, StatusCode, header::LOCATION},
        routing::post,
    };

    use super::*;

    async fn server() -> String {
        let echo = |headers: HeaderMap, body: String| async move {
            format!("{} {body}", headers["x-test"].to_str().unwrap())
        };
        let router = Router::new()
            .route("/echo", post(echo))
            .route("/moved", post(|| async { (StatusCode::FOUND, [(LOCATION, "/echo")]) }))
            .route("/slow", post(std::future::pending::<()>))
            .route("/long", post(|| async { "x".repeat(MAX_ANSWER * 2) }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn a_message_is_sent_with_its_headers_and_redirects_are_not_followed() {
        let base = server().await;
        let poster = Poster::trusting(SECOND).unwrap();
        let headers = [("x-test", "signed".to_owned())];
        let answer = poster.post(&format!("{base}/echo"), &headers, "body").await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, &b"signed body"[..]));
        let moved = poster.post(&format!("{base}/moved"), &headers, "body").await.unwrap();
        assert_eq!((moved.status, moved.is_success()), (302, false));
        let long = poster.post(&format!("{base}/long"), &headers, "").await.unwrap();
        assert!(long.body.len() < MAX_ANSWER * 2);
    }

    #[tokio::test]
    async fn strangers_do_not_reach_the_house() {
        let base = server().await;
        let poster = Poster::guarded(Guard::new(&[]), SECOND).unwrap();
        for address in [base.clone(), base.replace("127.0.0.1", "localhost")] {
            let refused = poster.post(&address, &[], "").await.unwrap_err();
            assert!(matches!(refused, NotSent::Refused(_)), "{refused}");
        }
        let listed = Guard::new(&["127.0.0.1".to_owned()]);
        let poster = Poster::guarded(listed, SECOND).unwrap();
        let headers = [("x-test", "1".to_owned())];
        assert!(poster.post(&format!("{base}/echo"), &headers, "").await.unwrap().is_success());
    }

    #[tokio::test]
    async fn what_fails_now_may_arrive_later() {
        let base = server().await;
        let poster = Poster::trusting(SECOND / 5).unwrap();
        for (address, words) in
            [(format!("{base}/slow"), "in time"), ("http://127.0.0.1:1/".to_owned(), "reached")]
        {
            let failed = poster.post(&address, &[], "").await.unwrap_err();
            assert!(matches!(failed, NotSent::Failed(_)), "{failed}");
            assert!(failed.to_string().contains(words), "{failed}");
        }
    }
}
