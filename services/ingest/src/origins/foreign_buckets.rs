use std::path::Path;

use catalogue::S3Keys;
use storage::SomebodysKeys;

use super::{FetchError, Fetched, HttpOrigins};

/// Fetches an object as `s3://bucket/key` with its customer's own keys.
///
/// The keys sign an address, and what fetches from web servers fetches it: so it is gone on with when it breaks off,
/// and an endpoint within the operator's own network is as far away as any other server there.
pub(crate) async fn fetch_with_keys(
    http: &HttpOrigins,
    origin: &str,
    keys: &S3Keys,
    into: &Path,
) -> Result<Fetched, FetchError> {
    let object = origin.strip_prefix("s3://").and_then(|path| path.split_once('/'));
    let Some((bucket, key)) = object.filter(|(bucket, _)| !bucket.is_empty()) else {
        return Err(FetchError::Refused(format!(
            "{origin} can't be fetched by the strategy s3-keys: it is for s3://bucket/key"
        )));
    };
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let token = keys.session_token.as_ref().map_or("", |token| token.expose());
    let theirs = SomebodysKeys {
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.expose().into(),
        session_token: token.into(),
        region: optional(&keys.region),
        endpoint: optional(&keys.endpoint),
    };
    let signed = theirs.sign(bucket, key, http.longest_fetch()).await;
    let address = signed.map_err(|error| {
        tracing::debug!(%origin, ?error, "an address can't be signed");
        FetchError::Refused(match matches!(error, storage::Error::InvalidKey(_)) {
            true => format!("{origin} has a key that no object can have"),
            false => format!("{origin} can't be fetched with these keys: {error}"),
        })
    })?;
    http.fetch_signed(origin, address, into).await
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        extract::{RawQuery, Request},
        http::StatusCode,
        response::IntoResponse,
    };

    use super::*;
    use crate::config::IngestConfig;

    /// A service that looks at who asks, and says what was asked for.
    async fn service() -> String {
        let answer = |RawQuery(query): RawQuery, request: Request| async move {
            match query.is_some_and(|query| query.contains("X-Amz-Credential=AKID")) {
                true => request.uri().path().to_owned().into_response(),
                false => StatusCode::FORBIDDEN.into_response(),
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer);
        tokio::spawn(async { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    async fn fetch(
        origin: &str,
        (access_key_id, endpoint): (&str, &str),
        private_hosts: &[&str],
    ) -> Result<String, FetchError> {
        let keys = S3Keys {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: "hush".into(),
            endpoint: Some(endpoint.to_owned()),
            ..S3Keys::default()
        };
        let private_hosts = private_hosts.iter().map(ToString::to_string).collect();
        let config = IngestConfig { private_hosts, ..IngestConfig::default() };
        let http = HttpOrigins::new(&config).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let fetched = fetch_with_keys(&http, origin, &keys, &folder.path().join("origin")).await?;
        Ok(std::fs::read_to_string(fetched.path).unwrap())
    }

    #[tokio::test]
    async fn an_object_is_asked_for_with_the_customers_keys() {
        let endpoint = service().await;
        let here = &["127.0.0.1"];
        let came = fetch("s3://scans/a/b c.tif", ("AKID", &endpoint), here).await.unwrap();
        assert_eq!(came, "/scans/a/b%20c.tif");
        for (origin, id, hosts, words) in [
            ("s3://scans/a.tif", "other", &here[..], "the origin s3://scans/a.tif answered 403"),
            ("s3://scans/a.tif", "AKID", &[], "not on the public internet"),
            ("s3://scans", "AKID", here, "s3://bucket/key"),
            ("gs://scans/a.tif", "AKID", here, "s3://bucket/key"),
            ("s3://scans/a//b", "AKID", here, "no object can have"),
        ] {
            let error = fetch(origin, (id, &endpoint), hosts).await.unwrap_err();
            assert!(matches!(error, FetchError::Refused(_)), "{origin}: {error}");
            let text = error.to_string();
            assert!(text.contains(words) && !text.contains("X-Amz"), "{origin}: {text}");
        }
    }
}
