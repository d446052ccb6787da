use crate::{
    Catalogue, Error, Expected,
    named_queries::put_named_query::{ROW, none},
};

impl Catalogue {
    pub async fn delete_named_query(
        &self,
        customer: u32,
        id: &str,
        expected: &Expected,
    ) -> Result<(), Error> {
        self.delete_row((ROW, [id.into(), customer.into()]), expected, || none(id)).await
    }
}
