use crate::{
    Catalogue, Error, Expected,
    origins::put_origin_strategy::{ROW, none},
};

impl Catalogue {
    pub async fn delete_origin_strategy(
        &self,
        customer: u32,
        id: &str,
        expected: &Expected,
    ) -> Result<(), Error> {
        self.delete_row((ROW, [id.into(), customer.into()]), expected, || none(id)).await
    }
}
