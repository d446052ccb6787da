use std::{fmt::Display, path::Path, time::Duration};

use anyhow::Context;
use bytes::{Bytes, BytesMut};
use catalogue::HttpAccess;
use futures_util::StreamExt;
use reqwest::{
    Client, Response, StatusCode,
    header::{
        ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    },
    redirect,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{FetchError, Fetched, Guard, hosts::Hosts, question::Question};
use crate::config::IngestConfig;

/// Fetches http and https origins.
pub(crate) struct HttpOrigins {
    pub(super) client: Client,
    pub(super) guard: Guard,
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

    /// The headers that ask whether anything is new since.
    pub(super) fn conditions(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, mark: &Option<String>| {
            // What came as a header can be one again.
            if let Some(Ok(mark)) = mark.as_deref().map(HeaderValue::try_from) {
                headers.insert(name, mark);
            }
        };
        put(IF_NONE_MATCH, &self.etag);
        put(IF_MODIFIED_SINCE, &self.modified);
        headers
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
            .redirect(redirect::Policy::none()) // we follow them ourselves: see `Question`
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
        access: Option<&HttpAccess>,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        self.come(Question::new(origin, access)?, into).await
    }

    /// Fetches `origin` from an address that says itself who asks, and is told to nobody.
    pub(crate) async fn fetch_signed(
        &self,
        origin: &str,
        address: Url,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        self.come(Question::signed(origin, address), into).await
    }

    /// For how long an address has to be good.
    pub(super) fn longest_fetch(&self) -> Duration {
        const MAX: Duration = Duration::from_hours(7 * 24); // what a signature of S3's is good for at most
        self.timeout.min(MAX)
    }

    /// The bytes at an address, if they are few.
    pub(super) async fn take(
        &self,
        origin: &str,
        access: Option<&HttpAccess>,
        max_bytes: u64,
    ) -> Result<Bytes, FetchError> {
        let question = Question::new(origin, access)?;
        let _turn = self.hosts.turn(question.url.host_str().unwrap_or_default()).await;
        let taken = async {
            let answer = self.send(&question, &HeaderMap::new()).await?;
            let mut parts = check_status(&question, answer)?.bytes_stream();
            let mut bytes = BytesMut::new();
            while let Some(part) = parts.next().await {
                bytes.extend(part.map_err(|error| self.explain(&question, &error))?);
                if bytes.len() as u64 > max_bytes {
                    return Err(FetchError::Refused(format!("{question} is too large")));
                }
            }
            Ok(bytes.freeze())
        };
        let taken = tokio::time::timeout(self.timeout, taken).await;
        taken.unwrap_or_else(|_| Err(unavailable(&question, "did not come in time")))
    }

    async fn come(&self, question: Question<'_>, into: &Path) -> Result<Fetched, FetchError> {
        match self.put(&question, &Marks::default(), into).await? {
            Asked::Came(fetched, _) => Ok(fetched),
            Asked::Gone(status) => {
                Err(FetchError::Refused(format!("the origin {question} answered {status}")))
            }
            Asked::Same => Err(unavailable(&question, "says that nothing has changed")),
        }
    }

    /// The same, unless what these marks were given to still holds.
    pub(crate) async fn ask(
        &self,
        origin: &str,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        self.put(&Question::new(origin, None)?, marks, into).await
    }

    /// Puts a question when its host has a turn for it.
    async fn put(
        &self,
        question: &Question<'_>,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        let _turn = self.hosts.turn(question.url.host_str().unwrap_or_default()).await;
        match tokio::time::timeout(self.timeout, self.download(question, marks, into)).await {
            Ok(asked) => asked,
            Err(_) => {
                let seconds = self.timeout.as_secs();
                Err(unavailable(question, format!("was not fetched in {seconds} s")))
            }
        }
    }

    /// What went wrong on the way, in words; the details are in the log.
    pub(super) fn explain(&self, question: &Question<'_>, error: &reqwest::Error) -> FetchError {
        // Its address may be a signed one.
        tracing::debug!(%question, causes = ?causes(error).skip(1).collect::<Vec<_>>(), "not fetched");
        if causes(error).any(|cause| cause.contains("is not on the public internet")) {
            return match error.url().is_some_and(|url| url.host() == question.url.host()) {
                true => not_public(question.url.host_str().unwrap_or_default()),
                false => question.bad_redirect(),
            };
        }
        let what = if error.is_timeout() {
            "did not answer in time"
        } else if error.is_connect() {
            "could not be reached"
        } else {
            "broke off before the end"
        };
        unavailable(question, what)
    }
}

pub(super) fn unavailable(origin: impl Display, what: impl Display) -> FetchError {
    FetchError::Unavailable(format!("the origin {origin} {what}"))
}

pub(super) fn not_public(host: &str) -> FetchError {
    FetchError::Refused(format!(
        "{host} is not on the public internet; the operator can list it in ingest.private_hosts"
    ))
}

fn causes(error: &dyn std::error::Error) -> impl Iterator<Item = String> {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string)
}

/// A refusal of the origin's is final; trouble on its side may pass.
pub(super) fn check_status(
    question: &Question<'_>,
    answer: Response,
) -> Result<Response, FetchError> {
    let status = answer.status();
    if status.is_success() && status != StatusCode::PARTIAL_CONTENT {
        return Ok(answer);
    }
    if status.is_redirection() {
        return Err(question.bad_redirect());
    }
    let may_pass = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    match may_pass {
        true => Err(unavailable(question, format!("answered {status}"))),
        false => Err(FetchError::Refused(format!("the origin {question} answered {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::{
        Router,
        body::Body,
        http::header::{CONTENT_LENGTH, LOCATION},
        routing::get,
    };
    use catalogue::{Hidden, HttpLogin, Login};

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
    async fn secrets_open_an_origin_and_go_to_no_other_host() {
        let told = |headers: HeaderMap| async move {
            let text = |name| headers.get(name).map_or("none", |given| given.to_str().unwrap());
            format!("{} {}", text("authorization"), text("x-api-key"))
        };
        let other = serve(Router::new().route("/told", get(told))).await;
        let elsewhere = format!("{other}/told");
        let moved = move || async move { (StatusCode::FOUND, [(LOCATION, elsewhere)]) };
        let within = || async { (StatusCode::FOUND, [(LOCATION, "/told")]) };
        let router = Router::new().route("/told", get(told)).route("/moved", get(moved));
        let base = serve(router.route("/within", get(within))).await;
        let origins = origins(&["127.0.0.1"]);

        let (user, password) = ("reader".to_owned(), "se:cret".into());
        let basic = HttpLogin::Basic(Login { user, password });
        let headers: BTreeMap<_, Hidden> = [("x-api-key".to_owned(), "key".into())].into();
        let none = BTreeMap::new();
        for (login, headers, expected) in [
            (Some(basic), &none, "Basic cmVhZGVyOnNlOmNyZXQ= none"),
            (Some(HttpLogin::Bearer("abc".into())), &headers, "Bearer abc key"),
            (None, &headers, "none key"),
        ] {
            let access = HttpAccess { login, headers: headers.clone() };
            for (path, expected) in
                [("told", expected), ("within", expected), ("moved", "none none")]
            {
                let folder = tempfile::tempdir().unwrap();
                let (url, into) = (format!("{base}/{path}"), folder.path().join("origin"));
                let fetched = origins.fetch(&url, Some(&access), &into).await.unwrap();
                assert_eq!(std::fs::read_to_string(fetched.path).unwrap(), expected, "{path}");
            }
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
