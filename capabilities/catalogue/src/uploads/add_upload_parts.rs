use time::OffsetDateTime;

use crate::{
    Catalogue, Error, UploadPart,
    database::query::{self, micros, whole},
};

impl Catalogue {
    /// Writes down parts that follow on what has come, all or none; of two that come to the same place, one is refused.
    pub async fn add_upload_parts(
        &self,
        upload: &str,
        parts: &[UploadPart],
        expires: OffsetDateTime,
    ) -> Result<(), Error> {
        let Some(first) = parts.first() else { return Ok(()) };
        let bytes: u64 = parts.iter().map(|part| part.bytes).sum();
        let change = self.database().begin().await?;
        let sql = "UPDATE upload SET received = received + $3, expires = $4
                   WHERE id = $1 AND received = $2 AND received + $3 <= bytes";
        let values =
            [upload.into(), whole(first.start).into(), whole(bytes).into(), micros(expires).into()];
        if query::run(&change, sql, values).await? == 0 {
            return Err(Error::Conflict("other bytes came to this place of the upload".into()));
        }
        let sql = "INSERT INTO upload_part (upload, start, bytes, object) VALUES ($1, $2, $3, $4)";
        for part in parts {
            let place = [upload.into(), whole(part.start).into()];
            let what = [whole(part.bytes).into(), part.object.as_str().into()];
            query::run(&change, sql, place.into_iter().chain(what)).await?;
        }
        change.commit().await?;
        Ok(())
    }
}
