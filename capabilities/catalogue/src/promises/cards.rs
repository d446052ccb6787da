use std::sync::Arc;

use super::house::*;
use crate::{AssetFields, Change, Expected, Priority};

#[tokio::test]
async fn a_card_is_kept_in_memory_and_a_change_here_shows_at_once() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let a = id("2/5/a");
        assert_eq!(catalogue.card(&a).await.unwrap(), None);
        register(catalogue, "2/5/a", at(1)).await;
        let unready = catalogue.card(&a).await.unwrap().unwrap();
        assert!(!unready.is_ready() && unready.ingesting);

        let job = claim(catalogue, at(1)).await.unwrap();
        catalogue.record_ingested(&job, &result(), at(2)).await.unwrap();
        let ready = catalogue.card(&a).await.unwrap().unwrap();
        assert_eq!((ready.version, ready.extent), (job.version, (6000, 4000)));
        let again = catalogue.card(&a).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&ready, &again), "it was read again");

        let roles = AssetFields { roles: Change::Set(vec!["r".into()]), ..AssetFields::default() };
        catalogue.patch_asset(&a, &roles, Priority::Normal, at(3)).await.unwrap();
        assert_eq!(catalogue.card(&a).await.unwrap().unwrap().roles, ["r"]);
        catalogue.delete_asset(&a, &Expected::Whatever, at(4)).await.unwrap();
        assert_eq!(catalogue.card(&a).await.unwrap(), None);
    }
}

#[tokio::test]
async fn that_an_asset_does_not_exist_is_remembered_too() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        assert_eq!(catalogue.card(&id("2/5/b")).await.unwrap(), None);
        // Not seen: nobody told this process.
        tamper(catalogue, "UPDATE asset SET name = 'b'", []).await;
        assert_eq!(catalogue.card(&id("2/5/b")).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_change_by_another_process_shows_when_the_card_has_become_old() {
    for house in houses().await {
        house.enter();
        assert!(crate::DatabaseConfig::default().card_max_age_seconds <= 10);
        furnish(&house.catalogue).await;
        let other = house.another_process_with_cards_of_age(1).await;
        ingest(&house.catalogue, "2/5/a", at(1)).await;
        let a = id("2/5/a");
        assert_eq!(other.card(&a).await.unwrap().unwrap().number1, 0);
        let one = AssetFields { number1: Change::Set(1), ..AssetFields::default() };
        house.catalogue.patch_asset(&a, &one, Priority::Normal, at(2)).await.unwrap();
        let changed = async {
            while other.card(&a).await.unwrap().unwrap().number1 != 1 {
                tokio::task::yield_now().await;
            }
        };
        let within = std::time::Duration::from_secs(3);
        tokio::time::timeout(within, changed).await.expect("seen after its greatest age");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_has_changed_an_asset_never_sees_an_older_card() {
    for house in houses().await {
        let catalogue = house.enter().clone();
        furnish(&catalogue).await;
        ingest(&catalogue, "2/5/a", at(1)).await;
        let a = id("2/5/a");
        let reading: Vec<_> = (0..3)
            .map(|_| {
                let (catalogue, a) = (catalogue.clone(), a.clone());
                tokio::spawn(async move {
                    for _ in 0..300 {
                        catalogue.card(&a).await.unwrap();
                    }
                })
            })
            .collect();
        for n in 1..100 {
            let patch = AssetFields { number1: Change::Set(n), ..AssetFields::default() };
            catalogue.patch_asset(&a, &patch, Priority::Normal, at(n)).await.unwrap();
            assert_eq!(catalogue.card(&a).await.unwrap().unwrap().number1, n);
        }
        for one in reading {
            one.await.unwrap();
        }
    }
}
