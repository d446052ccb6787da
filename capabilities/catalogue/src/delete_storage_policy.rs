use crate::{Catalogue, Error, database::query, put_storage_policy::none};

/// What new customers get.
const DEFAULT: &str = "default";

impl Catalogue {
    /// Only a policy that no customer and no space has can go, and never the one that new customers get.
    pub async fn delete_storage_policy(&self, id: &str) -> Result<(), Error> {
        if id == DEFAULT {
            let text = format!("The storage policy '{DEFAULT}' is what new customers get");
            return Err(Error::Conflict(text));
        }
        let sql = "DELETE FROM storage_policy WHERE id = $1";
        let in_use = |_| Error::Conflict(format!("The storage policy '{id}' is in use"));
        match query::run_or(self.database().writer(), sql, [id.into()], in_use).await? {
            0 => Err(none(id)),
            _ => Ok(()),
        }
    }
}
