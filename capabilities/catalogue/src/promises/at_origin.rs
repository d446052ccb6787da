//! Originals that stay in their owner's bucket.

use model::DeliveryChannel;

use super::house::*;
use crate::{AssetFields, AtOrigin, Catalogue, Expected, Ingested, Priority};

fn lying(etag: &str) -> AtOrigin {
    AtOrigin { url: "s3://scans/é/a.tif".to_owned(), bytes: 70_000, etag: etag.to_owned() }
}

/// What everybody who asks is told of it.
async fn told(catalogue: &Catalogue, name: &str) -> Option<AtOrigin> {
    let id = id(name);
    let told = catalogue.asset(&id).await.unwrap().unwrap().at_origin;
    assert_eq!(catalogue.card(&id).await.unwrap().unwrap().at_origin, told);
    assert_eq!(catalogue.image_storage(&id).await.unwrap().unwrap().at_origin, told);
    told
}

async fn bring_in(catalogue: &Catalogue, name: &str, at_origin: Option<AtOrigin>, seconds: i64) {
    register(catalogue, name, at(seconds)).await;
    let job = claim(catalogue, at(seconds)).await.unwrap();
    let ingested = Ingested { at_origin, ..result() };
    catalogue.record_ingested(&job, &ingested, at(seconds)).await.unwrap();
}

#[tokio::test]
async fn an_original_at_its_origin_is_known_with_its_version_and_not_counted() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
        bring_in(catalogue, "2/5/a", Some(lying("\"1\"")), 1).await;
        assert_eq!(told(catalogue, "2/5/a").await, Some(lying("\"1\"")));
        let kept = catalogue.customer_storage(2, None).await.unwrap().unwrap();
        assert_eq!(kept.image_bytes, 9_000, "the pyramid alone");
        assert_counters_are_exact(catalogue).await;

        // What is delivered is the old state, until the new one is in.
        register(catalogue, "2/5/a", at(2)).await;
        assert_eq!(told(catalogue, "2/5/a").await, Some(lying("\"1\"")));
        let job = claim(catalogue, at(2)).await.unwrap();
        let newer = Ingested { at_origin: Some(lying("\"2\"")), ..result() };
        catalogue.record_ingested(&job, &newer, at(3)).await.unwrap();
        assert_eq!(told(catalogue, "2/5/a").await, Some(lying("\"2\"")));

        let whatever = Expected::Whatever;
        catalogue.copy_asset(&id("2/5/a"), &id("2/6/b"), &whatever, at(4)).await.unwrap();
        catalogue.move_asset(&id("2/5/a"), &id("2/6/c"), &whatever, at(5)).await.unwrap();
        for name in ["2/6/b", "2/6/c"] {
            assert_eq!(told(catalogue, name).await, Some(lying("\"2\"")), "{name}");
        }
        bring_in(catalogue, "2/6/b", None, 6).await;
        assert_eq!(told(catalogue, "2/6/b").await, None, "there is a copy now");

        let channels = channels(&[DeliveryChannel::None]);
        let fields = AssetFields { channels, ..AssetFields::default() };
        catalogue.patch_asset(&id("2/6/c"), &fields, Priority::Normal, at(7)).await.unwrap();
        assert_eq!(told(catalogue, "2/6/c").await, None);
        assert_counters_are_exact(catalogue).await;
    }
}
