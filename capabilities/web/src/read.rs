use std::{io::Write, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    header::{ACCEPT, CONTENT_LENGTH, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, RETRY_AFTER},
};
use tokio::time::sleep;
use url::Url;

use crate::{
    Guard,
    failure::{NOT_PUBLIC, what_happened},
};

/// Reads documents, and the files that they name. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader {
    client: Client,
    guard: Guard,
}

/// What tells whether a file is still the one that was read, without reading it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    pub bytes: Option<u64>,
    /// Its ETag, else the time of its last change.
    pub text: Option<String>,
}

/// Why something was not read; in words for whoever wrote the address.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotRead(String);

/// Servers that are busy, or away for a moment, are asked again after these pauses.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(8)];
/// However long a server wants to be left alone.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Reader {
    /// `patience` is how long a server may keep silent.
    pub fn new(guard: Guard, patience: Duration) -> Result<Self, NotRead> {
        let client = Client::builder()
            .user_agent(concat!("recto/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(patience)
            .read_timeout(patience)
            .dns_resolver(guard.clone())
            .redirect(guard.redirects())
            .no_proxy()
            .build();
        let client =
            client.map_err(|error| NotRead(format!("the HTTP client can't be built: {error}")))?;
        Ok(Self { client, guard })
    }

    /// What a server says of a file; nothing, if it does not answer such questions.
    pub async fn stamp(&self, address: &Url) -> Result<Stamp, NotRead> {
        let answer = self.ask(Method::HEAD, address, "*/*").await?;
        if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
            return Ok(Stamp::default());
        }
        let answer = successful(address, answer)?;
        let text = |name: HeaderName| text_of(answer.headers(), &name);
        Ok(Stamp {
            bytes: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            text: text(ETAG).or_else(|| text(LAST_MODIFIED)),
        })
    }

    /// A document of at most so many bytes; `accept` says of which kinds it may be.
    pub async fn read(&self, address: &Url, accept: &str, most: usize) -> Result<Bytes, NotRead> {
        let answer = successful(address, self.ask(Method::GET, address, accept).await?)?;
        let mut read = BytesMut::new();
        for_each_part(address, answer, |part| {
            read.extend_from_slice(&part);
            if read.len() > most {
                return Err(NotRead(format!("{address} has more than {most} bytes")));
            }
            Ok(())
        })
        .await?;
        Ok(read.freeze())
    }

    /// Writes a file of any length into another.
    pub async fn copy(&self, address: &Url, into: &mut impl Write) -> Result<(), NotRead> {
        let answer = successful(address, self.ask(Method::GET, address, "*/*").await?)?;
        for_each_part(address, answer, |part| {
            into.write_all(&part).map_err(|error| NotRead(format!("{address}: {error}")))
        })
        .await
    }

    async fn ask(&self, method: Method, address: &Url, accept: &str) -> Result<Response, NotRead> {
        if !self.guard.admits(address) {
            return Err(NotRead(format!("{address} {NOT_PUBLIC}")));
        }
        let request = || -> RequestBuilder {
            self.client.request(method.clone(), address.clone()).header(ACCEPT, accept)
        };
        for pause in PAUSES {
            match request().send().await {
                Ok(answer) if is_passing(answer.status()) => {
                    let asked = text_of(answer.headers(), &RETRY_AFTER)
                        .and_then(|seconds| seconds.parse().ok().map(Duration::from_secs));
                    sleep(asked.unwrap_or(pause).min(LONGEST_PAUSE)).await;
                }
                Err(error) if error.is_connect() || error.is_timeout() => sleep(pause).await,
                settled => return settled.map_err(|error| explain(address, &error)),
            }
        }
        request().send().await.map_err(|error| explain(address, &error))
    }
}

fn is_passing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

fn successful(address: &Url, answer: Response) -> Result<Response, NotRead> {
    match answer.status() {
        status if status.is_success() => Ok(answer),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(NotRead(format!("{address} is not open to everybody")))
        }
        status => Err(NotRead(format!("{address} answered {status}"))),
    }
}

async fn for_each_part(
    address: &Url,
    mut answer: Response,
    mut take: impl FnMut(Bytes) -> Result<(), NotRead>,
) -> Result<(), NotRead> {
    while let Some(part) = answer.chunk().await.map_err(|error| explain(address, &error))? {
        take(part)?;
    }
    Ok(())
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn explain(address: &Url, error: &reqwest::Error) -> NotRead {
    NotRead(format!("{address} {}", what_happened(error)))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::{Router, http::HeaderMap, routing::get};

    use super::*;

    async fn server() -> Url {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let busy = || async {
            match ASKED.fetch_add(1, Ordering::Relaxed) {
                0 => Err((StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0")])),
                _ => Ok("at last"),
            }
        };
        let kinds =
            |headers: HeaderMap| async move { headers["accept"].to_str().unwrap().to_owned() };
        let router = Router::new()
            .route("/kinds", get(kinds))
            .route("/busy", get(busy))
            .route("/marked", get(|| async { ([("etag", "\"1\"")], "12345") }))
            .route("/closed", get(|| async { StatusCode::UNAUTHORIZED }))
            .route("/moved", get(|| async { (StatusCode::FOUND, [("location", "/marked")]) }))
            .route(
                "/inside",
                get(|| async { (StatusCode::FOUND, [("location", "http://10.0.0.1/")]) }),
            );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, router).await });
        format!("http://{address}").parse().unwrap()
    }

    fn reader() -> Reader {
        let listed = Guard::new(&["127.0.0.1".to_owned()]);
        Reader::new(listed, Duration::from_secs(5)).unwrap()
    }

    #[tokio::test]
    async fn documents_and_files_are_read_and_stamped() {
        let base = server().await;
        let at = |path: &str| base.join(path).unwrap();
        let reader = reader();
        assert_eq!(&reader.read(&at("kinds"), "text/plain", 100).await.unwrap()[..], b"text/plain");
        assert_eq!(&reader.read(&at("busy"), "*/*", 100).await.unwrap()[..], b"at last");
        let stamp = Stamp { bytes: Some(5), text: Some("\"1\"".to_owned()) };
        assert_eq!(reader.stamp(&at("moved")).await.unwrap(), stamp);
        let mut copy = Vec::new();
        reader.copy(&at("moved"), &mut copy).await.unwrap();
        assert_eq!(copy, b"12345");
    }

    #[tokio::test]
    async fn what_is_too_long_closed_or_elsewhere_is_told() {
        let base = server().await;
        let at = |path: &str| base.join(path).unwrap();
        let reader = reader();
        for (address, words) in [
            (at("marked"), "more than 4 bytes"),
            (at("closed"), "not open to everybody"),
            (at("nowhere"), "404"),
            ("file:///etc/passwd".parse().unwrap(), "not on the public internet"),
            ("http://10.0.0.1/".parse().unwrap(), "not on the public internet"),
            (at("inside"), "into the house"),
        ] {
            let error = reader.read(&address, "*/*", 4).await.unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
