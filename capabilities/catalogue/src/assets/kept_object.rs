use serde::{Deserialize, Serialize};

use crate::{
    Error,
    database::query::{self, Row},
};

/// One object that is kept of an asset's version, and what it was when it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "(String, u64, String)", into = "(String, u64, String)")]
pub struct KeptObject {
    /// What follows the version in its key: `pyramid.tif`.
    pub name: String,
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

impl KeptObject {
    /// As their column has them; assets that nothing is kept of have none.
    pub(crate) fn column(objects: &[Self]) -> Option<String> {
        let json = || serde_json::to_string(objects).expect("names and numbers become JSON");
        (!objects.is_empty()).then(json)
    }

    pub(crate) fn read(row: &Row) -> Result<Vec<Self>, Error> {
        let Some(json) = row.optional_text("objects")? else { return Ok(Vec::new()) };
        serde_json::from_str(&json).map_err(|_| query::unreadable("objects"))
    }
}

impl From<(String, u64, String)> for KeptObject {
    fn from((name, bytes, sha256): (String, u64, String)) -> Self {
        Self { name, bytes, sha256 }
    }
}

impl From<KeptObject> for (String, u64, String) {
    fn from(object: KeptObject) -> Self {
        (object.name, object.bytes, object.sha256)
    }
}
