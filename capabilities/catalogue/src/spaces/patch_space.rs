use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Space, SpaceFields,
    spaces::{create_space::update, space::space_for_update},
};

impl Catalogue {
    pub async fn patch_space(
        &self,
        customer: u32,
        id: u32,
        fields: &SpaceFields,
        now: OffsetDateTime,
    ) -> Result<Space, Error> {
        let change = self.database().begin().await?;
        let space = space_for_update(&change, customer, id).await?;
        let mut space = space.ok_or_else(|| Error::NotFound(format!("space {customer}/{id}")))?;
        fields.expected.check(Some(space.modified))?;
        fields.apply(&mut space)?;
        update(&change, &mut space, now).await?;
        change.commit().await?;
        self.parts().changes.note_all(customer);
        Ok(space)
    }
}
