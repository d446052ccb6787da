use crate::{Catalogue, Error, database::query};

impl Catalogue {
    /// Has every file that was made by other settings made anew when it is next asked for; returns how many there are.
    pub async fn outdate_projections(&self, maker: &str) -> Result<u64, Error> {
        let sql = "UPDATE projection SET members = '', maker = $1
            WHERE version > 0 AND (maker IS NULL OR maker <> $1)";
        query::run(self.database().writer(), sql, [maker.into()]).await
    }
}
