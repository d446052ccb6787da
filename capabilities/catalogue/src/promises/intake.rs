use super::house::*;
use crate::Page;

#[tokio::test]
async fn what_was_heard_of_an_object_before_is_no_news() {
    for house in houses().await {
        let catalogue = house.enter();
        let (one, other) = (("scans", "a.tif"), ("scans", "b.tif"));
        assert!(catalogue.object_event_is_news(one, "02").await.unwrap());
        catalogue.remember_object_event(one, "02", at(0)).await.unwrap();
        catalogue.remember_object_event(one, "01", at(1)).await.unwrap();
        for (object, sequencer, is_news) in
            [(one, "01", false), (one, "02", false), (one, "03", true), (other, "01", true)]
        {
            let found = catalogue.object_event_is_news(object, sequencer).await.unwrap();
            assert_eq!(found, is_news, "{object:?} {sequencer}");
        }
        assert_eq!(catalogue.forget_intake(at(9)).await.unwrap(), 1);
        assert!(catalogue.object_event_is_news(one, "01").await.unwrap());
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_kept_apart_with_the_reason() {
    for house in houses().await {
        let catalogue = house.enter();
        let long = "x".repeat(100_000);
        for (n, message) in [&b"a\0\xff"[..], long.as_bytes()].into_iter().enumerate() {
            let at = at(i64::try_from(n).unwrap());
            catalogue.refuse_message("queue", "it is no JSON", message, at).await.unwrap();
        }
        let page = Page { number: 1, size: 10 };
        let kept = catalogue.refused_messages(page).await.unwrap();
        assert_eq!((kept.total, kept.items[0].message.len()), (2, 65_536));
        assert_eq!(kept.items[1].message, "a\u{fffd}\u{fffd}");
        assert_eq!((kept.items[1].source.as_str(), kept.items[1].at), ("queue", at(0)));
        assert_eq!(catalogue.forget_intake(at(1)).await.unwrap(), 1);
    }
}
