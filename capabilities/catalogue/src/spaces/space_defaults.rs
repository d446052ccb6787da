use std::collections::{BTreeSet, HashMap};

use sea_orm::ConnectionTrait;

use crate::{
    Asset, Error,
    database::query::{self, Record, Row},
};

/// What a space gives to new assets that come without tags or roles of their own.
#[derive(Debug, Clone, Default)]
pub(crate) struct SpaceDefaults {
    space: u32,
    tags: Vec<String>,
    roles: Vec<String>,
}

/// Tags with this beginning are said of the space itself, by the DLCS's portal.
const OF_THE_SPACE: &str = "dlcs:";

/// Those of the spaces that exist.
pub(crate) async fn of_spaces(
    change: &impl ConnectionTrait,
    customer: u32,
    spaces: impl IntoIterator<Item = u32>,
) -> Result<HashMap<u32, SpaceDefaults>, Error> {
    let spaces: BTreeSet<u32> = spaces.into_iter().collect();
    let marks = query::marks(2, spaces.len());
    let sql = format!(
        "SELECT id, default_tags, default_roles FROM space WHERE customer = $1 AND id IN ({marks})"
    );
    let values = [customer].into_iter().chain(spaces).map(Into::into);
    let found: Vec<SpaceDefaults> = query::all(change, &sql, values).await?;
    Ok(found.into_iter().map(|defaults| (defaults.space, defaults)).collect())
}

impl SpaceDefaults {
    /// To be called before anything else is said of the asset.
    pub(crate) fn give_to(&self, blank: &mut Asset) {
        blank.tags.clone_from(&self.tags);
        blank.tags.retain(|tag| !tag.starts_with(OF_THE_SPACE));
        blank.roles.clone_from(&self.roles);
    }
}

impl Record for SpaceDefaults {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            space: row.number("id")?,
            tags: row.json("default_tags")?,
            roles: row.json("default_roles")?,
        })
    }
}
