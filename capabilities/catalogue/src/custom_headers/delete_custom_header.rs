use crate::{
    Catalogue, Error, Expected,
    custom_headers::put_custom_header::{ROW, none},
};

impl Catalogue {
    pub async fn delete_custom_header(
        &self,
        customer: u32,
        id: &str,
        expected: &Expected,
    ) -> Result<(), Error> {
        self.delete_row((ROW, [id.into(), customer.into()]), expected, || none(id)).await?;
        self.parts().cards.forget_all();
        Ok(())
    }
}
