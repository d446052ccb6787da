use model::{Origin, named_query::Template};

use super::house::{
    assert_counters_are_exact, at, claim, clean_ups, furnish, houses, id, image, ingest, named,
    number, register, result,
};
use crate::{
    AssetFields, Catalogue, Change, Error, Expected, Job, NewAsset, Priority, StoragePolicyFields,
    Stretch,
};

const WHATEVER: Expected = Expected::Whatever;

/// What the clean-ups that are due by then would really remove: versions and uploads.
async fn removed(catalogue: &Catalogue, seconds: i64) -> (Vec<String>, Vec<String>) {
    let (mut versions, mut uploads) = (Vec::new(), Vec::new());
    let jobs: Vec<Job> = clean_ups(catalogue, at(seconds)).await;
    for job in jobs {
        let unneeded = catalogue.unneeded(&job).await.unwrap();
        versions.extend(unneeded.versions.iter().map(|version| format!("{} {version}", job.asset)));
        uploads.extend(unneeded.uploads);
    }
    (versions, uploads)
}

#[tokio::test]
async fn a_moved_asset_keeps_its_bytes_until_it_is_brought_in_again() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
        ingest(catalogue, "2/5/a", at(1)).await;
        let first = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap();
        catalogue.card(&id("2/5/a")).await.unwrap().unwrap();
        assert_eq!(catalogue.card(&id("2/6/b")).await.unwrap(), None);

        catalogue.move_asset(&id("2/5/a"), &id("2/6/b"), &WHATEVER, at(2)).await.unwrap();
        assert_eq!(catalogue.card(&id("2/5/a")).await.unwrap(), None, "its old address");
        let card = catalogue.card(&id("2/6/b")).await.unwrap().unwrap();
        assert_eq!(card.kept_at(), (&id("2/5/a"), first.version));
        assert_ne!(card.version, first.version, "nothing remembered of 2/6/b is taken for it");
        let asked = "space=6".parse::<Template>().unwrap().ask("").unwrap();
        let found =
            catalogue.found_cards(2, &asked, Stretch { offset: 0, limit: 9 }).await.unwrap();
        assert_eq!(found[0].kept_at(), card.kept_at(), "by a named query");
        assert_counters_are_exact(catalogue).await;

        ingest(catalogue, "2/5/a", at(3)).await;
        let card = catalogue.card(&id("2/5/a")).await.unwrap().unwrap();
        assert_ne!(card.kept_at(), (&id("2/5/a"), first.version), "the name is free");
        let again = catalogue.move_asset(&id("2/6/b"), &id("2/6/c"), &WHATEVER, at(4)).await;
        assert_eq!(again.unwrap().kept_at(), (&id("2/5/a"), first.version));
        assert_eq!(removed(catalogue, 900).await, (vec![], vec![]));

        ingest(catalogue, "2/6/c", at(901)).await;
        let card = catalogue.card(&id("2/6/c")).await.unwrap().unwrap();
        assert_eq!(card.kept_at(), (&id("2/6/c"), card.version));
        let gone = format!("2/5/a {}", first.version);
        assert_eq!(removed(catalogue, 1800).await, (vec![gone], vec![]));
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn the_bytes_of_copies_go_with_the_last_of_them() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let origin = Change::Set(Origin::upload("uploads/2/5/a/1"));
        let tags = Change::Set(vec!["map".to_owned()]);
        let fields = AssetFields { origin, tags, ..image() };
        let new = NewAsset { id: id("2/5/a"), fields };
        catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap();
        let job = claim(catalogue, at(1)).await.unwrap();
        catalogue.record_ingested(&job, &result(), at(1)).await.unwrap();
        catalogue.copy_asset(&id("2/5/a"), &id("2/5/b"), &WHATEVER, at(2)).await.unwrap();
        let copy = catalogue.copy_asset(&id("2/5/b"), &id("2/5/c"), &WHATEVER, at(3)).await;
        assert_eq!(copy.unwrap().kept_at(), (&id("2/5/a"), job.version));
        assert_counters_are_exact(catalogue).await;

        catalogue.move_asset(&id("2/5/b"), &id("2/5/d"), &WHATEVER, at(4)).await.unwrap();
        let labels = number(catalogue, "SELECT COUNT(*) FROM asset_label").await;
        assert_eq!(labels, 3, "one each");

        catalogue.delete_asset(&id("2/5/d"), &Expected::Whatever, at(4)).await.unwrap();
        catalogue.delete_asset(&id("2/5/a"), &Expected::Whatever, at(5)).await.unwrap();
        assert_eq!(removed(catalogue, 900).await, (vec![], vec![]));
        catalogue.delete_asset(&id("2/5/c"), &Expected::Whatever, at(901)).await.unwrap();
        let (versions, uploads) = removed(catalogue, 1800).await;
        assert_eq!(versions, [format!("2/5/a {}", job.version)]);
        assert_eq!(uploads, ["uploads/2/5/a/1"]);
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM asset_label").await, 0);
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn what_is_taken_missing_changed_or_under_way_is_not_moved() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        ingest(catalogue, "2/5/a", at(1)).await;
        ingest(catalogue, "2/5/b", at(1)).await;
        let go = async |from: &str, to: &str, expected: &Expected| {
            let moved = catalogue.move_asset(&id(from), &id(to), expected, at(2)).await;
            let copied = catalogue.copy_asset(&id(from), &id(to), expected, at(2)).await;
            let (moved, copied) = (moved.unwrap_err(), copied.unwrap_err());
            assert_eq!(moved.to_string(), copied.to_string(), "{from} {to}");
            moved
        };
        assert!(matches!(go("2/5/a", "2/5/b", &WHATEVER).await, Error::Conflict(_)));
        assert!(matches!(go("2/5/a", "2/5/a", &WHATEVER).await, Error::Conflict(_)));
        assert!(matches!(go("2/5/a", "2/9/a", &WHATEVER).await, Error::Invalid(_)));
        assert!(matches!(go("2/5/x", "2/5/y", &WHATEVER).await, Error::NotFound(_)));
        let outdated = Expected::Unchanged(vec![at(0)]);
        assert!(matches!(go("2/5/a", "2/5/c", &outdated).await, Error::Outdated(_)));
        register(catalogue, "2/5/a", at(3)).await;
        assert!(matches!(go("2/5/a", "2/5/c", &WHATEVER).await, Error::Conflict(_)));
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn a_copy_needs_room_and_a_move_within_a_space_none() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
        ingest(catalogue, "2/5/a", at(1)).await;
        let fields = StoragePolicyFields {
            max_images: Some(9),
            max_bytes: Some(10_000),
            ..StoragePolicyFields::default()
        };
        catalogue.create_storage_policy("small", &fields, at(0)).await.unwrap();
        let small = Change::Set("small".to_owned());
        catalogue.assign_storage_policy(2, None, &small).await.unwrap();
        let full = catalogue.copy_asset(&id("2/5/a"), &id("2/6/a"), &WHATEVER, at(2)).await;
        assert!(matches!(full, Err(Error::LimitExceeded(_))), "{full:?}");
        assert_eq!(catalogue.asset(&id("2/6/a")).await.unwrap(), None);
        catalogue.move_asset(&id("2/5/a"), &id("2/6/a"), &WHATEVER, at(3)).await.unwrap();
        assert_counters_are_exact(catalogue).await;
    }
}
