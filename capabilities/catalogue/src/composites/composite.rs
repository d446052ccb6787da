use std::{collections::HashSet, str::FromStr};

use model::{AssetId, Origin};
use time::OffsetDateTime;

use super::PageTemplate;
use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

/// A document of many pages, and how far the making of assets of them is.
#[derive(Debug, Clone, PartialEq)]
pub struct Composite {
    /// A GUID.
    pub id: String,
    /// That of all documents that came with one request.
    pub collection: String,
    pub customer: u32,
    pub space: u32,
    pub origin: Origin,
    /// The number of its first page.
    pub seed: i64,
    pub template: PageTemplate,
    pub status: CompositeStatus,
    /// How many pages it has, once that is known.
    pub pages: Option<u64>,
    /// How many of them are registered.
    pub registered: u64,
    /// The batches that they were registered in.
    pub batches: Vec<i64>,
    /// Under which keys the storage has pages that are not registered yet, or may have them soon.
    pub drawn: Vec<String>,
    /// What in it became no page, and why, for people.
    pub skipped: Vec<String>,
    pub error: Option<String>,
    pub created: OffsetDateTime,
    pub modified: OffsetDateTime,
}

/// What is being done with a document, in the words of the DLCS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompositeStatus {
    Pending,
    FetchingOrigin,
    Rasterizing,
    BuildingDlcsRequest,
    Completed,
    Error,
}

impl CompositeStatus {
    const ALL: [Self; 6] = [
        Self::Pending,
        Self::FetchingOrigin,
        Self::Rasterizing,
        Self::BuildingDlcsRequest,
        Self::Completed,
        Self::Error,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::FetchingOrigin => "FETCHING_ORIGIN",
            Self::Rasterizing => "RASTERIZING",
            Self::BuildingDlcsRequest => "BUILDING_DLCS_REQUEST",
            Self::Completed => "COMPLETED",
            Self::Error => "ERROR",
        }
    }
}

impl FromStr for CompositeStatus {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let status = Self::ALL.into_iter().find(|status| status.as_str() == text);
        status.ok_or_else(|| Error::Invalid(format!("there is no status '{text}'")))
    }
}

impl Composite {
    /// The name that its job has in the place of an asset's.
    pub(crate) fn job_name(&self) -> Result<AssetId, Error> {
        AssetId::new(self.customer, self.space, self.id.as_str())
            .map_err(|fault| Error::Invalid(fault.to_string()))
    }
}

impl Catalogue {
    pub async fn composite(&self, id: &str) -> Result<Option<Composite>, Error> {
        let sql = format!("{SELECT} WHERE id = $1");
        query::one(self.database().reader(), &sql, [id.into()]).await
    }

    /// Under which keys the storage may have pages that are not registered yet.
    pub(crate) async fn pages_in_the_making(&self) -> Result<HashSet<String>, Error> {
        let sql = "SELECT drawn FROM composite WHERE drawn <> '[]'";
        let mut keys = HashSet::new();
        for json in query::all::<String>(self.database().reader(), sql, []).await? {
            let drawn: Vec<String> =
                serde_json::from_str(&json).map_err(|_| query::unreadable("drawn"))?;
            keys.extend(drawn);
        }
        Ok(keys)
    }

    /// All that came with one request, in its order.
    pub async fn composites(&self, collection: &str) -> Result<Vec<Composite>, Error> {
        let sql = format!("{SELECT} WHERE collection = $1 ORDER BY place");
        query::all(self.database().reader(), &sql, [collection.into()]).await
    }
}

const SELECT: &str =
    "SELECT id, collection, customer, space, origin, seed, template, status, pages,
    registered, batches, drawn, skipped, error, created, modified FROM composite";

impl Record for Composite {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            collection: row.text("collection")?,
            customer: row.number("customer")?,
            space: row.number("space")?,
            origin: row.parsed("origin")?,
            seed: row.number("seed")?,
            template: row.json("template")?,
            status: row.parsed("status")?,
            pages: row.optional_number("pages")?,
            registered: row.number("registered")?,
            batches: row.json("batches")?,
            drawn: row.json("drawn")?,
            skipped: row.json("skipped")?,
            error: row.optional_text("error")?,
            created: row.moment("created")?,
            modified: row.moment("modified")?,
        })
    }
}
