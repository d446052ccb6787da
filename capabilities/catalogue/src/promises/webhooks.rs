use super::{house::*, plans::*};
use crate::{
    Catalogue, Change, Error, EventKind, Expected, Listener, Webhook, WebhookFields,
    webhooks::claim_listener::claim,
};

const KEY: &str = "2026:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const NEXT: &str = "2027:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

async fn furnished(house: House) -> House {
    let house = house.with_keys(&[KEY]).await;
    furnish(&house.catalogue).await;
    house
}

fn fields(url: &str) -> WebhookFields {
    WebhookFields { url: Change::Set(url.into()), ..WebhookFields::default() }
}

async fn create(catalogue: &Catalogue, fields: &WebhookFields) -> Webhook {
    catalogue.create_webhook(2, fields, at(0)).await.unwrap().webhook
}

async fn claim_one(catalogue: &Catalogue, seconds: i64) -> Option<Listener> {
    catalogue.line_up_events().await.unwrap();
    let sinks = ["nats".to_owned()];
    catalogue.claim_listener(&sinks, "sender", LEASE, at(seconds)).await.unwrap()
}

#[tokio::test]
async fn a_webhook_hears_of_what_happens_after_it_was_made_and_is_sealed() {
    for house in houses().await {
        let house = furnished(house).await;
        let catalogue = house.enter();
        register(catalogue, "2/5/before", at(0)).await;
        let new = catalogue.create_webhook(2, &fields("https://a.example/x"), at(0)).await.unwrap();
        assert_eq!(new.secret.len(), 44, "made up");
        assert_eq!(claim_one(catalogue, 1).await, None, "nothing has happened since");
        register(catalogue, "2/5/after", at(2)).await;
        let listener = claim_one(catalogue, 3).await.unwrap();
        assert_eq!((listener.id.as_str(), listener.customer), (new.webhook.id.as_str(), Some(2)));
        assert_eq!(claim_one(catalogue, 4).await, None, "somebody has it");
        let events = catalogue.next_events(&listener, 9).await.unwrap();
        assert_eq!(events.len(), 1);
        let target = catalogue.webhook_target(&listener).await.unwrap().unwrap();
        assert_eq!((target.url.as_str(), &target.secret), ("https://a.example/x", &new.secret));
        let place = events[0].place;
        assert!(catalogue.listener_was_told(&listener, place, LEASE, at(5)).await.unwrap());
        catalogue.release_listener(&listener, at(5)).await.unwrap();
        assert_eq!(claim_one(catalogue, 6).await, None, "it knows everything");
        let webhook = catalogue.webhook(2, &new.webhook.id).await.unwrap().unwrap();
        assert_eq!((webhook.told, webhook.trouble), (Some(at(5)), None));
    }
}

#[tokio::test]
async fn a_failure_is_tried_again_later_and_at_last_no_more() {
    for house in houses().await {
        let house = furnished(house).await;
        let catalogue = house.enter();
        let id = create(catalogue, &fields("https://a.example/x")).await.id;
        register(catalogue, "2/5/a", at(1)).await;
        let listener = claim_one(catalogue, 1).await.unwrap();
        let later = (LEASE, false);
        assert!(
            catalogue.listener_failed(&listener, "it answered 500", later, at(2)).await.unwrap()
        );
        assert_eq!(claim_one(catalogue, 61).await, None);
        let listener = claim_one(catalogue, 62).await.unwrap();
        assert_eq!(listener.failures, 1);
        let last = (LEASE, true);
        catalogue.listener_failed(&listener, "it answered 502", last, at(63)).await.unwrap();
        let webhook = catalogue.webhook(2, &id).await.unwrap().unwrap();
        let trouble = webhook.trouble.unwrap();
        assert!(!webhook.enabled);
        assert_eq!((trouble.failures, trouble.since, trouble.next), (2, at(2), at(123)));
        assert_eq!(trouble.error, "it answered 502");
        assert_eq!(claim_one(catalogue, 999).await, None);

        let on = WebhookFields { enabled: Change::Set(true), ..WebhookFields::default() };
        let on = catalogue.put_webhook(2, &id, &on, &Expected::Whatever, at(1000)).await.unwrap();
        assert_eq!((on.enabled, on.trouble, on.url.as_str()), (true, None, "https://a.example/x"));
        let listener = claim_one(catalogue, 1000).await.unwrap();
        assert_eq!(catalogue.next_events(&listener, 9).await.unwrap().len(), 1, "nothing was lost");
    }
}

#[tokio::test]
async fn a_lease_that_ended_gives_the_listener_to_another_sender() {
    for house in houses().await {
        let house = furnished(house).await;
        let catalogue = house.enter();
        create(catalogue, &fields("https://a.example/x")).await;
        register(catalogue, "2/5/a", at(1)).await;
        let first = claim_one(catalogue, 1).await.unwrap();
        let second =
            catalogue.claim_listener(&[], "another", LEASE, at(62)).await.unwrap().unwrap();
        assert!(!catalogue.listener_was_told(&first, 9, LEASE, at(63)).await.unwrap());
        assert!(!catalogue.listener_failed(&first, "x", (LEASE, true), at(63)).await.unwrap());
        assert!(catalogue.listener_was_spared(&second, first.place + 1).await.unwrap());
    }
}

