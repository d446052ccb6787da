use sea_orm::ConnectionTrait;

use super::TilingShard;
use crate::{
    Catalogue, Error, Job,
    database::query::{self, whole},
};

impl Catalogue {
    /// Notes how far a part of a tiling is.
    pub async fn advance_tiling_shard(&self, job: &Job, shard: &TilingShard) -> Result<(), Error> {
        write(self.database().writer(), job, shard).await
    }
}

pub(super) async fn write(
    database: &impl ConnectionTrait,
    job: &Job,
    shard: &TilingShard,
) -> Result<(), Error> {
    let sql = "INSERT INTO tiling_shard (tiling, shard, images, done, failed, report, error)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (tiling, shard) DO UPDATE SET images = excluded.images,
                done = excluded.done, failed = excluded.failed, report = excluded.report,
                error = excluded.error";
    let values = [
        job.asset.name().into(),
        whole(shard.shard).into(),
        whole(shard.images).into(),
        whole(shard.done).into(),
        whole(shard.failed).into(),
        shard.report.as_ref().map(ToString::to_string).into(),
        shard.error.clone().into(),
    ];
    query::run(database, sql, values).await.map(|_| ())
}
