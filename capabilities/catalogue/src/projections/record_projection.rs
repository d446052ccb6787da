use time::OffsetDateTime;

use super::MadeFile;
use crate::{
    Catalogue, Error, Job,
    database::query::{self, micros, whole},
};

impl Catalogue {
    /// Ends a job with the file that it made, which is given from now on; `false` if nobody wants it any more.
    pub async fn record_projection(
        &self,
        job: &Job,
        file: &MadeFile,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let shown: Vec<_> = file.shown.iter().map(ToString::to_string).collect();
        let json = |list: &[String]| serde_json::to_string(list).expect("texts become JSON");
        let change = self.database().begin().await?;
        // The projection before the job, as in every change of both: so none wait crosswise.
        let sql = "UPDATE projection SET version = $2, made = $3, members = $4, file_name = $5,
            items = $6, pages = $7, bytes = $8, roles = $9, shown = $10, maker = $11, failed = NULL, error = NULL
            WHERE id = $1 AND version <= $2";
        let values = [
            job.asset.name().into(),
            whole(file.version).into(),
            micros(now).into(),
            file.members.as_str().into(),
            file.file_name.as_str().into(),
            whole(file.items).into(),
            whole(file.pages).into(),
            whole(file.bytes).into(),
            json(&file.roles).into(),
            json(&shown).into(),
            file.maker.as_str().into(),
        ];
        let recorded = query::run(&change, sql, values).await? > 0;
        query::run(&change, "DELETE FROM job WHERE id = $1", [job.id.0.into()]).await?;
        change.commit().await?;
        self.parts().bells.ring_ended(job.id);
        Ok(recorded)
    }
}
