use model::DeliveryChannel;
use serde_json::Value;

use super::house::*;
use crate::{
    AssetFields, Catalogue, Change, Event, EventKind, Expected, NewAsset, NewCustomer, Priority,
    Reach,
};

async fn told(catalogue: &Catalogue, after: i64) -> Vec<Event> {
    catalogue.line_up_events().await.unwrap();
    catalogue.events(2, after, 1000).await.unwrap()
}

/// Kind and subject of each.
fn outline(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| format!("{} {}", event.kind.as_str(), event.subject())).collect()
}

fn named_assets(names: &[&str], fields: AssetFields) -> Vec<NewAsset> {
    names.iter().map(|name| NewAsset { id: id(name), fields: fields.clone() }).collect()
}

#[tokio::test]
async fn every_change_of_an_asset_is_told_with_before_and_after_in_order() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        let job = claim(catalogue, at(2)).await.unwrap();
        catalogue.record_ingested(&job, &result(), at(3)).await.unwrap();
        let fields = AssetFields { string1: Change::Set("x".into()), ..AssetFields::default() };
        catalogue.patch_asset(&id("2/5/a"), &fields, Priority::Normal, at(4)).await.unwrap();
        catalogue.patch_asset(&id("2/5/a"), &fields, Priority::Normal, at(5)).await.unwrap();
        let (from, to) = (id("2/5/a"), id("2/5/b"));
        catalogue.move_asset(&from, &to, &Expected::Whatever, at(6)).await.unwrap();
        catalogue.delete_asset(&to, &Expected::Whatever, at(7)).await.unwrap();

        let events = told(catalogue, 0).await;
        let expected = [
            "customer.created 2",
            "asset.created 2/5/a",
            "asset.updated 2/5/a",
            "asset.updated 2/5/a",
            "asset.created 2/5/b",
            "asset.deleted 2/5/a",
            "asset.deleted 2/5/b",
        ];
        assert_eq!(outline(&events), expected);
        assert!(events.windows(2).all(|two| two[0].place < two[1].place));
        let bodies: Vec<Value> = events.iter().map(Event::body).collect();
        assert_eq!(
            (bodies[0]["id"].as_u64(), bodies[0]["name"].as_str()),
            (Some(2), Some("reader"))
        );
        assert_eq!(bodies[1]["asset"]["id"], "2/5/a");
        assert_eq!(bodies[1]["customerPathElement"]["name"], "reader");
        assert_eq!(bodies[2]["assetBeforeUpdate"]["ingesting"], true);
        assert_eq!(bodies[2]["assetAfterUpdate"]["width"], 6000);
        assert_eq!(bodies[3]["assetBeforeUpdate"]["reference1"], "");
        assert_eq!(bodies[3]["assetAfterUpdate"]["reference1"], "x");
        assert_eq!(bodies[5]["asset"]["id"], "2/5/a");
        let notified: Vec<_> = events.iter().map(|event| event.engine_notified).collect();
        assert_eq!(notified, [false, true, false, false, false, false, false]);
        assert_eq!(events[1].envelope()["type"], "asset.created");
        assert_eq!(events[1].at, at(1));
    }
}

#[tokio::test]
async fn a_batch_is_told_of_when_its_last_member_ends_in_both_shapes_of_the_dlcs() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let new = named_assets(&["2/5/a", "2/5/b"], image());
        let batch = catalogue.register_batch(2, &new, Priority::Normal, at(1)).await.unwrap();
        let first = claim(catalogue, at(2)).await.unwrap();
        catalogue.record_ingested(&first, &result(), at(3)).await.unwrap();
        let so_far = told(catalogue, 0).await;
        assert!(so_far.iter().all(|event| event.kind != EventKind::BatchCompleted));
        let second = claim(catalogue, at(4)).await.unwrap();
        catalogue.record_failed(&second, "the origin is gone", at(5)).await.unwrap();
        let events = told(catalogue, so_far.last().unwrap().place).await;
        let number = format!("batch.completed 2/batches/{}", batch.id);
        assert_eq!(outline(&events), ["asset.updated 2/5/b", &number]);
        let body = events[1].body();
        for (now, before, expected) in
            [("count", "total", 2), ("completed", "success", 1), ("errors", "errors", 1)]
        {
            assert_eq!((&body[now], &body[before]), (&expected.into(), &expected.into()), "{now}");
        }
        assert_eq!((&body["customer"], &body["customerId"]), (&2.into(), &2.into()));
        assert_eq!(body["finished"], "2026-01-05T10:00:05Z");

        // One of which nothing is to be made is complete at once.
        let none = AssetFields { channels: channels(&[DeliveryChannel::None]), ..image() };
        let new = named_assets(&["2/5/c"], none);
        catalogue.register_batch(2, &new, Priority::Normal, at(6)).await.unwrap();
        let events = told(catalogue, events[1].place).await;
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::AssetCreated, EventKind::BatchCompleted]);
    }
}

