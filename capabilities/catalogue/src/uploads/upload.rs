use model::AssetId;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row, micros},
};

/// Bytes on their way to an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// A GUID.
    pub id: String,
    pub asset: AssetId,
    /// What was said of the asset, as it was said.
    pub metadata: String,
    /// How many there will be.
    pub bytes: u64,
    /// How many have come; they are the first.
    pub received: u64,
    /// The asset was registered with them.
    pub finished: bool,
    /// If no more come by then, it is forgotten.
    pub expires: OffsetDateTime,
}

/// Bytes that came together, and lie in an object of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPart {
    pub start: u64,
    pub bytes: u64,
    pub object: String,
}

impl Catalogue {
    pub async fn upload(&self, customer: u32, id: &str) -> Result<Option<Upload>, Error> {
        let sql = format!("{SELECT} WHERE customer = $1 AND id = $2");
        query::one(self.database().reader(), &sql, [customer.into(), id.into()]).await
    }

    /// In their order; without a gap.
    pub async fn upload_parts(&self, id: &str) -> Result<Vec<UploadPart>, Error> {
        let sql = "SELECT start, bytes, object FROM upload_part WHERE upload = $1 ORDER BY start";
        query::all(self.database().reader(), sql, [id.into()]).await
    }

    /// Some of those that nobody goes on with.
    pub async fn expired_uploads(&self, now: OffsetDateTime) -> Result<Vec<Upload>, Error> {
        let sql = format!("{SELECT} WHERE expires < $1 ORDER BY expires, id LIMIT 20");
        query::all(self.database().reader(), &sql, [micros(now).into()]).await
    }
}

const SELECT: &str =
    "SELECT id, customer, space, name, metadata, bytes, received, finished, expires
    FROM upload";

impl Record for Upload {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            asset: row.asset_id()?,
            metadata: row.text("metadata")?,
            bytes: row.number("bytes")?,
            received: row.number("received")?,
            finished: row.flag("finished")?,
            expires: row.moment("expires")?,
        })
    }
}

impl Record for UploadPart {
    fn read(row: &Row) -> Result<Self, Error> {
        let (start, bytes) = (row.number("start")?, row.number("bytes")?);
        Ok(Self { start, bytes, object: row.text("object")? })
    }
}
