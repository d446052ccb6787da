use crate::{
    hydra::{Document, EntryPoint},
    urls::Urls,
};

/// `GET /`: where everything else is found; for everybody.
pub(crate) async fn get_entry_point(urls: Urls) -> Document<EntryPoint> {
    Document::new(&urls, EntryPoint::of(&urls))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn everybody_finds_the_customers_from_the_entry_point() {
        on_every_database(async |api| {
            let answer = api.anonymous().get("/").await;
            assert_eq!(answer.status, 200);
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "https://api.example.org/contexts/EntryPoint.jsonld",
              "@id": "https://api.example.org/",
              "@type": "vocab:EntryPoint",
              "customers": "https://api.example.org/customers",
              "originStrategies": "https://api.example.org/originStrategies",
              "storagePolicies": "https://api.example.org/storagePolicies",
              "imageOptimisationPolicies": "https://api.example.org/imageOptimisationPolicies",
              "thumbnailPolicies": "https://api.example.org/thumbnailPolicies",
              "documentation": "https://api.example.org/docs",
              "openapi": "https://api.example.org/openapi.json"
            }
            "#) };
        })
        .await;
    }
}
