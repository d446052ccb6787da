use super::house::*;
use crate::{
    Asset, AssetFields, AssetFilter, AssetProperty, Catalogue, Change, Error, NewAsset, Order,
    Page, Priority,
};

/// Four assets in two spaces.
async fn fill(catalogue: &Catalogue) {
    furnish(catalogue).await;
    catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
    for (n, (name, string1, number1)) in [
        ("2/5/b", Some("x"), 3),
        ("2/5/a", Some("x"), 1),
        ("2/5/C", None, 2),
        ("2/6/d", Some("x"), 1),
    ]
    .into_iter()
    .enumerate()
    {
        let string1 = string1.map_or(Change::Keep, |text: &str| Change::Set(text.into()));
        let fields = AssetFields { string1, number1: Change::Set(number1), ..image() };
        let new = NewAsset { id: id(name), fields };
        let now = at(i64::try_from(n).unwrap());
        catalogue.register_asset(&new, Priority::Normal, now).await.unwrap();
    }
}

fn names(assets: &[Asset]) -> String {
    assets.iter().map(|asset| asset.id.name()).collect()
}

#[tokio::test]
async fn assets_are_listed_in_every_order_page_by_page() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        for (order, expected) in [
            (Order::ascending("created"), "baCd"),
            (Order::descending("created"), "dCab"),
            (Order::ascending("id"), "Cabd"),
            (Order::ascending("string1"), "abdC"),
            (Order::descending("String1"), "Cdba"),
            (Order::ascending("number1"), "adCb"),
            (Order::descending("space"), "dbaC"),
        ] {
            let mut listed = String::new();
            for number in 1..=3 {
                let (page, all) = (Page { number, size: 2 }, AssetFilter::default());
                let order = order.clone().unwrap();
                let page = catalogue.assets(2, None, &all, page, order).await.unwrap();
                assert_eq!(page.total, 4);
                listed += &names(&page.items);
            }
            assert_eq!(listed, expected, "{order:?}");
        }
    }
}

#[tokio::test]
async fn assets_can_be_ordered_by_whatever_the_api_shows_and_by_nothing_else() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        for property in "id space origin mediaType family deliveryChannels roles tags manifests \
            maxUnauthorised openFullMax maxWidth string1 string2 string3 number1 number2 number3 \
            width height duration created finished ingesting error batch"
            .split_whitespace()
        {
            for order in [Order::ascending(property), Order::descending(property)] {
                let all = AssetFilter::default();
                let page =
                    catalogue.assets(2, Some(5), &all, Page::default(), order.unwrap()).await;
                assert_eq!(page.unwrap().items.len(), 3, "{property}");
            }
        }
        for unknown in ["", "nonsense", "customer; DROP TABLE asset"] {
            let refused = Order::<AssetProperty>::ascending(unknown);
            assert!(matches!(refused, Err(Error::Invalid(_))), "{unknown}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn a_filter_keeps_what_is_equal_in_all_that_it_names() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        let x = AssetFilter { string1: Some("x".into()), ..AssetFilter::default() };
        let x1 = AssetFilter { number1: Some(1), ..x.clone() };
        let nothing = AssetFilter { number3: Some(9), ..x.clone() };
        for (filter, space, expected) in [
            (AssetFilter::default(), Some(5), "baC"),
            (x.clone(), None, "bad"),
            (x, Some(5), "ba"),
            (x1.clone(), None, "ad"),
            (x1, Some(6), "d"),
            (nothing, None, ""),
        ] {
            let order = Order::default();
            let page = catalogue.assets(2, space, &filter, Page::default(), order).await.unwrap();
            assert_eq!(names(&page.items), expected, "{filter:?}");
            assert_eq!(page.total, page.items.len() as u64);
        }
    }
}

#[tokio::test]
async fn assets_are_found_by_their_ids() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        let mut ids: Vec<_> = (0..250).map(|n| id(&format!("2/5/no-{n}"))).collect();
        ids.extend(["2/6/d", "2/5/a", "1/5/a"].map(id));
        let mut found = catalogue.assets_by_id(&ids).await.unwrap();
        found.sort_by(|one, other| one.id.cmp(&other.id));
        assert_eq!(names(&found), "ad");
        assert!(catalogue.assets_by_id(&[]).await.unwrap().is_empty());
    }
}

#[test]
fn a_page_out_of_range_is_the_first_and_a_size_out_of_range_the_default() {
    for (number, size, expected) in [
        (0, 10, (1, 10)),
        (-3, 0, (1, 100)),
        (2, 501, (2, 100)),
        (2, 500, (2, 500)),
        (i64::MAX, 1, (u32::MAX, 1)),
    ] {
        let page = Page::lenient(number, size);
        assert_eq!((page.number, page.size), expected);
    }
}
