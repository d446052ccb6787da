use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Change, Error, Expected, Space,
    customers::customer::fold,
    database::query::{self, micros, moment},
    spaces::space::space,
    storage::storage_use,
};

/// What a request says about a space.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpaceFields {
    pub name: Change<String>,
    pub default_tags: Change<Vec<String>>,
    pub default_roles: Change<Vec<String>>,
    pub max_unauthorised: Change<i32>,
    pub expected: Expected,
}

impl Catalogue {
    /// Makes a space with the customer's next free number.
    pub async fn create_space(
        &self,
        customer: u32,
        fields: &SpaceFields,
        now: OffsetDateTime,
    ) -> Result<Space, Error> {
        let change = self.database().begin().await?;
        let next = "UPDATE customer SET next_space = next_space + 1 WHERE id = $1
                    RETURNING next_space - 1";
        // Numbers that were taken by a PUT are passed over.
        let created = loop {
            let id = query::one::<i64>(&change, next, [customer.into()]).await?;
            let id = id.ok_or_else(|| Error::NotFound(format!("customer {customer}")))?;
            let id = u32::try_from(id).map_err(|_| query::unreadable("next_space"))?;
            if let Some(created) = insert(&change, (customer, id), fields, now).await? {
                break created;
            }
        };
        change.commit().await?;
        Ok(created)
    }
}

/// Makes a space, unless there is one with this number.
pub(crate) async fn insert(
    change: &impl ConnectionTrait,
    (customer, id): (u32, u32),
    fields: &SpaceFields,
    now: OffsetDateTime,
) -> Result<Option<Space>, Error> {
    fields.expected.check(None)?;
    let mut new = Space {
        customer,
        id,
        name: String::new(),
        created: now,
        modified: now,
        default_tags: Vec::new(),
        default_roles: Vec::new(),
        max_unauthorised: -1,
        approximate_number_of_images: 0,
    };
    fields.apply(&mut new)?;
    let sql = "INSERT INTO space (customer, id, name, name_folded, default_tags, default_roles,
               max_unauthorised, created, modified)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
               ON CONFLICT (customer, id) DO NOTHING";
    let values = values(&new).into_iter().chain([micros(now).into()]);
    if query::run_or(change, sql, values, |_| name_taken(&new)).await? == 0 {
        return Ok(None);
    }
    storage_use::open(change, (customer, id), now).await?;
    space(change, customer, id).await
}

/// Writes a space that was read for update.
pub(crate) async fn update(
    change: &impl ConnectionTrait,
    space: &mut Space,
    now: OffsetDateTime,
) -> Result<(), Error> {
    space.modified = moment(micros(now));
    let sql = "UPDATE space SET name = $3, name_folded = $4, default_tags = $5,
               default_roles = $6, max_unauthorised = $7, modified = $8
               WHERE customer = $1 AND id = $2";
    let values = values(space).into_iter().chain([micros(now).into()]);
    query::run_or(change, sql, values, |_| name_taken(space)).await?;
    Ok(())
}

impl SpaceFields {
    pub(crate) fn apply(&self, space: &mut Space) -> Result<(), Error> {
        self.name.apply(&mut space.name);
        self.default_tags.apply(&mut space.default_tags);
        self.default_roles.apply(&mut space.default_roles);
        self.max_unauthorised.apply_or(&mut space.max_unauthorised, -1);
        if space.name.trim().is_empty() {
            return Err(Error::Invalid("A space must have a name".into()));
        }
        Ok(())
    }
}

fn values(space: &Space) -> [sea_orm::Value; 7] {
    let list = |list: &[String]| serde_json::Value::from(list).to_string();
    [
        space.customer.into(),
        space.id.into(),
        space.name.as_str().into(),
        fold(&space.name).into(),
        list(&space.default_tags).into(),
        list(&space.default_roles).into(),
        i64::from(space.max_unauthorised).into(),
    ]
}

fn name_taken(space: &Space) -> Error {
    Error::Conflict(format!("The space name '{}' is already taken", space.name))
}
