use super::house::*;
use crate::{Error, Expected, KeyFields, NewCustomer, Page, Scope};

fn new(name: &str, display_name: &str) -> NewCustomer {
    NewCustomer { name: name.into(), display_name: display_name.into() }
}

#[tokio::test]
async fn the_set_up_works_once_and_its_key_opens() {
    for house in houses().await {
        let catalogue = house.enter();
        let key = catalogue.set_up(at(0)).await.unwrap().unwrap();
        assert_eq!(catalogue.set_up(at(1)).await.unwrap(), None);

        let caller = catalogue.caller(&key.key, &key.secret, at(3)).await.unwrap().unwrap();
        assert!(caller.administrator && caller.customer == 1);
        assert!(catalogue.customer(1).await.unwrap().unwrap().administrator);
    }
}

#[tokio::test]
async fn a_secret_is_kept_as_a_digest_and_a_wrong_one_does_not_open() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let key = catalogue.create_key(2, &KeyFields::default(), at(1)).await.unwrap();
        assert!(!format!("{key:?}").contains(&key.secret));
        let kept = "SELECT COUNT(*) FROM api_key WHERE LENGTH(secret_sha256) = 64 AND name <> secret_sha256";
        assert_eq!(number(catalogue, kept).await, 2);

        for (name, secret) in
            [(key.key.as_str(), "guess"), ("guess", key.secret.as_str()), ("", "")]
        {
            assert_eq!(
                catalogue.caller(name, secret, at(3)).await.unwrap(),
                None,
                "{name} {secret}"
            );
        }
        let caller = catalogue.caller(&key.key, &key.secret, at(3)).await.unwrap().unwrap();
        assert!(!caller.administrator && caller.customer == 2);
    }
}

#[tokio::test]
async fn a_deleted_key_opens_no_more_and_an_administrators_last_key_stays() {
    for house in houses().await {
        let catalogue = house.enter();
        let first = catalogue.set_up(at(0)).await.unwrap().unwrap();
        let last = catalogue.delete_key(1, &first.key).await;
        assert!(matches!(last, Err(Error::Invalid(_))), "{last:?}");

        let second = catalogue.create_key(1, &KeyFields::default(), at(1)).await.unwrap();
        assert!(catalogue.caller(&first.key, &first.secret, at(3)).await.unwrap().is_some());
        catalogue.delete_key(1, &first.key).await.unwrap();
        assert_eq!(catalogue.caller(&first.key, &first.secret, at(3)).await.unwrap(), None);
        assert_eq!(catalogue.keys(1).await.unwrap()[0].key, second.key);

        furnish_customer_and_key(catalogue).await;
        let foreign = catalogue.delete_key(2, &second.key).await;
        assert!(matches!(foreign, Err(Error::NotFound(_))), "{foreign:?}");
        let nobody = catalogue.create_key(77, &KeyFields::default(), at(1)).await;
        assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
    }
}

/// Unlike an administrator, a customer can give up its last key.
async fn furnish_customer_and_key(catalogue: &crate::Catalogue) {
    catalogue.create_customer(&new("reader", "The Reader"), at(2)).await.unwrap();
    let key = catalogue.create_key(2, &KeyFields::default(), at(2)).await.unwrap();
    catalogue.delete_key(2, &key.key).await.unwrap();
}

#[tokio::test]
async fn a_customer_starts_with_policies_defaults_and_empty_counters() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let policies = catalogue.delivery_channel_policies(2, None).await.unwrap();
        let names: Vec<_> = policies
            .iter()
            .map(|own| format!("{}/{}/{}", own.channel, own.name, own.system))
            .collect();
        assert_eq!(
            names,
            [
                "file/none/true",
                "iiif-av/default-audio/false",
                "iiif-av/default-video/false",
                "iiif-img/default/true",
                "iiif-img/use-original/true",
                "none/none/true",
                "thumbs/default/false"
            ]
        );
        let thumbs = catalogue
            .delivery_channel_policy(2, model::DeliveryChannel::Thumbs, "default")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(thumbs.customer, 2);
        assert_eq!(thumbs.data.unwrap(), r#"["!1024,1024","!400,400","!200,200","!100,100"]"#);
        assert_eq!(catalogue.default_delivery_channels(2, None).await.unwrap().len(), 5);
        assert_eq!(catalogue.default_delivery_channels(2, Some(5)).await.unwrap().len(), 0);
        let storage = catalogue.customer_storage(2, None).await.unwrap().unwrap();
        assert_eq!((storage.images, storage.policy.as_deref()), (0, Some("default")));
    }
}

