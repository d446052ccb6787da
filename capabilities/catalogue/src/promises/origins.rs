use super::house::*;
use crate::{
    Catalogue, Change, Credentials, DatabaseConfig, Error, Expected, HttpAccess, HttpLogin,
    KnownHost, Login, OriginAccess, OriginStrategyFields,
};

const OLD: &str = "old:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NEW: &str = "new:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

fn strategy(regex: &str, strategy: &str, order: i32) -> OriginStrategyFields {
    OriginStrategyFields {
        regex: Change::Set(regex.into()),
        strategy: Change::Set(strategy.into()),
        order: Change::Set(order),
        ..OriginStrategyFields::default()
    }
}

fn secret(password: &str) -> Credentials {
    let (user, password) = (Some("reader".into()), Some(password.into()));
    Credentials { user, password, ..Credentials::default() }
}

fn opened_by(password: &str) -> OriginAccess {
    let login = Login { user: "reader".into(), password: password.into() };
    OriginAccess::Http(HttpAccess { login: Some(HttpLogin::Basic(login)), ..Default::default() })
}

fn basic(regex: &str, password: &str) -> OriginStrategyFields {
    let credentials = Change::Set(secret(password));
    OriginStrategyFields { credentials, ..strategy(regex, "basic-http-authentication", 0) }
}

