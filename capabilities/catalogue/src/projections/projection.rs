use std::str::FromStr;

use model::{AssetId, named_query::canonical_arguments};
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Job, JobId, JobKind,
    database::query::{self, Record, Row},
};

/// What kind of file is made of what a named query finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProjectionKind {
    Pdf,
    Zip,
}

/// Whose file it is, and of which question: a named query with the arguments of an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProjectionName {
    pub customer: u32,
    pub kind: ProjectionKind,
    /// The name of the named query; which one answers to it may change.
    pub query: String,
    /// As an address has them, in one spelling.
    pub arguments: String,
}

/// A file that is made of what a named query finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    pub name: ProjectionName,
    /// When it was first asked for.
    pub created: OffsetDateTime,
    /// When it was last asked for, give or take a day.
    pub asked: OffsetDateTime,
    /// The file that there is, be it out of date.
    pub made: Option<MadeFile>,
    /// The job that is making it, or will.
    pub job: Option<JobId>,
    /// How much of it is made, in per cent, once that has taken longer than a moment.
    pub percent: Option<u8>,
    /// When the last attempt was given up, and why.
    pub failure: Option<(OffsetDateTime, String)>,
}

/// What is known of a file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFile {
    /// Its key carries it.
    pub version: u64,
    pub made: OffsetDateTime,
    /// What [`members_print`](super::members_print) said of the assets that it was made of.
    pub members: String,
    /// By which settings it was made.
    pub maker: String,
    /// What it is called where it is kept.
    pub file_name: String,
    /// How many assets are in it.
    pub items: u64,
    /// How many pages it has, if it has pages.
    pub pages: u64,
    pub bytes: u64,
    /// Who wants it must hold all of them.
    pub roles: Vec<String>,
    /// The assets that can be seen in it.
    pub shown: Vec<AssetId>,
}

impl ProjectionKind {
    pub const ALL: [Self; 2] = [Self::Pdf, Self::Zip];

    /// Its name in addresses and keys, which is the ending of its files too.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Zip => "zip",
        }
    }
}

impl FromStr for ProjectionKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or_else(|| Error::Invalid(format!("there is no projection to '{text}'")))
    }
}

impl ProjectionName {
    /// `path` is what stands behind the name of the query in an address.
    pub fn new(customer: u32, kind: ProjectionKind, query: &str, path: &str) -> Self {
        Self { customer, kind, query: query.to_owned(), arguments: canonical_arguments(path) }
    }

    /// A text of 32 characters that no other has, and that leads to no folder but its own.
    pub fn id(&self) -> String {
        let Self { customer, kind, query, arguments } = self;
        let whole = format!("{customer}\0{}\0{query}\0{arguments}", kind.as_str());
        query::hex(&Sha256::digest(whole)[..16])
    }

    /// What its job is about: jobs know assets alone, of which none is in space 0.
    pub(crate) fn subject(&self) -> AssetId {
        AssetId::new(self.customer, 0, self.id()).expect("digits and letters are a name")
    }
}

pub(crate) const SELECT: &str = "SELECT customer, kind, query, arguments, created, asked, version,
    made, members, maker, file_name, items, pages, bytes, roles, shown, failed, error,
    (SELECT MIN(job.id) FROM job WHERE job.customer = projection.customer AND job.space = 0
        AND job.name = projection.id AND job.kind = $2 AND job.state <> 'dead') AS job,
    (SELECT MAX(job.percent) FROM job WHERE job.customer = projection.customer AND job.space = 0
        AND job.name = projection.id AND job.kind = $2 AND job.worker IS NOT NULL) AS percent
    FROM projection WHERE id = $1";

pub(crate) async fn select(
    database: &impl ConnectionTrait,
    id: &str,
    lock: &str,
) -> Result<Option<Projection>, Error> {
    let values = [id.into(), JobKind::Project.as_str().into()];
    query::one(database, &format!("{SELECT}{lock}"), values).await
}

impl Catalogue {
    /// What became of a projection; `None` if nobody has asked for it yet.
    pub async fn projection(&self, name: &ProjectionName) -> Result<Option<Projection>, Error> {
        select(self.database().reader(), &name.id(), "").await
    }

    /// The one that a job is to make; `None` if it was deleted meanwhile.
    pub async fn projection_of(&self, job: &Job) -> Result<Option<Projection>, Error> {
        select(self.database().reader(), job.asset.name(), "").await
    }
}

impl Record for Projection {
    fn read(row: &Row) -> Result<Self, Error> {
        let name = ProjectionName {
            customer: row.number("customer")?,
            kind: row.parsed("kind")?,
            query: row.text("query")?,
            arguments: row.text("arguments")?,
        };
        let version = row.number("version")?;
        let made = if version == 0 { None } else { Some(MadeFile::read(row, version)?) };
        let failed = row.optional_moment("failed")?;
        Ok(Self {
            name,
            created: row.moment("created")?,
            asked: row.moment("asked")?,
            made,
            job: row.optional_number("job")?.map(JobId),
            percent: row.optional_number("percent")?,
            failure: failed.zip(row.optional_text("error")?),
        })
    }
}

impl MadeFile {
    fn read(row: &Row, version: u64) -> Result<Self, Error> {
        let shown: Vec<String> = row.json("shown")?;
        let shown = shown.iter().map(|id| id.parse().map_err(|_| query::unreadable("shown")));
        Ok(Self {
            version,
            made: row.moment("made")?,
            members: row.text("members")?,
            maker: row.optional_text("maker")?.unwrap_or_default(),
            file_name: row.text("file_name")?,
            items: row.number("items")?,
            pages: row.number("pages")?,
            bytes: row.number("bytes")?,
            roles: row.json("roles")?,
            shown: shown.collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_question_is_one_projection_however_it_is_spelled() {
        let id = |path| ProjectionName::new(2, ProjectionKind::Pdf, "book", path).id();
        assert_eq!(id("a%20b/5"), id("/a b//5/"));
        assert_ne!(id("a%2F5"), id("a/5"));
        let zip = ProjectionName::new(2, ProjectionKind::Zip, "book", "a%20b/5");
        assert_ne!(id("a%20b/5"), zip.id());
        assert_eq!(zip.id().len(), 32);
    }
}