#[tokio::test]
async fn names_are_unique_whatever_their_case() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for taken in
            [new("READER", "Another"), new("another", "the reader"), new("x", "ADMINISTRATOR")]
        {
            let refused = catalogue.create_customer(&taken, at(1)).await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{taken:?}: {refused:?}");
        }
        for invalid in [new("admin", "x"), new("v2", "x"), new("a b", "x"), new("fine", " ")] {
            let refused = catalogue.create_customer(&invalid, at(1)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{invalid:?}: {refused:?}");
        }
        // A refused customer takes no number.
        assert_eq!(catalogue.create_customer(&new("next", "Next"), at(1)).await.unwrap().id, 3);

        let renamed =
            catalogue.rename_customer(3, "Newer", &Expected::Whatever, at(2)).await.unwrap();
        assert_eq!((renamed.display_name.as_str(), renamed.modified), ("Newer", at(2)));
        let taken = catalogue.rename_customer(3, "THE READER", &Expected::Whatever, at(2)).await;
        assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
        let nobody = catalogue.rename_customer(77, "Nobody", &Expected::Whatever, at(2)).await;
        assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
    }
}

#[tokio::test]
async fn a_customer_is_found_by_number_and_by_name() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        assert_eq!(catalogue.customer_id("Reader").await.unwrap(), Some(2));
        assert_eq!(catalogue.customer_id("7").await.unwrap(), Some(7));
        assert_eq!(catalogue.customer_id("nobody").await.unwrap(), None);
        catalogue.create_customer(&new("Nobody", "No longer"), at(1)).await.unwrap();
        assert_eq!(catalogue.customer_id("nobody").await.unwrap(), Some(3));
        assert_eq!(catalogue.customer_by_name("READER").await.unwrap().unwrap().id, 2);

        let second = catalogue.customers(Page { number: 2, size: 1 }).await.unwrap();
        assert_eq!((second.items[0].id, second.total, second.page), (2, 3, 2));
    }
}

#[tokio::test]
async fn a_text_that_no_database_keeps_is_refused_and_is_no_failure() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let space = catalogue.create_space(2, &named("a\0b"), at(1)).await;
        assert!(matches!(space, Err(Error::Invalid(_))), "{space:?}");
        let caller = catalogue.caller("\0", "x", at(3)).await;
        assert!(matches!(caller, Err(Error::Invalid(_))), "{caller:?}");
    }
}

#[tokio::test]
async fn the_platforms_strategies_and_policies_are_there_from_the_start() {
    for house in houses().await {
        let catalogue = house.enter();
        let strategies = catalogue.origin_strategies().await.unwrap();
        let ids: Vec<_> = strategies.iter().map(|strategy| strategy.id.as_str()).collect();
        let known = [
            "basic-http-authentication",
            "bearer-http-authentication",
            "default",
            "ftp",
            "http-headers",
            "s3-ambient",
            "s3-keys",
            "sftp",
        ];
        assert_eq!(ids, known);
        assert!(catalogue.origin_strategy("sftp").await.unwrap().unwrap().requires_credentials);
        assert_eq!(
            catalogue.storage_policies(Page::default()).await.unwrap().items[0].id,
            "default"
        );
        assert_eq!(catalogue.storage_policy("none").await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_key_opens_what_it_is_for_until_it_expires() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let fields = KeyFields {
            label: Some("scanner".into()),
            scope: Scope::Register,
            spaces: Some(vec![5]),
            requests_per_minute: Some(60),
            expires: Some(at(100)),
        };
        let new = catalogue.create_key(2, &fields, at(1)).await.unwrap();
        let key = &catalogue.keys(2).await.unwrap()[0];
        assert_eq!((&key.fields, key.last_used), (&fields, None));
        let caller = catalogue.caller(&new.key, &new.secret, at(99)).await.unwrap().unwrap();
        assert_eq!((caller.scope, caller.requests_per_minute), (Scope::Register, Some(60)));
        assert_eq!(caller.spaces.as_deref(), Some(&[5][..]));
        assert_eq!(catalogue.keys(2).await.unwrap()[0].last_used, Some(at(99)));
        assert_eq!(catalogue.caller(&new.key, &new.secret, at(100)).await.unwrap(), None);

        let of_spaces = KeyFields { spaces: Some(vec![1]), ..KeyFields::default() };
        catalogue.create_space(1, &named("own"), at(1)).await.unwrap();
        let new = catalogue.create_key(1, &of_spaces, at(1)).await.unwrap();
        let caller = catalogue.caller(&new.key, &new.secret, at(2)).await.unwrap().unwrap();
        assert!(!caller.administrator, "spaces are those of one customer");
        for refused in [
            KeyFields { spaces: Some(Vec::new()), ..KeyFields::default() },
            KeyFields { spaces: Some(vec![77]), ..KeyFields::default() },
            KeyFields { expires: Some(at(1)), ..KeyFields::default() },
            KeyFields { requests_per_minute: Some(0), ..KeyFields::default() },
        ] {
            let answer = catalogue.create_key(2, &refused, at(1)).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{refused:?}: {answer:?}");
        }
        // A key that opens less is none that an administrator could live by.
        let last = catalogue.keys(1).await.unwrap();
        let last = last.iter().find(|key| key.fields == KeyFields::default()).unwrap();
        let kept = catalogue.delete_key(1, &last.key).await;
        assert!(matches!(kept, Err(Error::Invalid(_))), "{kept:?}");
        catalogue.delete_key(1, &new.key).await.unwrap();
    }
}
