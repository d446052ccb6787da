use std::collections::HashSet;

use tokio::task::JoinSet;

use super::house::*;
use crate::{Error, Expected, JobKind, KeyFields, NewAsset, NewCustomer, Priority};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_library_is_set_up_once_however_many_try() {
    for house in houses().await {
        house.enter();
        let mut trying = JoinSet::new();
        for _ in 0..4 {
            let process = house.another_process().await;
            trying.spawn(async move { process.set_up(at(0)).await.unwrap() });
        }
        assert_eq!(trying.join_all().await.into_iter().flatten().count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn spaces_made_at_once_have_numbers_and_names_of_their_own() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let mut making = JoinSet::new();
        for n in 0..20 {
            let catalogue = catalogue.clone();
            let name = format!("space {}", n / 2); // every name twice
            making.spawn(async move { catalogue.create_space(2, &named(&name), at(1)).await });
        }
        let (made, refused): (Vec<_>, Vec<_>) =
            making.join_all().await.into_iter().partition(Result::is_ok);
        assert!(refused.iter().all(|made| matches!(made, Err(Error::Conflict(_)))), "{refused:?}");
        let ids: HashSet<_> = made.into_iter().map(|made| made.unwrap().id).collect();
        assert_eq!(ids, (1..=11).filter(|id| *id != 5).collect());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn customers_made_at_once_have_numbers_of_their_own() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let mut making = JoinSet::new();
        for n in 0..8 {
            let catalogue = catalogue.clone();
            let new = NewCustomer { name: format!("c{n}"), display_name: format!("C {n}") };
            making.spawn(async move { catalogue.create_customer(&new, at(1)).await.unwrap().id });
        }
        let ids: HashSet<_> = making.join_all().await.into_iter().collect();
        assert_eq!(ids, (3..=10).collect());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_asset_registered_by_many_at_once_is_one_asset_with_one_job() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let mut registering = JoinSet::new();
        for _ in 0..10 {
            let catalogue = catalogue.clone();
            registering.spawn(async move { register(&catalogue, "2/5/a", at(1)).await });
        }
        let registered = registering.join_all().await;
        assert_eq!(registered.iter().filter(|registered| registered.created).count(), 1);
        let versions: HashSet<_> = registered.iter().map(|one| one.asset.pending).collect();
        assert_eq!(versions.len(), 10, "no two are to be made under the same keys");
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM job").await, 1);
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counters_stay_exact_whoever_registers_ingests_and_deletes() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
        let mut working = JoinSet::new();
        for n in 0..6_usize {
            let catalogue = house.another_process().await;
            working.spawn(async move {
                for turn in 0..12_usize {
                    let name = format!("2/{}/{}", 5 + (n + turn) % 2, turn % 5);
                    let result = match (n + turn) % 3 {
                        0 => catalogue.delete_asset(&id(&name), &Expected::Whatever, at(1)).await,
                        1 => work(&catalogue).await,
                        _ => {
                            let new = NewAsset { id: id(&name), fields: image() };
                            catalogue.register_asset(&new, Priority::Normal, at(1)).await.map(drop)
                        }
                    };
                    assert!(matches!(result, Ok(()) | Err(Error::NotFound(_))), "{result:?}");
                }
            });
        }
        working.join_all().await;
        assert_counters_are_exact(catalogue).await;
    }
}

async fn work(catalogue: &crate::Catalogue) -> Result<(), Error> {
    let kinds = [JobKind::IngestImage];
    if let Some(job) = catalogue.claim_job(&kinds, "worker", LEASE, at(2)).await? {
        catalogue.record_ingested(&job, &result(), at(3)).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_limit_holds_whoever_registers() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
        tamper(catalogue, "UPDATE storage_policy SET max_images = 7", []).await;
        let mut registering = JoinSet::new();
        for n in 0..20 {
            let catalogue = catalogue.clone();
            let new = NewAsset { id: id(&format!("2/{}/{n}", 5 + n % 2)), fields: image() };
            registering.spawn(async move {
                catalogue.register_asset(&new, Priority::Normal, at(1)).await
            });
        }
        let results = registering.join_all().await;
        let refused =
            results.iter().filter(|result| matches!(result, Err(Error::LimitExceeded(_)))).count();
        assert_eq!((refused, results.iter().filter(|result| result.is_ok()).count()), (13, 7));
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM asset").await, 7);
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_an_administrators_last_keys_one_stays_whoever_deletes_them() {
    for house in houses().await {
        let catalogue = house.enter();
        let first = catalogue.set_up(at(0)).await.unwrap().unwrap();
        let mut keys = vec![first.key];
        for _ in 0..3 {
            keys.push(catalogue.create_key(1, &KeyFields::default(), at(1)).await.unwrap().key);
        }
        let mut deleting = JoinSet::new();
        for key in keys {
            let catalogue = catalogue.clone();
            deleting.spawn(async move { catalogue.delete_key(1, &key).await });
        }
        let deleted = deleting.join_all().await;
        let refused = |result: &&Result<(), Error>| matches!(result, Err(Error::Invalid(_)));
        assert_eq!(deleted.iter().filter(refused).count(), 1, "{deleted:?}");
        assert_eq!(catalogue.keys(1).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_space_that_is_deleted_while_assets_come_is_either_there_or_empty() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for turn in 0..8 {
            let mut racing = JoinSet::new();
            for n in 0..2 {
                let catalogue = catalogue.clone();
                let new = NewAsset { id: id(&format!("2/5/{turn}-{n}")), fields: image() };
                racing.spawn(async move {
                    let registered = catalogue.register_asset(&new, Priority::Normal, at(1)).await;
                    assert!(matches!(registered, Ok(_) | Err(Error::Invalid(_))), "{registered:?}");
                });
            }
            let deleting = catalogue.clone();
            racing.spawn(async move {
                let deleted = deleting.delete_space(2, 5, &Expected::Whatever).await;
                assert!(matches!(deleted, Ok(()) | Err(Error::Conflict(_))), "{deleted:?}");
            });
            racing.join_all().await;
            assert_counters_are_exact(catalogue).await;
            tamper(catalogue, "DELETE FROM asset", []).await;
            tamper(catalogue, "UPDATE storage_use SET images = 0", []).await;
            catalogue.put_space(2, 5, &named("maps"), at(2)).await.unwrap();
        }
    }
}
