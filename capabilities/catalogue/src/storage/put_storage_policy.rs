use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Expected, StoragePolicy,
    database::{
        dialect::for_update,
        query::{self, micros, moment},
    },
};

/// What a request says about a storage policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoragePolicyFields {
    pub max_images: Option<i64>,
    pub max_bytes: Option<i64>,
    pub expected: Expected,
}

impl Catalogue {
    pub async fn create_storage_policy(
        &self,
        id: &str,
        fields: &StoragePolicyFields,
        now: OffsetDateTime,
    ) -> Result<StoragePolicy, Error> {
        let change = self.database().begin().await?;
        let created = insert(&change, id, fields, now).await?;
        change.commit().await?;
        let taken = || Error::Conflict(format!("A storage policy named '{id}' already exists"));
        created.ok_or_else(taken)
    }

    /// Makes the storage policy or replaces what it says; whether it was made comes with it.
    pub async fn put_storage_policy(
        &self,
        id: &str,
        fields: &StoragePolicyFields,
        now: OffsetDateTime,
    ) -> Result<(StoragePolicy, bool), Error> {
        let change = self.database().begin().await?;
        let put = match insert(&change, id, fields, now).await? {
            Some(created) => (created, true),
            None => (update(&change, id, fields, now).await?, false),
        };
        change.commit().await?;
        Ok(put)
    }

    /// What is kept already stays, even if it is more than a policy allows from now on.
    pub async fn patch_storage_policy(
        &self,
        id: &str,
        fields: &StoragePolicyFields,
        now: OffsetDateTime,
    ) -> Result<StoragePolicy, Error> {
        let change = self.database().begin().await?;
        let patched = update(&change, id, fields, now).await?;
        change.commit().await?;
        Ok(patched)
    }
}

/// `None` if there is a policy of this name.
async fn insert(
    change: &impl ConnectionTrait,
    id: &str,
    fields: &StoragePolicyFields,
    now: OffsetDateTime,
) -> Result<Option<StoragePolicy>, Error> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_dots = id.bytes().all(|byte| byte == b'.');
    if id.len() > 100 || is_dots || !id.bytes().all(is_allowed) {
        return Err(Error::Invalid(format!(
            "'{id}' cannot name a storage policy: use letters, digits, - _ and ."
        )));
    }
    let (Some(max_images), Some(max_bytes)) = (fields.max_images, fields.max_bytes) else {
        return Err(Error::Invalid(
            "'maximumNumberOfStoredImages' and 'maximumTotalSizeOfStoredImages' are required"
                .into(),
        ));
    };
    let sql = "INSERT INTO storage_policy (id, max_images, max_bytes, modified)
               VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";
    let values = [id.into(), max_images.into(), max_bytes.into(), micros(now).into()];
    if query::run(change, sql, values).await? == 0 {
        return Ok(None);
    }
    fields.expected.check(None)?;
    let modified = moment(micros(now));
    Ok(Some(StoragePolicy { id: id.to_owned(), max_images, max_bytes, modified }))
}

async fn update(
    change: &impl ConnectionTrait,
    id: &str,
    fields: &StoragePolicyFields,
    now: OffsetDateTime,
) -> Result<StoragePolicy, Error> {
    let lock = for_update(change);
    let sql = format!(
        "SELECT id, max_images, max_bytes, modified FROM storage_policy WHERE id = $1{lock}"
    );
    let found = query::one::<StoragePolicy>(change, &sql, [id.into()]).await?;
    let mut policy = found.ok_or_else(|| none(id))?;
    fields.expected.check(Some(policy.modified))?;
    policy.modified = moment(micros(now));
    policy.max_images = fields.max_images.unwrap_or(policy.max_images);
    policy.max_bytes = fields.max_bytes.unwrap_or(policy.max_bytes);
    let sql = "UPDATE storage_policy SET max_images = $2, max_bytes = $3, modified = $4
               WHERE id = $1";
    let values = [id.into(), policy.max_images.into(), policy.max_bytes.into(), micros(now).into()];
    query::run(change, sql, values).await?;
    Ok(policy)
}

pub(crate) fn none(id: &str) -> Error {
    Error::NotFound(format!("storage policy {id}"))
}