#[tokio::test]
async fn a_try_is_made_even_of_one_that_is_not_enabled() {
    for house in houses().await {
        let house = furnished(house).await;
        let catalogue = house.enter();
        let off = WebhookFields { enabled: Change::Set(false), ..fields("https://a.example/x") };
        let id = create(catalogue, &off).await.id;
        assert_eq!(claim_one(catalogue, 1).await, None);
        let asked = catalogue.ping_webhook(2, &id, at(2)).await.unwrap().ping.unwrap();
        assert_eq!((asked.asked, asked.answer), (at(2), None));
        let listener = claim_one(catalogue, 2).await.unwrap();
        assert_eq!(listener.ping, Some(at(2)));
        catalogue.listener_was_pinged(&listener, "200 OK", at(3)).await.unwrap();
        catalogue.release_listener(&listener, at(3)).await.unwrap();
        let webhook = catalogue.webhook(2, &id).await.unwrap().unwrap();
        assert_eq!(webhook.ping.unwrap().answer, Some((at(3), "200 OK".to_owned())));
        assert!(!webhook.enabled && webhook.trouble.is_none());
        assert_eq!(claim_one(catalogue, 4).await, None);
    }
}

#[tokio::test]
async fn a_sink_hears_of_all_customers_from_when_it_was_first_seen() {
    for house in houses().await {
        let house = furnished(house).await;
        let catalogue = house.enter();
        let names = ["nats".to_owned()];
        catalogue.keep_sinks(&names, at(1)).await.unwrap();
        assert_eq!(claim_one(catalogue, 2).await, None);
        register(catalogue, "2/5/a", at(3)).await;
        catalogue.keep_sinks(&names, at(4)).await.unwrap();
        assert_eq!(catalogue.claim_listener(&[], "s", LEASE, at(5)).await.unwrap(), None);
        let sink = claim_one(catalogue, 5).await.unwrap();
        assert_eq!((sink.id.as_str(), sink.customer), ("nats", None));
        assert_eq!(catalogue.next_events(&sink, 9).await.unwrap().len(), 1);
        assert!(catalogue.webhook_target(&sink).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_a_stranger_finds_nothing() {
    for house in houses().await {
        let house = furnished(house).await;
        let catalogue = house.enter();
        let short =
            WebhookFields { secret: Change::Set("short".into()), ..fields("https://a.example") };
        for wrong in
            [fields("ftp://a.example"), fields("https://a b"), short, WebhookFields::default()]
        {
            let refused = catalogue.create_webhook(2, &wrong, at(0)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{wrong:?}: {refused:?}");
        }
        let kinds = Change::Set(vec![EventKind::BatchCompleted, EventKind::AssetDeleted]);
        let made =
            create(catalogue, &WebhookFields { kinds, ..fields("https://a.example/x") }).await;
        assert_eq!(made.kinds, [EventKind::BatchCompleted, EventKind::AssetDeleted]);
        assert_eq!(catalogue.webhooks(2).await.unwrap().as_slice(), std::slice::from_ref(&made));
        assert_eq!(catalogue.webhook(1, &made.id).await.unwrap(), None);
        let whatever = Expected::Whatever;
        assert!(catalogue.ping_webhook(1, &made.id, at(0)).await.is_err());
        assert!(catalogue.delete_webhook(1, &made.id, &whatever).await.is_err());
        let nothing = WebhookFields::default();
        assert!(catalogue.put_webhook(1, &made.id, &nothing, &whatever, at(0)).await.is_err());
        catalogue.delete_webhook(2, &made.id, &whatever).await.unwrap();
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM event_listener").await, 0);
    }
}

#[tokio::test]
async fn a_secret_is_sealed_again_when_the_key_is_replaced() {
    for house in houses().await.into_iter().filter(|house| !house.is_in_memory()) {
        let house = furnished(house).await;
        let catalogue = house.enter();
        let new = catalogue.create_webhook(2, &fields("https://a.example/x"), at(0)).await.unwrap();
        let both = house.another_process_with_keys(&[NEXT, KEY]).await;
        assert_eq!(both.reseal_credentials().await.unwrap(), 1);
        register(&both, "2/5/a", at(1)).await;
        let after = house.another_process_with_keys(&[NEXT]).await;
        let listener = claim_one(&after, 2).await.unwrap();
        let target = after.webhook_target(&listener).await.unwrap().unwrap();
        assert_eq!(target.secret, new.secret);
    }
}

#[tokio::test]
async fn who_is_behind_is_found_by_indexes() {
    for house in houses().await {
        fill(&house.catalogue).await;
        house.catalogue.line_up_events().await.unwrap();
        let many = "INSERT INTO event_listener (id, customer, kinds, enabled, place, due, failures)
                    SELECT 'w' || n, 2, '', TRUE, 0, n, 0 FROM (
                        SELECT number1 AS n FROM asset GROUP BY number1) AS numbers";
        tamper(&house.catalogue, many, []).await;
        let events = "INSERT INTO event (place, at, kind, customer, space, name, engine_notified)
                      SELECT n, n, 'asset.updated', 2, 5, 'n' || n, FALSE FROM (
                          SELECT number1 + 100 AS n FROM asset WHERE number1 > 0) AS numbers";
        tamper(&house.catalogue, events, []).await;
        tamper(&house.catalogue, "ANALYZE", []).await;
        let sql = claim(house.catalogue.database().writer(), 0);
        let values = ["s".into(), 1_i64.into(), 50_i64.into()];
        let plan = plan(&house, &sql, values).await;
        assert!(plan.contains("event_listener_due"), "{plan}");
        assert!(plan.contains("event_of_customer") || plan.contains("event_in_line"), "{plan}");
        assert!(!plan.contains("Seq Scan on event "), "{plan}");
    }
}
