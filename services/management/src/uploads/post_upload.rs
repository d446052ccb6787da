use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::IntoResponse,
};
use catalogue::NewUpload;

use super::{
    complete::complete,
    metadata::Metadata,
    tus::{self, UPLOAD_LENGTH},
};
use crate::{
    Management,
    caller::Guest,
    error::{During, Error},
    images::{Subject, put_fields},
    permit,
    urls::Urls,
};

/// `POST /customers/{customer}/uploads`: begins an upload, once it is clear that an asset can come of it.
pub(crate) async fn post_upload(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Error> {
    let bytes = tus::bytes(&headers, &UPLOAD_LENGTH)?;
    let max_bytes = management.config.max_upload_bytes;
    if bytes > max_bytes {
        let max_bytes = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        return Err(Error::TooLarge { max_bytes });
    }
    let Metadata { asset, fields, text } = Metadata::of(reach.customer, &headers)?;
    permit::check_reach(&reach, std::iter::once(&asset))?;
    let stored = management.catalogue.asset(&asset).await?;
    let subject = Subject { id: &asset, stored: stored.as_ref(), config: &management.config };
    put_fields(fields, &subject, true)?;

    let customer = asset.customer;
    let expires = management.now() + management.config.upload_lifetime();
    let new = NewUpload { asset, metadata: text, bytes, expires };
    let mut upload = management.catalogue.create_upload(new).await.during("Upload")?;
    complete(&management, &mut upload).await?; // one of no bytes has come
    let mut answer = tus::progress(&upload)?;
    let address = urls.upload(customer, &upload.id);
    answer.insert(LOCATION, address.try_into().map_err(|_| Error::Interrupted)?);
    Ok((StatusCode::CREATED, answer))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::json;

    use crate::testing::{Client, on_every_database};

    const ALL: &str = "/customers/2/uploads";
    const SHA1_OF_HELLO: &str = "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=";

    fn metadata(pairs: &[(&str, &str)]) -> String {
        let spelled =
            pairs.iter().map(|(name, text)| format!("{name} {}", BASE64_STANDARD.encode(text)));
        spelled.collect::<Vec<_>>().join(",")
    }

    async fn begin(client: &Client, bytes: &str, metadata: &str) -> crate::testing::Answer {
        let headers =
            [("tus-resumable", "1.0.0"), ("upload-length", bytes), ("upload-metadata", metadata)];
        client.send_with(Method::POST, ALL, &headers, "").await
    }

    async fn go_on(
        client: &Client,
        path: &str,
        offset: &str,
        more: &[(&str, &str)],
        body: &str,
    ) -> crate::testing::Answer {
        let mut headers = vec![
            ("tus-resumable", "1.0.0"),
            ("upload-offset", offset),
            ("content-type", "application/offset+octet-stream"),
        ];
        headers.extend(more);
        client.send_with(Method::PATCH, path, &headers, body).await
    }

    async fn look(client: &Client, path: &str) -> crate::testing::Answer {
        client.send_with(Method::HEAD, path, &[("tus-resumable", "1.0.0")], "").await
    }

    #[tokio::test]
    async fn what_comes_in_pieces_becomes_an_asset() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let said = metadata(&[
                ("space", "1"),
                ("filename", "ms-9"),
                ("filetype", "text/plain"),
                ("deliveryChannels", r#"["file"]"#),
                ("string1", "mine"),
            ]);
            let made = begin(&librarian, "11", &said).await;
            assert_eq!(made.status, 201, "{}", made.detail());
            assert_eq!(made.header("tus-resumable"), "1.0.0");
            let path =
                made.header("location").strip_prefix("https://api.example.org").unwrap().to_owned();
            let first = go_on(&librarian, &path, "0", &[], "hello").await;
            assert_eq!((first.status.as_u16(), first.header("upload-offset")), (204, "5"));
            assert_eq!(go_on(&librarian, &path, "0", &[], "hello").await.status, 409);
            let found = look(&librarian, &path).await;
            assert_eq!((found.status.as_u16(), found.header("upload-offset")), (200, "5"));
            assert_eq!(
                (found.header("upload-length"), found.header("cache-control")),
                ("11", "no-store")
            );
            assert_eq!(found.header("upload-metadata"), said);
            assert!(found.header("upload-expires").ends_with("GMT"));
            assert_eq!(librarian.get("/customers/2/spaces/1/images/ms-9").await.status, 404);

            let last = go_on(&librarian, &path, "5", &[], " world").await;
            assert_eq!((last.status.as_u16(), last.header("upload-offset")), (204, "11"));
            let asset = librarian.get("/customers/2/spaces/1/images/ms-9").await;
            assert_eq!(
                (&asset.body["string1"], &asset.body["mediaType"]),
                (&json!("mine"), &json!("text/plain"))
            );
            assert_eq!(asset.body["ingesting"], true);
            // The bytes are the asset's now.
            assert_eq!(
                librarian
                    .send_with(Method::DELETE, &path, &[("tus-resumable", "1.0.0")], "")
                    .await
                    .status,
                204
            );
            assert_eq!(look(&librarian, &path).await.status, 404);
            assert!(!api.stored_under("uploads").await.is_empty());
        })
        .await;
    }

    #[tokio::test]
    async fn what_does_not_come_to_its_checksum_is_not_kept() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let said = metadata(&[
                ("space", "1"),
                ("id", "a"),
                ("mediaType", "text/plain"),
                ("deliveryChannels", r#"["file"]"#),
            ]);
            let made = begin(&librarian, "10", &said).await;
            let path =
                made.header("location").strip_prefix("https://api.example.org").unwrap().to_owned();
            let right = &[("upload-checksum", SHA1_OF_HELLO)];
            let wrong = go_on(&librarian, &path, "0", right, "hullo").await;
            assert_eq!(wrong.status, 460, "{}", wrong.detail());
            assert_eq!(look(&librarian, &path).await.header("upload-offset"), "0");
            assert_eq!(api.stored_under("uploads").await, [""; 0]);
            for (header, status) in [("md9 AAAA", 400), ("sha1 AAAA", 400), (SHA1_OF_HELLO, 204)] {
                let answer =
                    go_on(&librarian, &path, "0", &[("upload-checksum", header)], "hello").await;
                assert_eq!(answer.status, status, "{header}: {}", answer.detail());
            }
            assert_eq!(go_on(&librarian, &path, "5", &[], "much too much").await.status, 400);
            let ended =
                librarian.send_with(Method::DELETE, &path, &[("tus-resumable", "1.0.0")], "").await;
            assert_eq!(ended.status, 204);
            assert_eq!(api.stored_under("uploads").await, [""; 0]);
        })
        .await;
    }

    #[tokio::test]
    async fn what_can_not_become_an_asset_is_refused_before_a_byte_comes() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let good = metadata(&[("space", "1"), ("id", "a"), ("mediaType", "image/jpeg")]);
            for (bytes, said, status, words) in [
                ("x", good.clone(), 400, "'upload-length' must be"),
                ("9223372036854775808", good.clone(), 400, "'upload-length' must be"),
                ("21474836481", good, 413, "larger than"),
                ("5", metadata(&[("space", "1")]), 400, "must have the 'space' and the 'id'"),
                (
                    "5",
                    metadata(&[("space", "9"), ("id", "a"), ("mediaType", "image/jpeg")]),
                    400,
                    "no space 9",
                ),
                (
                    "5",
                    metadata(&[("space", "1"), ("id", "a")]),
                    400,
                    "Media type must be specified",
                ),
                (
                    "5",
                    metadata(&[
                        ("space", "1"),
                        ("id", "a"),
                        ("mediaType", "image/jpeg"),
                        ("origin", "x"),
                    ]),
                    400,
                    "has no place",
                ),
                ("5", "space !".to_owned(), 400, "must be a text in base64"),
            ] {
                let answer = begin(&librarian, bytes, &said).await;
                assert_eq!(answer.status, status, "{said}: {}", answer.detail());
                assert!(answer.detail().contains(words), "{said}: {}", answer.detail());
            }
            let other = [("tus-resumable", "0.2.2"), ("upload-length", "5")];
            let answer = librarian.send_with(Method::POST, ALL, &other, "").await;
            assert_eq!((answer.status.as_u16(), answer.header("tus-version")), (412, "1.0.0"));
            let told = api.anonymous().send_with(Method::OPTIONS, ALL, &[], "").await;
            assert_eq!(
                (told.status.as_u16(), told.header("tus-extension")),
                (204, "creation,expiration,checksum,termination")
            );
            assert_eq!(begin(&api.anonymous(), "5", "").await.status, 401);
        })
        .await;
    }
}
