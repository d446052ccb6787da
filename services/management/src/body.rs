use std::{borrow::Cow, fmt, time::Duration};

use axum::{
    body::{Body, BodyDataStream},
    extract::{FromRequest, Request},
    http::header::{CONTENT_LENGTH, EXPECT},
};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::{
    Deserializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use tokio::{sync::OwnedSemaphorePermit, task::spawn_blocking, time::timeout};

use crate::{Management, error::Error, fields::Fields};

/// The largest body without a file.
const MAX_JSON: usize = 2 * 1024 * 1024;
/// The largest table.
const MAX_TABLE: usize = 16 * 1024 * 1024;
/// How much of a body that is too large is taken nonetheless, beyond its limit, and for how long.
const MAX_DRAINED: usize = 256 * 1024 * 1024;
const LONGEST_DRAIN: Duration = Duration::from_secs(20);
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The bytes of a table, of whatever declared type.
pub(crate) struct TableBody(pub(crate) Vec<u8>);

/// A JSON object, of whatever declared type.
pub(crate) struct JsonBody(pub(crate) Fields);

/// A JSON object, or nothing at all.
pub(crate) struct OptionalBody(pub(crate) Fields);

/// A JSON object that may carry a file's bytes in its property `file`.
pub(crate) struct UploadBody {
    pub(crate) fields: Fields,
    pub(crate) file: Option<Bytes>,
    /// The memory that this body may take, until it is dropped.
    _room: Option<OwnedSemaphorePermit>,
}

impl FromRequest<Management> for TableBody {
    type Rejection = Error;

    async fn from_request(request: Request, _: &Management) -> Result<Self, Error> {
        Ok(Self(read(request, MAX_TABLE).await?))
    }
}

impl FromRequest<Management> for JsonBody {
    type Rejection = Error;

    async fn from_request(request: Request, _: &Management) -> Result<Self, Error> {
        let body = read(request, MAX_JSON).await?;
        Ok(Self(parse(&body, false)?.0))
    }
}

impl FromRequest<Management> for OptionalBody {
    type Rejection = Error;

    async fn from_request(request: Request, _: &Management) -> Result<Self, Error> {
        let body = read(request, MAX_JSON).await?;
        match body.iter().all(u8::is_ascii_whitespace) {
            true => Ok(Self(Fields::default())),
            false => Ok(Self(parse(&body, false)?.0)),
        }
    }
}

impl FromRequest<Management> for UploadBody {
    type Rejection = Error;

    async fn from_request(request: Request, management: &Management) -> Result<Self, Error> {
        let max_bytes = management.config.max_body_bytes;
        let declared = declared_length(&request).unwrap_or(max_bytes);
        let room = room_for(declared.min(max_bytes), management).await;
        let body = read(request, max_bytes).await?;
        let parsed = spawn_blocking(move || parse(&body, true)).await;
        let (fields, file) = parsed.map_err(|_| Error::Interrupted)??;
        Ok(Self { fields, file, _room: room })
    }
}

/// Waits until the memory for a large body is free, so that many uploads at once can't exhaust it.
async fn room_for(bytes: usize, management: &Management) -> Option<OwnedSemaphorePermit> {
    let all = management.config.upload_megabytes;
    let megabytes = u32::try_from(bytes / 1_000_000).unwrap_or(all).min(all);
    management.upload_megabytes.clone().acquire_many_owned(megabytes).await.ok()
}

fn declared_length(request: &Request) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read(request: Request, max_bytes: usize) -> Result<Vec<u8>, Error> {
    let declared = declared_length(&request).unwrap_or(0);
    let waits = request.headers().contains_key(EXPECT);
    let mut chunks = Body::into_data_stream(request.into_body());
    if declared > max_bytes {
        if !waits {
            drain(chunks, max_bytes).await;
        }
        return Err(Error::TooLarge { max_bytes });
    }
    let mut body = Vec::with_capacity(declared);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Error::invalid("The body ended too early"))?;
        if body.len() + chunk.len() > max_bytes {
            drain(chunks, max_bytes).await;
            return Err(Error::TooLarge { max_bytes });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Takes some more of a body that is refused, and drops it: most clients look for the answer only when they
/// have sent everything, and would be told of a broken connection instead of the reason.
async fn drain(mut chunks: BodyDataStream, max_bytes: usize) {
    let rest = async {
        let mut left = max_bytes.saturating_add(MAX_DRAINED);
        while let Some(Ok(chunk)) = chunks.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                break;
            }
        }
    };
    let _ended_or_not = timeout(LONGEST_DRAIN, rest).await;
}

