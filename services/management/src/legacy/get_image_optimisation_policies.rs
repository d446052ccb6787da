use super::policies::{OPTIMISATION, OptimisationPolicy};
use crate::{
    caller::Tenant,
    error::Error,
    hydra::{Collection, Document, ImageOptimisationPolicy},
    paths::{ItemPath, PlatformPath},
    urls::Urls,
};

/// `GET /imageOptimisationPolicies`: for everybody.
pub(crate) async fn get_image_optimisation_policies(
    urls: Urls,
) -> Collection<ImageOptimisationPolicy> {
    all(&urls)
}

/// `GET /imageOptimisationPolicies/{id}`: for everybody.
pub(crate) async fn get_image_optimisation_policy(
    urls: Urls,
    PlatformPath { id }: PlatformPath,
) -> Result<Document<ImageOptimisationPolicy>, Error> {
    one(&urls, &id)
}

/// `GET /customers/{customer}/imageOptimisationPolicies`: no customer has others than everybody has.
pub(crate) async fn get_customers_optimisation_policies(
    urls: Urls,
    _: Tenant,
) -> Collection<ImageOptimisationPolicy> {
    all(&urls)
}

/// `GET /customers/{customer}/imageOptimisationPolicies/{id}`.
pub(crate) async fn get_customers_optimisation_policy(
    urls: Urls,
    ItemPath { id, .. }: ItemPath,
) -> Result<Document<ImageOptimisationPolicy>, Error> {
    one(&urls, &id)
}

fn all(urls: &Urls) -> Collection<ImageOptimisationPolicy> {
    Collection::whole(urls, OPTIMISATION.iter().map(|policy| policy.to_hydra(urls)).collect())
}

fn one(urls: &Urls, id: &str) -> Result<Document<ImageOptimisationPolicy>, Error> {
    let found = OPTIMISATION.iter().find(|policy| policy.id == id);
    let found = found.ok_or_else(|| Error::NotFound(format!("image optimisation policy {id}")))?;
    Ok(Document::new(urls, found.to_hydra(urls)))
}

impl OptimisationPolicy {
    fn to_hydra(&self, urls: &Urls) -> ImageOptimisationPolicy {
        ImageOptimisationPolicy::of(self.id, self.name, self.technical_details, urls)
    }
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn old_clients_find_the_lists_that_they_read() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let one = api.anonymous().get("/imageOptimisationPolicies/fast-higher").await;
            allow_duplicates! { assert_json_snapshot!(one.body, @r#"
            {
              "@context": "https://api.example.org/contexts/ImageOptimisationPolicy.jsonld",
              "@id": "https://api.example.org/imageOptimisationPolicies/fast-higher",
              "@type": "vocab:ImageOptimisationPolicy",
              "name": "Fast higher quality",
              "technicalDetails": [
                "iiif-img",
                "default"
              ],
              "global": true
            }
            "#) };
            let one = api.anonymous().get("/thumbnailPolicies/default").await;
            allow_duplicates! { assert_json_snapshot!(one.body, @r#"
            {
              "@context": "https://api.example.org/contexts/ThumbnailPolicy.jsonld",
              "@id": "https://api.example.org/thumbnailPolicies/default",
              "@type": "vocab:ThumbnailPolicy",
              "name": "Default",
              "sizes": [
                1024,
                400,
                200,
                100
              ]
            }
            "#) };
            for path in ["/imageOptimisationPolicies", "/thumbnailPolicies"] {
                assert_eq!(api.anonymous().get(path).await.status, 200, "{path}");
                assert_eq!(api.anonymous().get(&format!("{path}/x")).await.status, 404, "{path}");
            }
            let of_customer = "/customers/2/imageOptimisationPolicies";
            assert_eq!(librarian.get(of_customer).await.body["totalItems"], 5);
            assert_eq!(librarian.get(&format!("{of_customer}/none")).await.status, 200);
            assert_eq!(api.anonymous().get(of_customer).await.status, 401);
        })
        .await;
    }
}