#[tokio::test]
async fn what_was_rolled_back_never_happened() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let before = told(catalogue, 0).await.len();
        let mut new = named_assets(&["2/5/a", "2/7/b"], image());
        assert!(catalogue.register_batch(2, &new, Priority::Normal, at(1)).await.is_err());
        let taken = NewCustomer { name: "reader".into(), display_name: "Another".into() };
        assert!(catalogue.create_customer(&taken, at(1)).await.is_err());
        new[1].id = id("2/5/b");
        catalogue.check_batch(2, &new, at(2)).await.unwrap();
        assert_eq!(told(catalogue, 0).await.len(), before);
    }
}

#[tokio::test]
async fn a_reader_hears_what_lies_in_its_reach() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("letters"), at(0)).await.unwrap();
        let new = NewCustomer { name: "other".into(), display_name: "Other".into() };
        catalogue.create_customer(&new, at(0)).await.unwrap();
        register(catalogue, "2/5/a", at(1)).await;
        register(catalogue, "2/6/b", at(1)).await;
        catalogue.line_up_events().await.unwrap();
        let hear = async |reach: Reach| outline(&catalogue.events(reach, 0, 9).await.unwrap());
        let own = ["customer.created 2", "asset.created 2/5/a", "asset.created 2/6/b"];
        assert_eq!(hear(2.into()).await, own);
        let part = Reach { customer: 2, spaces: Some([6].into()) };
        assert_eq!(hear(part).await, ["asset.created 2/6/b"]);
        let all = catalogue.all_events(0, 9).await.unwrap();
        assert_eq!(all.len(), 4);
        assert_eq!(catalogue.last_event().await.unwrap(), all[3].place);
        assert_eq!(outline(&catalogue.all_events(all[2].place, 9).await.unwrap()), own[2..]);
    }
}

#[tokio::test]
async fn what_is_old_is_forgotten_and_places_are_never_given_twice() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        let last = told(catalogue, 0).await.last().unwrap().place;
        assert_eq!(catalogue.forget_events(at(1)).await.unwrap(), 1, "the customer's");
        assert_eq!(catalogue.forget_events(at(9)).await.unwrap(), 1);
        register(catalogue, "2/5/b", at(10)).await;
        let events = told(catalogue, 0).await;
        assert_eq!((events.len(), events[0].place > last), (1, true));
    }
}

/// Changes that overtake each other: whoever reads along from where it was misses none, and hears each asset in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_reads_along_misses_nothing() {
    const WRITERS: i64 = 4;
    const CHANGES: i64 = 12;
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let names = ["2/5/a", "2/5/b", "2/5/c"];
        for name in names {
            register(catalogue, name, at(0)).await;
        }
        let begin = told(catalogue, 0).await.last().unwrap().place;
        let mut writing = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            let process = house.another_process().await;
            writing.spawn(async move {
                for n in 0..CHANGES {
                    let number1 = Change::Set(1 + writer * CHANGES + n);
                    let fields = AssetFields { number1, ..AssetFields::default() };
                    // Some change one asset, others all, and hold their locks for longer.
                    if (writer + n) % 2 == 0 {
                        let patches = named_assets(&names, fields);
                        process.patch_assets(&patches, at(1)).await.unwrap();
                    } else {
                        let id = id(names[usize::try_from(n % 3).unwrap()]);
                        process.patch_asset(&id, &fields, Priority::Normal, at(1)).await.unwrap();
                    }
                }
            });
        }
        let (mut heard, mut place, mut is_over) = (Vec::new(), begin, false);
        loop {
            let some = told(catalogue, place).await;
            place = some.last().map_or(place, |event| event.place);
            if some.is_empty() && is_over {
                break;
            }
            is_over = writing.is_empty();
            if some.is_empty() {
                writing.join_next().await.transpose().unwrap();
            }
            heard.extend(some);
        }
        let of_many = WRITERS * CHANGES / 2;
        assert_eq!(heard.len(), usize::try_from(of_many * 3 + of_many).unwrap());
        for name in names {
            let mut last = Value::from(0);
            for event in heard.iter().filter(|event| event.subject() == name) {
                let body = event.body();
                assert_eq!(body["assetBeforeUpdate"]["numberReference1"], last, "{name}");
                last = body["assetAfterUpdate"]["numberReference1"].clone();
            }
        }
    }
}
