use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Collection, CustomerLink},
    query::Query,
    urls::Urls,
};

/// `GET /customers`: links to all customers; for everybody.
pub(crate) async fn get_customers(
    State(management): State<Management>,
    urls: Urls,
    query: Query,
) -> Result<Collection<CustomerLink>, Error> {
    let customers = management.catalogue.customers(query.page()?).await?;
    Ok(Collection::new(&urls, customers.map(|customer| CustomerLink::of(&customer, &urls))))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn everybody_sees_links_to_all_customers() {
        on_every_database(async |api| {
            api.librarian().await;
            let answer = api.anonymous().get("/customers").await;
            assert_eq!(answer.status, 200);
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@id": "https://api.example.org/customers",
              "@type": "Collection",
              "totalItems": 2,
              "pageSize": 100,
              "member": [
                {
                  "@id": "https://api.example.org/customers/1",
                  "@type": "vocab:Customer"
                },
                {
                  "@id": "https://api.example.org/customers/2",
                  "@type": "vocab:Customer"
                }
              ]
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn customers_come_in_pages() {
        on_every_database(async |api| {
            api.librarian().await;
            let answer = api.anonymous().get("/customers?pageSize=1&x=y").await;
            allow_duplicates! { assert_json_snapshot!(answer.body["view"], @r#"
            {
              "@id": "https://api.example.org/customers?page=1&pageSize=1&x=y",
              "@type": "PartialCollectionView",
              "next": "https://api.example.org/customers?page=2&pageSize=1&x=y",
              "last": "https://api.example.org/customers?page=2&pageSize=1&x=y",
              "page": 1,
              "pageSize": 1,
              "totalPages": 2
            }
            "#) };
        })
        .await;
    }
}
