use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Space, SpaceFields,
    customers::customer::customer,
    spaces::{
        create_space::{insert, update},
        space::space_for_update,
    },
};

/// A space after a PUT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutSpace {
    pub space: Space,
    pub created: bool,
}

impl Catalogue {
    /// Makes the space with this number, or changes it.
    pub async fn put_space(
        &self,
        customer_id: u32,
        id: u32,
        fields: &SpaceFields,
        now: OffsetDateTime,
    ) -> Result<PutSpace, Error> {
        if id == 0 {
            return Err(Error::Invalid("Space 0 is reserved".into()));
        }
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        let put = match space_for_update(&change, customer_id, id).await? {
            Some(mut space) => {
                fields.expected.check(Some(space.modified))?;
                fields.apply(&mut space)?;
                update(&change, &mut space, now).await?;
                PutSpace { space, created: false }
            }
            None => {
                let space = insert(&change, (customer_id, id), fields, now).await?;
                let just_made = || Error::Conflict(format!("Space {id} is just being made"));
                PutSpace { space: space.ok_or_else(just_made)?, created: true }
            }
        };
        change.commit().await?;
        self.parts().changes.note_all(customer_id);
        Ok(put)
    }
}