async fn access(catalogue: &Catalogue, customer: u32, origin: &str) -> OriginAccess {
    catalogue.origin_access(customer, &origin.parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn the_first_strategy_that_matches_says_how_an_origin_is_fetched() {
    for house in houses().await {
        let house = house.with_keys(&[OLD]).await;
        let catalogue = house.enter();
        furnish(catalogue).await;
        let origin = "https://Files.example.org/a.tif";
        assert_eq!(access(catalogue, 2, origin).await, OriginAccess::Plain);
        let last = strategy("example", "s3-ambient", 9);
        catalogue.create_origin_strategy(2, &last, at(0)).await.unwrap();
        assert_eq!(
            access(catalogue, 2, origin).await,
            OriginAccess::AmbientS3 { optimised: false }
        );
        let made =
            catalogue.create_origin_strategy(2, &basic(r"^https://files\.", "x"), at(0)).await;
        let made = made.unwrap();
        assert!(made.has_credentials);
        assert_eq!(access(catalogue, 2, origin).await, opened_by("x"));
        assert_eq!(access(catalogue, 1, origin).await, OriginAccess::Plain, "of another customer");
        assert_eq!(access(catalogue, 2, "https://x.org/a").await, OriginAccess::Plain);

        let later = OriginStrategyFields { order: Change::Set(10), ..Default::default() };
        let changed = catalogue
            .put_origin_strategy(2, &made.id, &later, &Expected::Whatever, at(1))
            .await
            .unwrap();
        assert!(changed.has_credentials && changed.order == 10, "what is absent stays");
        assert!(matches!(access(catalogue, 2, origin).await, OriginAccess::AmbientS3 { .. }));
        let order: Vec<_> = catalogue.customer_origin_strategies(2).await.unwrap();
        assert_eq!(order.iter().map(|it| it.order).collect::<Vec<_>>(), [9, 10]);
        catalogue.delete_origin_strategy(2, &order[0].id, &Expected::Whatever).await.unwrap();
        assert_eq!(access(catalogue, 2, origin).await, opened_by("x"));
        let plain = strategy("files", "default", 0);
        let changed = catalogue
            .put_origin_strategy(2, &made.id, &plain, &Expected::Whatever, at(1))
            .await
            .unwrap();
        assert!(!changed.has_credentials, "credentials go with the strategy that needs them");
    }
}

#[tokio::test]
async fn strategies_that_make_no_sense_are_refused() {
    for house in houses().await {
        let house = house.with_keys(&[OLD]).await;
        let catalogue = house.enter();
        furnish(catalogue).await;
        let made =
            catalogue.create_origin_strategy(2, &basic("^https://a", "x"), at(0)).await.unwrap();
        let optimised =
            OriginStrategyFields { optimised: Change::Set(true), ..strategy("b", "default", 0) };
        let credentials = Change::Set(secret("x"));
        for refused in [
            OriginStrategyFields::default(),
            strategy("b", "", 0),
            strategy("", "default", 0),
            strategy("(", "default", 0),
            strategy(&"a".repeat(1001), "default", 0),
            strategy("((a{100}){100}){100}", "default", 0),
            strategy("b", "pigeon", 0),
            strategy("b", "sftp", 0),
            strategy("b", "basic-http-authentication", 0),
            OriginStrategyFields { credentials, ..strategy("b", "s3-ambient", 0) },
            optimised,
        ] {
            let answer = catalogue.create_origin_strategy(2, &refused, at(0)).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{refused:?}: {answer:?}");
        }
        let clear = OriginStrategyFields { credentials: Change::Clear, ..Default::default() };
        let answer =
            catalogue.put_origin_strategy(2, &made.id, &clear, &Expected::Whatever, at(1)).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
        let twice =
            catalogue.create_origin_strategy(2, &strategy("^https://a", "default", 0), at(0)).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        for (customer, id) in [(1, made.id.as_str()), (2, "x")] {
            let put = catalogue
                .put_origin_strategy(customer, id, &basic("c", "x"), &Expected::Whatever, at(1))
                .await;
            assert!(matches!(put, Err(Error::NotFound(_))), "{put:?}");
            let deleted = catalogue.delete_origin_strategy(customer, id, &Expected::Whatever).await;
            assert!(matches!(deleted, Err(Error::NotFound(_))), "{deleted:?}");
        }
    }
}

#[tokio::test]
async fn a_server_is_known_by_the_key_that_it_showed_first() {
    for house in houses().await {
        let house = house.with_keys(&[OLD]).await;
        let catalogue = house.enter();
        furnish(catalogue).await;
        let credentials = Change::Set(secret("x"));
        let fields = OriginStrategyFields { credentials, ..strategy("^sftp", "sftp", 0) };
        let made = catalogue.create_origin_strategy(2, &fields, at(0)).await.unwrap();
        let trusted = async |host, key| catalogue.trust_host(&made.id, host, key, at(1)).await;
        assert_eq!(trusted("a:22", "one").await.unwrap(), "one");
        assert_eq!(trusted("a:22", "two").await.unwrap(), "one");
        assert_eq!(trusted("b:22", "two").await.unwrap(), "two");
        let known = catalogue.known_hosts(&made.id).await.unwrap();
        let first = KnownHost { host: "a:22".into(), key: "one".into(), seen: at(1) };
        assert_eq!((known.len(), &known[0]), (2, &first));

        let later = OriginStrategyFields { order: Change::Set(10), ..Default::default() };
        let put = async |fields| {
            catalogue.put_origin_strategy(2, &made.id, fields, &Expected::Whatever, at(1)).await
        };
        put(&later).await.unwrap();
        assert_eq!(trusted("a:22", "two").await.unwrap(), "one");
        put(&fields).await.unwrap();
        assert_eq!(trusted("a:22", "two").await.unwrap(), "two", "credentials were sent anew");
        catalogue.delete_origin_strategy(2, &made.id, &Expected::Whatever).await.unwrap();
        assert_eq!(catalogue.known_hosts(&made.id).await.unwrap(), []);
    }
}

#[tokio::test]
async fn credentials_are_kept_sealed_and_a_key_can_be_replaced() {
    for house in houses().await {
        let house = house.with_keys(&[OLD]).await;
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue
            .create_origin_strategy(2, &basic("^https://a", "pass-word"), at(0))
            .await
            .unwrap();
        let plain = "SELECT COUNT(*) FROM customer_origin_strategy
                     WHERE credentials NOT LIKE 'old:%' OR credentials LIKE '%pass-word%'";
        assert_eq!(number(catalogue, plain).await, 0);
        if house.is_in_memory() {
            continue; // there is no other process that could have other keys
        }
        let origin = "https://a.example.org/1.tif";
        let both = house.another_process_with_keys(&[NEW, OLD]).await;
        assert_eq!(access(&both, 2, origin).await, opened_by("pass-word"));
        assert_eq!(both.reseal_credentials().await.unwrap(), 1);
        assert_eq!(both.reseal_credentials().await.unwrap(), 0);
        let new = house.another_process_with_keys(&[NEW]).await;
        assert_eq!(access(&new, 2, origin).await, opened_by("pass-word"));
        assert_eq!(new.reseal_credentials().await.unwrap(), 0);

        for keys in [&[OLD][..], &[]] {
            let without = house.another_process_with_keys(keys).await;
            let refused = without.reseal_credentials().await.unwrap_err().to_string();
            assert!(refused.contains("'new'"), "{refused}");
            let lost = without.origin_access(2, &origin.parse().unwrap()).await;
            assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
        }
        let without = house.another_process_with_keys(&[]).await;
        let refused = without.create_origin_strategy(2, &basic("b", "x"), at(0)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
}

#[test]
fn keys_of_these_promises_are_keys() {
    let keys = vec![OLD.to_owned(), NEW.to_owned()];
    let config = DatabaseConfig { credential_keys: keys, ..DatabaseConfig::default() };
    assert_eq!(config.faults(), [""; 0]);
}
