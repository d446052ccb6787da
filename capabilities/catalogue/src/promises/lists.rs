use super::house::*;
use crate::{
    Asset, AssetFields, AssetFilter, AssetProperty, AssetTest, Catalogue, Change, Comparison,
    Cursor, Error, LabelList, ListOperation, ListPatch, ListProperty, Literal, NewAsset, Order,
    Page, Place, Priority, Testable, database::query,
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
                let page = catalogue.assets(2, None, &all, page, order).await.unwrap().paged;
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
                assert_eq!(page.unwrap().paged.items.len(), 3, "{property}");
            }
        }
        for unknown in ["", "nonsense", "customer; DROP TABLE asset"] {
            let refused = Order::<AssetProperty>::ascending(unknown);
            assert!(matches!(refused, Err(Error::Invalid(_))), "{unknown}: {refused:?}");
        }
    }
}

/// Follows the links from one end to the other and back.
#[tokio::test]
async fn cursors_lead_through_every_order_and_back() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        for by in [
            "created",
            "id",
            "number1",
            "space",
            "mediaType",
            "width",
            "modified",
            "ingesting",
            "string1",
            "string2",
            "finished",
            "error",
            "batch",
            "maxWidth",
            "origin",
        ] {
            for order in [Order::ascending(by), Order::descending(by)] {
                let order: Order<AssetProperty> = order.unwrap();
                let all = AssetFilter::default();
                let read = async |number, cursor| {
                    let place = Place { page: Page { number, size: 1 }, cursor };
                    catalogue.assets(2, None, &all, place, order).await.unwrap()
                };
                let (mut forth, mut back) = (String::new(), String::new());
                let mut page = read(1, None).await;
                for number in 2..=5 {
                    forth += &names(&page.paged.items);
                    assert_eq!(page.paged.total, 4);
                    page = if number < 5 { read(number, page.next).await } else { page };
                }
                for number in (0..4).rev() {
                    back.insert_str(0, &names(&page.paged.items));
                    page = if number > 0 { read(number, page.previous).await } else { page };
                }
                let whole = catalogue.assets(2, None, &all, Page::default(), order).await.unwrap();
                assert_eq!((&forth, &back), (&names(&whole.paged.items), &forth), "{order:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_or_of_a_stranger_changes_nothing() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        let (all, by_id) = (AssetFilter::default(), Order::ascending("id").unwrap());
        for forged in [
            r#"{"total":4,"backwards":false,"column":"name","descending":false,"key":null,"space":5,"name":"a"}"#,
            r#"{"total":4,"backwards":false,"column":"created","descending":false,"key":1,"space":5,"name":"a"}"#,
            r#"{"total":4,"backwards":false,"column":"name","descending":false,"key":1,"space":5,"name":"a"}"#,
            r#"{"total":4,"backwards":true,"column":"1=1;--","descending":false,"key":"a","space":5,"name":"a"}"#,
        ] {
            let cursor = Some(serde_json::from_str::<Cursor>(forged).unwrap());
            let place = Place { page: Page::default(), cursor };
            let page = catalogue.assets(2, None, &all, place, by_id).await.unwrap();
            assert_eq!(names(&page.paged.items), "Cabd", "{forged}");
        }
    }
}

fn equal(property: &str, values: &[Literal]) -> AssetTest {
    AssetTest::OneOf(property.parse().unwrap(), values.to_vec())
}

fn text(text: &str) -> Literal {
    Literal::Text(text.into())
}

#[tokio::test]
async fn a_filter_keeps_what_passes_all_its_tests() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        for name in ["2/5/a", "2/6/d"] {
            let patch = ListPatch {
                property: ListProperty::Tags,
                operation: ListOperation::Add,
                values: vec!["t".into(), name.into()],
            };
            catalogue.patch_lists(&[id(name)], &patch, at(9)).await.unwrap();
        }
        let job = claim(catalogue, at(10)).await.unwrap();
        assert_eq!(job.asset, id("2/5/b"));
        catalogue.record_failed(&job, "broken", at(11)).await.unwrap();

        let micros = |seconds| Literal::Number(query::micros(at(seconds)));
        let property = |name: &str| name.parse::<Testable>().unwrap();
        let compared =
            |name, comparison, literal| AssetTest::Compared(property(name), comparison, literal);
        let x = equal("string1", &[text("x")]);
        let labels = |values: &[&str]| values.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        for (tests, space, expected) in [
            (vec![], Some(5), "baC"),
            (vec![x.clone()], None, "bad"),
            (vec![x.clone()], Some(5), "ba"),
            (vec![x.clone(), equal("number1", &[Literal::Number(1)])], None, "ad"),
            (vec![x.clone(), equal("number3", &[Literal::Number(9)])], None, ""),
            (vec![equal("id", &[text("a"), text("C"), text("?")])], None, "aC"),
            (vec![equal("mediaType", &[text("image/tiff")])], None, "baCd"),
            (vec![equal("ingesting", &[Literal::Truth(false)])], None, "b"),
            (vec![AssetTest::Exists(property("error"), true)], None, "b"),
            (vec![AssetTest::Exists(property("string1"), false)], None, "C"),
            (vec![compared("number1", Comparison::Above, Literal::Number(1))], None, "bC"),
            (vec![compared("number1", Comparison::AtMost, Literal::Number(2))], None, "aCd"),
            (vec![compared("created", Comparison::AtLeast, micros(2))], None, "Cd"),
            (vec![compared("finished", Comparison::Below, micros(12))], None, "b"),
            (vec![AssetTest::HasAny(LabelList::Tags, labels(&["t"]))], None, "ad"),
            (vec![AssetTest::HasAny(LabelList::Tags, labels(&["2/5/a", "?"]))], None, "a"),
            (vec![AssetTest::HasAll(LabelList::Tags, labels(&["t", "2/6/d"]))], None, "d"),
            (vec![AssetTest::HasAny(LabelList::Roles, labels(&["t"])), x], None, ""),
        ] {
            let filter = AssetFilter { tests, batch: None };
            let order = Order::default();
            let page = catalogue.assets(2, space, &filter, Page::default(), order).await.unwrap();
            assert_eq!(names(&page.paged.items), expected, "{filter:?}");
            assert_eq!(page.paged.total, page.paged.items.len() as u64);
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
