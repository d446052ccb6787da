use crate::{
    Catalogue, Error, Expected,
    callers::put_portal_user::{ROW, none},
};

impl Catalogue {
    pub async fn delete_portal_user(
        &self,
        customer: u32,
        id: &str,
        expected: &Expected,
    ) -> Result<(), Error> {
        self.delete_row((ROW, [id.into(), customer.into()]), expected, || none(id)).await
    }
}
