use super::house::*;
use crate::{Change, Error, Expected, NewAsset, Page, Priority, StoragePolicyFields};

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
        let smaller =
            crate::Ingested { objects: vec![kept(1_000)], thumbnail_bytes: 0, ..result() };
        catalogue.record_ingested(&job, &smaller, at(5)).await.unwrap();
        catalogue.delete_asset(&id("2/6/a"), &Expected::Whatever, at(6)).await.unwrap();
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
        assert_eq!(catalogue.bytes_left(&id("2/5/a")).await.unwrap(), 10_000);
        catalogue.record_ingested(&job, &result(), at(5)).await.unwrap();
        assert_eq!(catalogue.bytes_left(&id("2/5/a")).await.unwrap(), 500);
    }
}

fn limits(max_images: i64, max_bytes: i64) -> StoragePolicyFields {
    StoragePolicyFields {
        max_images: Some(max_images),
        max_bytes: Some(max_bytes),
        ..StoragePolicyFields::default()
    }
}

#[tokio::test]
async fn a_policy_of_a_space_limits_it_within_its_customers() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
        catalogue.create_storage_policy("small", &limits(1, 9_700), at(0)).await.unwrap();
        let small = Change::Set("small".to_owned());
        let storage = catalogue.assign_storage_policy(2, Some(5), &small).await.unwrap();
        assert_eq!(storage.policy.as_deref(), Some("small"));
        ingest(catalogue, "2/5/a", at(1)).await;
        let new = NewAsset { id: id("2/5/b"), fields: image() };
        let full = catalogue.register_asset(&new, Priority::Normal, at(2)).await;
        assert!(matches!(full, Err(Error::LimitExceeded(_))), "{full:?}");
        assert_eq!(catalogue.bytes_left(&id("2/5/b")).await.unwrap(), 200);
        ingest(catalogue, "2/6/b", at(2)).await;
        assert!(catalogue.bytes_left(&id("2/6/b")).await.unwrap() > 1_000_000);

        catalogue.assign_storage_policy(2, None, &small).await.unwrap();
        assert_eq!(catalogue.bytes_left(&id("2/6/b")).await.unwrap(), 0);
        catalogue.assign_storage_policy(2, Some(5), &Change::Clear).await.unwrap();
        let full = catalogue.register_asset(&new, Priority::Normal, at(3)).await;
        assert!(matches!(full, Err(Error::LimitExceeded(_))), "{full:?}");
        catalogue.patch_storage_policy("small", &limits(9, 99_999), at(0)).await.unwrap();
        catalogue.register_asset(&new, Priority::Normal, at(4)).await.unwrap();
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn storage_policies_are_written_and_go_when_nobody_has_them() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let (made, created) =
            catalogue.put_storage_policy("a", &limits(1, 2), at(0)).await.unwrap();
        assert!(created && (made.max_images, made.max_bytes) == (1, 2));
        assert!(!catalogue.put_storage_policy("a", &limits(3, 4), at(0)).await.unwrap().1);
        assert_eq!(catalogue.storage_policy("a").await.unwrap().unwrap().max_images, 3);
        let twice = catalogue.create_storage_policy("a", &limits(1, 2), at(0)).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        for (name, fields) in [("", limits(1, 2)), ("a/b", limits(1, 2)), ("b", Default::default())]
        {
            let refused = catalogue.create_storage_policy(name, &fields, at(0)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{name}: {refused:?}");
        }
        let page = catalogue.storage_policies(Page { number: 2, size: 1 }).await.unwrap();
        assert_eq!((page.total, page.items[0].id.as_str()), (2, "default"));

        let a = Change::Set("a".to_owned());
        catalogue.assign_storage_policy(2, Some(5), &a).await.unwrap();
        for used in ["a", "default"] {
            let refused = catalogue.delete_storage_policy(used, &Expected::Whatever).await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{used}: {refused:?}");
        }
        catalogue.assign_storage_policy(2, Some(5), &Change::Clear).await.unwrap();
        catalogue.delete_storage_policy("a", &Expected::Whatever).await.unwrap();
        for gone in [
            catalogue.delete_storage_policy("a", &Expected::Whatever).await.unwrap_err(),
            catalogue.patch_storage_policy("a", &limits(1, 1), at(0)).await.unwrap_err(),
            catalogue.assign_storage_policy(77, None, &a).await.unwrap_err(),
        ] {
            assert!(matches!(gone, Error::NotFound(_)), "{gone:?}");
        }
        for (space, policy) in [(None, Change::Clear), (None, Change::Keep), (Some(5), a)] {
            let refused = catalogue.assign_storage_policy(2, space, &policy).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{space:?} {policy:?}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn counters_that_drifted_are_found_and_put_right() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        ingest(catalogue, "2/5/a", at(1)).await;
        assert_eq!(catalogue.drifted_counters(None).await.unwrap(), []);
        let wrong =
            "UPDATE storage_use SET images = 7, image_bytes = 1 WHERE customer = 2 AND space = 5";
        tamper(catalogue, wrong, []).await;
        let drifted = catalogue.drifted_counters(None).await.unwrap();
        assert_eq!(drifted.len(), 1);
        assert_eq!((drifted[0].customer, drifted[0].space), (2, Some(5)));
        assert_eq!((drifted[0].counted, drifted[0].found), ([7, 1, 500], [1, 9_000, 500]));
        assert_eq!(catalogue.drifted_counters(Some(1)).await.unwrap(), []);
        catalogue.mend_counter(&drifted[0], at(2)).await.unwrap();
        assert_counters_are_exact(catalogue).await;
    }
}
