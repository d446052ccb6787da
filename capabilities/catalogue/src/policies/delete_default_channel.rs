use crate::{
    Catalogue, Error, Expected,
    policies::put_default_channel::{ROW, none},
};

impl Catalogue {
    /// Assets that were registered with it keep their channels.
    pub async fn delete_default_channel(
        &self,
        (customer_id, space_id): (u32, Option<u32>),
        id: &str,
        expected: &Expected,
    ) -> Result<(), Error> {
        let whose = [id.into(), customer_id.into(), space_id.unwrap_or_default().into()];
        self.delete_row((ROW, whose), expected, || none(id)).await
    }
}