fn parse(body: &[u8], with_file: bool) -> Result<(Fields, Option<Bytes>), Error> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::invalid("The body must be a JSON object, but it is empty"));
    }
    if body.len() - longest_text(body) > MAX_JSON {
        return Err(Error::TooLarge { max_bytes: MAX_JSON });
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let object = ObjectSeed { with_file }.deserialize(&mut json);
    let object = object.and_then(|object| json.end().map(|()| object));
    let (object, file) =
        object.map_err(|error| Error::invalid(format!("The body is not valid JSON: {error}")))?;
    Ok((Fields::new(object), file))
}

/// The length of the longest text in JSON: values other than one long text take many times their length in memory.
fn longest_text(json: &[u8]) -> usize {
    let (mut longest, mut start, mut is_escaped) = (0, None, false);
    for (at, byte) in json.iter().enumerate() {
        match (start, byte) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), b'\\') => is_escaped = true,
            (Some(from), b'"') => (longest, start) = (longest.max(at - from), None),
            (None, b'"') => start = Some(at),
            _ => {}
        }
    }
    longest
}

/// Reads an object; the bytes of `file` are decoded on the way, never kept as text.
struct ObjectSeed {
    with_file: bool,
}

impl<'de> DeserializeSeed<'de> for ObjectSeed {
    type Value = (Map<String, Value>, Option<Bytes>);

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed {
    type Value = (Map<String, Value>, Option<Bytes>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut object, mut file) = (Map::new(), None);
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if !name.eq_ignore_ascii_case("file") {
                object.insert(name.into_owned(), map.next_value()?);
            } else if self.with_file {
                file = map.next_value_seed(FileSeed)?;
            } else {
                map.next_value::<IgnoredAny>()?;
                object.insert("file".to_owned(), Value::Bool(true));
            }
        }
        Ok((object, file))
    }
}

struct FileSeed;

impl<'de> DeserializeSeed<'de> for FileSeed {
    type Value = Option<Bytes>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl Visitor<'_> for FileSeed {
    type Value = Option<Bytes>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file's bytes in Base64")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        decode(text).map(Some).ok_or_else(|| E::custom("'file' must be the file's bytes in Base64"))
    }
}

