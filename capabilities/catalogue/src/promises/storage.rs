use super::house::*;
use crate::{Error, NewAsset, Priority};

#[tokio::test]
async fn what_is_kept_is_counted_as_it_comes_and_goes() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
        for (name, seconds) in [("2/5/a", 1), ("2/5/b", 2), ("2/6/a", 3)] {
            ingest(catalogue, name, at(seconds)).await;
        }
        let all = catalogue.customer_storage(2, None).await.unwrap().unwrap();
        assert_eq!((all.images, all.image_bytes, all.thumbnail_bytes), (3, 27_000, 1_500));
        let one = catalogue.customer_storage(2, Some(5)).await.unwrap().unwrap();
        assert_eq!((one.images, one.image_bytes, one.policy), (2, 18_000, None));
        let image = catalogue.image_storage(&id("2/5/a")).await.unwrap().unwrap();
        assert_eq!((image.bytes, image.thumbnail_bytes, image.last_checked), (9_000, 500, at(1)));

        // Again, smaller; then one goes.
        register(catalogue, "2/5/a", at(4)).await;
        let job = claim(catalogue, at(4)).await.unwrap();
        let smaller = crate::Ingested { stored_bytes: 1_000, thumbnail_bytes: 0, ..result() };
        catalogue.record_ingested(&job, &smaller, at(5)).await.unwrap();
        catalogue.delete_asset(&id("2/6/a"), at(6)).await.unwrap();
        let all = catalogue.customer_storage(2, None).await.unwrap().unwrap();
        assert_eq!((all.images, all.image_bytes, all.thumbnail_bytes), (2, 10_000, 500));
        assert_eq!(all.last_calculated, at(6));
        assert_counters_are_exact(catalogue).await;
        assert_eq!(catalogue.customer_storage(2, Some(77)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_policy_limits_how_many_assets_there_are() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        tamper(catalogue, "UPDATE storage_policy SET max_images = 1, max_bytes = 10000", []).await;
        register(catalogue, "2/5/a", at(1)).await;
        let new = NewAsset { id: id("2/5/b"), fields: image() };
        let full = catalogue.register_asset(&new, Priority::Normal, at(2)).await;
        assert!(matches!(full, Err(Error::LimitExceeded(_))), "{full:?}");
        assert_eq!(catalogue.asset(&new.id).await.unwrap(), None);
        // One that exists already is no more than it was.
        register(catalogue, "2/5/a", at(3)).await;
        assert_counters_are_exact(catalogue).await;

        let job = claim(catalogue, at(4)).await.unwrap();
        assert_eq!(catalogue.bytes_left(2).await.unwrap(), 10_000);
        catalogue.record_ingested(&job, &result(), at(5)).await.unwrap();
        assert_eq!(catalogue.bytes_left(2).await.unwrap(), 500);
    }
}
