use std::{fmt::Display, path::Path, time::Duration};

use anyhow::Context;
use catalogue::Credentials;
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED},
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{FetchError, Fetched, Guard, hosts::Hosts};
use crate::config::IngestConfig;

/// Fetches http and https origins.
pub(crate) struct HttpOrigins {
    client: Client,
    guard: Guard,
    hosts: Hosts,
    pub(super) max_bytes: u64,
    timeout: Duration,
}

/// What an origin said to a conditional request.
pub(crate) enum Asked {
    Came(Fetched, Marks),
    Same,
    Gone(StatusCode),
}

/// By what an origin tells one state of a file from another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Marks {
    pub(crate) etag: Option<String>,
    pub(crate) modified: Option<String>,
}

impl Marks {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name| Some(headers.get(name)?.to_str().ok()?.to_owned());
        Self { etag: text(ETAG), modified: text(LAST_MODIFIED) }
    }

    pub(super) fn put_on(&self, mut request: RequestBuilder) -> RequestBuilder {
        if let Some(etag) = &self.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(modified) = &self.modified {
            request = request.header(IF_MODIFIED_SINCE, modified);
        }
        request
    }
}

impl HttpOrigins {
    pub(crate) fn new(config: &IngestConfig) -> anyhow::Result<Self> {
        let guard = Guard::new(&config.private_hosts);
        let client = Client::builder()
            .user_agent(concat!("recto/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.connect_timeout())
            .read_timeout(config.connect_timeout())
            .dns_resolver(guard.clone())
            .redirect(guard.redirects())
            .no_proxy()
            .build()
            .context("the HTTP client can't be built")?;
        Ok(Self {
            client,
            guard,
            hosts: Hosts::new(config.connections_per_host),
            max_bytes: config.max_source_bytes,
            timeout: config.fetch_timeout(),
        })
    }

    /// Fetches `origin` into the file `into`, which is left behind only on success.
    pub(crate) async fn fetch(
        &self,
        origin: &str,
        credentials: Option<&Credentials>,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        match self.ask_with(credentials, origin, &Marks::default(), into).await? {
            Asked::Came(fetched, _) => Ok(fetched),
            Asked::Gone(status) => {
                Err(FetchError::Refused(format!("the origin {origin} answered {status}")))
            }
            Asked::Same => Err(unavailable(origin, "says that nothing has changed")),
        }
    }

    /// The same, unless what these marks were given to still holds.
    pub(crate) async fn ask(
        &self,
        origin: &str,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        self.ask_with(None, origin, marks, into).await
    }

    async fn ask_with(
        &self,
        credentials: Option<&Credentials>,
        origin: &str,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        let url = Url::parse(origin)
            .map_err(|error| FetchError::Refused(format!("{origin} is not a URL: {error}")))?;
        if !self.guard.admits(&url) {
            return Err(not_public(&url));
        }
        let mut request = self.client.get(url.clone());
        if let Some(Credentials { user, password }) = credentials {
            // Where the origin redirects to another host, the client leaves them out.
            request = request.basic_auth(user, Some(password));
        }
        let _turn = self.hosts.turn(url.host_str().unwrap_or_default()).await;
        match tokio::time::timeout(self.timeout, self.download(url, request, marks, into)).await {
            Ok(asked) => asked,
            Err(_) => {
                Err(unavailable(origin, format!("was not fetched in {} s", self.timeout.as_secs())))
            }
        }
    }

    pub(super) fn too_large(&self, url: &Url) -> FetchError {
        FetchError::Refused(format!("{url} is larger than the limit of {} bytes", self.max_bytes))
    }

    /// What went wrong on the way, in words; the details are in the log.
    pub(super) fn explain(&self, url: &Url, error: &reqwest::Error) -> FetchError {
        tracing::debug!(%url, ?error, "an origin could not be fetched");
        if error.is_redirect() {
            return bad_redirect(url);
        }
        if causes(error).any(|cause| cause.contains("is not on the public internet")) {
            return not_public(url);
        }
        let what = if error.is_timeout() {
            "did not answer in time"
        } else if error.is_connect() {
            "could not be reached"
        } else {
            "broke off before the end"
        };
        unavailable(url, what)
    }
}

pub(super) fn unavailable(origin: impl Display, what: impl Display) -> FetchError {
    FetchError::Unavailable(format!("the origin {origin} {what}"))
}

fn bad_redirect(url: &Url) -> FetchError {
    FetchError::Refused(format!("{url} redirects to where it may not, or too often"))
}

fn not_public(url: &Url) -> FetchError {
    let host = url.host_str().unwrap_or_default();
    FetchError::Refused(format!(
        "{host} is not on the public internet; the operator can list it in ingest.private_hosts"
    ))
}

fn causes(error: &dyn std::error::Error) -> impl Iterator<Item = String> {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string)
}

/// A refusal of the origin's is final; trouble on its side may pass.
pub(super) fn check_status(url: &Url, answer: Response) -> Result<Response, FetchError> {
    let status = answer.status();
    if status.is_success() && status != StatusCode::PARTIAL_CONTENT {
        return Ok(answer);
    }
    if status.is_redirection() {
        return Err(bad_redirect(url));
    }
    let may_pass = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    match may_pass {
        true => Err(unavailable(url, format!("answered {status}"))),
        false => Err(FetchError::Refused(format!("the origin {url} answered {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        body::Body,
        http::header::{AUTHORIZATION, CONTENT_LENGTH, LOCATION},
        routing::get,
    };

    use super::*;

    /// An origin on this machine, with every vice that origins have.
    async fn origin() -> String {
        let router = Router::new()
            .route("/good", get(|| async { "pixels" }))
            .route("/moved", get(|| async { (StatusCode::FOUND, [(LOCATION, "/good")]) }))
            .route(
                "/inward",
                get(|| async { (StatusCode::FOUND, [(LOCATION, "http://127.0.0.2/x")]) }),
            )
            .route(
                "/to-file",
                get(|| async { (StatusCode::FOUND, [(LOCATION, "file:///etc/passwd")]) }),
            )
            .route("/round", get(|| async { (StatusCode::FOUND, [(LOCATION, "/round")]) }))
            .route("/gone", get(|| async { StatusCode::GONE }))
            .route("/busy", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
            .route("/large", get(|| async { "x".repeat(5000) }))
            .route("/short", get(|| async { ([(CONTENT_LENGTH, "500")], Body::from("x")) }))
            .route("/slow", get(std::future::pending::<()>));
        serve(router).await
    }

    async fn serve(router: Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn origins(private_hosts: &[&str]) -> HttpOrigins {
        let config = IngestConfig {
            private_hosts: private_hosts.iter().map(ToString::to_string).collect(),
            max_source_bytes: 1000,
            connect_timeout_seconds: 1,
            ..IngestConfig::default()
        };
        HttpOrigins::new(&config).unwrap()
    }

    async fn fetch(origins: &HttpOrigins, url: &str) -> Result<String, FetchError> {
        let folder = tempfile::tempdir().unwrap();
        let fetched = origins.fetch(url, None, &folder.path().join("origin")).await?;
        assert_eq!(fetched.bytes, fetched.file.metadata().unwrap().len());
        Ok(std::fs::read_to_string(fetched.path).unwrap())
    }

    #[tokio::test]
    async fn an_origin_is_fetched_also_when_it_moved() {
        let (base, origins) = (origin().await, origins(&["127.0.0.1"]));
        for path in ["/good", "/moved"] {
            assert_eq!(
                fetch(&origins, &format!("{base}{path}")).await.unwrap(),
                "pixels",
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn credentials_open_an_origin_and_go_to_no_other_host() {
        let told = |headers: HeaderMap| async move {
            let given = headers.get(AUTHORIZATION).map_or("none", |given| given.to_str().unwrap());
            given.to_owned()
        };
        let other = serve(Router::new().route("/told", get(told))).await;
        let elsewhere = format!("{other}/told");
        let moved = move || async move { (StatusCode::FOUND, [(LOCATION, elsewhere)]) };
        let base = serve(Router::new().route("/told", get(told)).route("/moved", get(moved))).await;
        let origins = origins(&["127.0.0.1"]);
        let (user, password) = ("reader".to_owned(), "se:cret".to_owned());
        let credentials = Credentials { user, password };
        for (path, expected) in [("told", "Basic cmVhZGVyOnNlOmNyZXQ="), ("moved", "none")] {
            let folder = tempfile::tempdir().unwrap();
            let (url, into) = (format!("{base}/{path}"), folder.path().join("origin"));
            let fetched = origins.fetch(&url, Some(&credentials), &into).await.unwrap();
            assert_eq!(std::fs::read_to_string(fetched.path).unwrap(), expected, "{path}");
        }
    }

    #[tokio::test]
    async fn every_failure_says_whether_trying_again_could_help() {
        let (base, origins) = (origin().await, origins(&["127.0.0.1"]));
        for (path, may_pass, words) in [
            ("/inward", false, "redirects"),
            ("/to-file", false, "redirects"),
            ("/round", false, "redirects"),
            ("/gone", false, "410"),
            ("/missing", false, "404"),
            ("/large", false, "larger than"),
            ("/busy", true, "503"),
            ("/slow", true, "in time"),
        ] {
            let error = fetch(&origins, &format!("{base}{path}")).await.unwrap_err();
            let is_passing = matches!(error, FetchError::Unavailable(_));
            assert_eq!(is_passing, may_pass, "{path}: {error}");
            assert!(error.to_string().contains(words), "{path}: {error}");
        }
    }

    #[tokio::test]
    async fn a_private_host_is_not_asked_unless_it_is_listed() {
        let base = origin().await;
        for url in [base.clone(), base.replace("127.0.0.1", "localhost")] {
            let error = fetch(&origins(&[]), &url).await.unwrap_err();
            assert!(error.to_string().contains("not on the public internet"), "{url}: {error}");
        }
    }

    #[tokio::test]
    async fn an_origin_that_is_down_may_be_up_later() {
        let error = fetch(&origins(&["127.0.0.1"]), "http://127.0.0.1:1/a.jpg").await.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable(_)), "{error}");
    }
}
