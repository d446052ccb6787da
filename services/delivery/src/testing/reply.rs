use axum::{
    body::{Bytes, to_bytes},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// The header as text; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body, where an error put text into the place of an image.
    pub(crate) fn text_if_any(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Width and height of a JPEG, as its frame header says.
    pub(crate) fn jpeg_extent(&self) -> (u16, u16) {
        let bytes = &self.body;
        assert!(bytes.starts_with(b"\xff\xd8"), "no JPEG: {}", String::from_utf8_lossy(bytes));
        let mut at = 2;
        loop {
            let (marker, length) = (bytes[at + 1], number(bytes, at + 2));
            if matches!(marker, 0xc0..=0xc2) {
                return (number(bytes, at + 7), number(bytes, at + 5));
            }
            at += 2 + usize::from(length);
        }
    }
}

fn number(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}
