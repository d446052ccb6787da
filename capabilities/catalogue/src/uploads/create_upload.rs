use model::AssetId;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, Error, NO_ROOM, Upload,
    database::query::{self, micros, moment},
};

/// What somebody is about to send.
#[derive(Debug, Clone)]
pub struct NewUpload {
    pub asset: AssetId,
    pub metadata: String,
    pub bytes: u64,
    pub expires: OffsetDateTime,
}

/// How many uploads of one customer may be under way.
const AT_ONCE: i64 = 1000;

impl Catalogue {
    /// Begins an upload, if there will be room for it beside those that are under way.
    pub async fn create_upload(&self, new: NewUpload) -> Result<Upload, Error> {
        let NewUpload { asset, metadata, bytes, expires } = new;
        let left = self.bytes_left(&asset).await?;
        let change = self.database().begin().await?;
        let space = "SELECT COUNT(*) FROM space WHERE customer = $1 AND id = $2";
        let place = [asset.customer.into(), asset.space.into()];
        if query::one::<i64>(&change, space, place).await? != Some(1) {
            return Err(Error::Invalid(format!("There is no space {}", asset.space)));
        }
        let of_customer = "FROM upload WHERE customer = $1 AND NOT finished";
        let count = format!("SELECT COUNT(*) {of_customer}");
        let sum = format!("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) {of_customer}");
        let customer = || [asset.customer.into()];
        let under_way = query::one::<i64>(&change, &count, customer()).await?.unwrap_or_default();
        if under_way >= AT_ONCE {
            return Err(Error::LimitExceeded(format!(
                "{AT_ONCE} uploads are under way: end some, or wait until they expire"
            )));
        }
        let promised = query::one::<i64>(&change, &sum, customer()).await?.unwrap_or_default();
        let promised = u64::try_from(promised).unwrap_or_default();
        if bytes > left.saturating_sub(promised) {
            return Err(Error::LimitExceeded(NO_ROOM.to_owned()));
        }
        let expires = moment(micros(expires));
        let id = Uuid::new_v4().to_string();
        let upload = Upload { id, asset, metadata, bytes, received: 0, finished: false, expires };
        let sql = "INSERT INTO upload
                   (id, customer, space, name, metadata, bytes, received, finished, expires)
                   VALUES ($1, $2, $3, $4, $5, $6, 0, FALSE, $7)";
        let values = [
            upload.id.as_str().into(),
            upload.asset.customer.into(),
            upload.asset.space.into(),
            upload.asset.name().into(),
            upload.metadata.as_str().into(),
            query::whole(bytes).into(),
            micros(expires).into(),
        ];
        query::run(&change, sql, values).await?;
        change.commit().await?;
        Ok(upload)
    }
}
