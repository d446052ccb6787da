use serde::{Deserialize, Serialize};

use crate::{
    Error,
    database::query::{self, Row},
};

/// An original that lies in its owner's bucket, without a copy of ours, in the state in which it was brought in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "(String, u64, String)", into = "(String, u64, String)")]
pub struct AtOrigin {
    /// `s3://bucket/key`
    pub url: String,
    pub bytes: u64,
    /// The bucket's entity tag, by which one state is told from another.
    pub etag: String,
}

impl AtOrigin {
    /// By which it is told from what it becomes later: bytes and entity tag.
    pub fn state(&self) -> (u64, &str) {
        (self.bytes, &self.etag)
    }

    /// As the column has it.
    pub(crate) fn column(&self) -> String {
        serde_json::to_string(self).expect("text and numbers become JSON")
    }

    pub(crate) fn read(row: &Row) -> Result<Option<Self>, Error> {
        let Some(json) = row.optional_text("at_origin")? else { return Ok(None) };
        serde_json::from_str(&json).map(Some).map_err(|_| query::unreadable("at_origin"))
    }
}

impl From<(String, u64, String)> for AtOrigin {
    fn from((url, bytes, etag): (String, u64, String)) -> Self {
        Self { url, bytes, etag }
    }
}

impl From<AtOrigin> for (String, u64, String) {
    fn from(at: AtOrigin) -> Self {
        (at.url, at.bytes, at.etag)
    }
}