/// Base64 as programs write it: with or without padding, line breaks or the start of a `data:` URL.
fn decode(text: &str) -> Option<Bytes> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let text = match text.strip_prefix("data:") {
        Some(url) => url.split_once(";base64,")?.1,
        None => text,
    };
    if !text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return LENIENT.decode(text).ok().map(Bytes::from);
    }
    let text: String = text.split_ascii_whitespace().collect();
    LENIENT.decode(text).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use axum::http::{Request, request};
    use futures_util::stream;
    use serde_json::json;

    use super::*;
    use crate::{
        ManagementConfig,
        testing::{IMAGE, on_every_database_with},
    };

    fn file(body: &str) -> Option<Bytes> {
        parse(body.as_bytes(), true).unwrap().1
    }

    #[test]
    fn bytes_are_read_from_every_usual_spelling_of_base64() {
        for body in [
            r#"{"file": "aGVsbG8="}"#,
            r#"{"File": "aGVsbG8"}"#,
            r#"{"file": "aGVs\r\nbG8="}"#,
            r#"{"file": "data:text/plain;base64,aGVsbG8="}"#,
        ] {
            assert_eq!(file(body).unwrap(), "hello", "{body}");
        }
        assert_eq!(file(r#"{"file": "\/\/8="}"#).unwrap(), &b"\xFF\xFF"[..]);
        assert_eq!(file(r#"{"file": null}"#), None);
    }

    #[test]
    fn what_is_no_object_is_refused_with_the_reason() {
        for (body, reason) in [
            (&b""[..], "The body must be a JSON object, but it is empty"),
            (b"[]", "expected an object"),
            (b"null", "expected an object"),
            (b"{\"a\": 1", "EOF while parsing"),
            (b"{} {}", "trailing characters"),
            (b"{\"a\": \"\xFF\"}", "invalid unicode"),
            (b"{\"file\": 7}", "in Base64"),
            (b"{\"file\": \"!\"}", "in Base64"),
        ] {
            let error = parse(body, true).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let body = format!("{{\"a\": {}", "[".repeat(100_000));
        let error = parse(body.as_bytes(), true).unwrap_err().to_string();
        assert!(error.contains("recursion limit"), "{error}");
    }

    #[test]
    fn only_a_file_may_be_long() {
        let text = "A\\\"".repeat(1_000_000);
        assert_eq!(longest_text(format!("{{\"a\": \"{text}\", \"b\": 1}}").as_bytes()), 3_000_001);
        let file = format!("{{\"file\": \"{}\"}}", "A".repeat(4_000_000));
        assert_eq!(parse(file.as_bytes(), true).unwrap().1.unwrap().len(), 3_000_000);
        let numbers = format!("{{\"tags\": [{}1]}}", "1,".repeat(2_000_000));
        assert!(matches!(parse(numbers.as_bytes(), true), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn a_byte_order_mark_does_no_harm() {
        assert!(parse(b"\xEF\xBB\xBF{\"name\": \"maps\"}", false).unwrap().0.has("Name"));
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused_before_and_while_it_is_read() {
        let config = ManagementConfig { max_body_bytes: 1000, ..Default::default() };
        on_every_database_with(config, async |api| {
            let librarian = api.librarian().await;
            let body = json!({"file": "A".repeat(2000)}).to_string();
            let chunks: Vec<Result<_, std::io::Error>> = vec![Ok(body.clone())];
            let streamed = Body::from_stream(stream::iter(chunks));
            let declared = Request::put(IMAGE).header("content-length", "2000");
            for request in [
                Request::put(IMAGE).body(body.into()).unwrap(),
                Request::put(IMAGE).body(streamed).unwrap(),
                declared.body(Body::empty()).unwrap(),
            ] {
                let answer = librarian.request(request).await;
                assert_eq!(answer.status, 413);
                assert_eq!(answer.detail(), "The body must not be larger than 1000 bytes");
            }
        })
        .await;
    }

    /// A client that sends on is heard out, to a point; one that waits to be told is told.
    #[tokio::test]
    async fn the_rest_of_a_body_that_is_too_large_is_taken() {
        async fn taken(request: request::Builder) -> usize {
            let taken = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&taken);
            let chunk = Bytes::from(vec![b' '; 1 << 20]);
            let chunks = stream::repeat_with(move || {
                count.fetch_add(chunk.len(), Ordering::Relaxed);
                Ok::<_, std::io::Error>(chunk.clone())
            });
            let request = request.body(Body::from_stream(chunks.take(1000))).unwrap();
            assert!(matches!(read(request, 5000).await, Err(Error::TooLarge { .. })));
            taken.load(Ordering::Relaxed)
        }
        let put = || Request::put(IMAGE);
        for request in [put(), put().header("content-length", "100000000")] {
            let taken = taken(request).await;
            assert!((MAX_DRAINED..MAX_DRAINED + (4 << 20)).contains(&taken), "{taken}");
        }
        let waits = put().header("content-length", "6000").header("expect", "100-continue");
        assert_eq!(taken(waits).await, 0);
    }
}
