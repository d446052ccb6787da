use super::house::*;
use crate::{AssetFields, Change, Error, Expected, NewAsset, Order, Page, Priority, SpaceFields};

#[tokio::test]
async fn spaces_are_numbered_by_customer_and_numbers_taken_are_passed_over() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 2, &named("two"), at(0)).await.unwrap();
        for expected in [1, 3, 4, 6] {
            let name = format!("number {expected}");
            assert_eq!(catalogue.create_space(2, &named(&name), at(1)).await.unwrap().id, expected);
        }
        assert_eq!(catalogue.create_space(1, &named("maps"), at(1)).await.unwrap().id, 1);
        let nobody = catalogue.create_space(77, &named("x"), at(1)).await;
        assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
    }
}

#[tokio::test]
async fn a_put_makes_a_space_or_changes_it() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let fields = SpaceFields { default_tags: Change::Set(vec!["t".into()]), ..named("new") };
        let put = catalogue.put_space(2, 9, &fields, at(1)).await.unwrap();
        assert!(put.created);
        assert_eq!(put.space.default_tags, ["t"]);

        let put = catalogue.put_space(2, 9, &named("newer"), at(2)).await.unwrap();
        assert!(!put.created);
        assert_eq!((put.space.created, put.space.modified), (at(1), at(2)));
        assert_eq!(put.space.default_tags, ["t"], "what is absent is kept");
        assert_eq!(catalogue.space(2, 9).await.unwrap().unwrap(), put.space);

        for id in [0, 10] {
            let refused = catalogue.put_space(2, id, &SpaceFields::default(), at(3)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{id}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_says_and_null_clears() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let roles = SpaceFields {
            default_roles: Change::Set(vec!["r".into()]),
            max_unauthorised: Change::Set(400),
            ..SpaceFields::default()
        };
        let patched = catalogue.patch_space(2, 5, &roles, at(1)).await.unwrap();
        assert_eq!((patched.name.as_str(), patched.max_unauthorised), ("maps", 400));

        let null = SpaceFields { default_roles: Change::Clear, ..SpaceFields::default() };
        let patched = catalogue.patch_space(2, 5, &null, at(2)).await.unwrap();
        assert!(patched.default_roles.is_empty() && patched.max_unauthorised == 400);

        let nameless = SpaceFields { name: Change::Clear, ..SpaceFields::default() };
        let refused = catalogue.patch_space(2, 5, &nameless, at(2)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let missing = catalogue.patch_space(2, 6, &null, at(2)).await;
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    }
}

#[tokio::test]
async fn a_name_is_unique_in_its_customer_whatever_its_case() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("Öffentlich"), at(0)).await.unwrap();
        for taken in ["MAPS", "öffentlich"] {
            let created = catalogue.create_space(2, &named(taken), at(1)).await;
            assert!(matches!(created, Err(Error::Conflict(_))), "{taken}: {created:?}");
        }
        let patched = catalogue.patch_space(2, 6, &named("Maps"), at(1)).await;
        assert!(matches!(patched, Err(Error::Conflict(_))), "{patched:?}");
        // Its own name in another case is no conflict, and other customers have their own names.
        catalogue.patch_space(2, 5, &named("Maps"), at(1)).await.unwrap();
        catalogue.create_space(1, &named("maps"), at(1)).await.unwrap();
        // A refused space takes no number.
        assert_eq!(catalogue.create_space(2, &named("next"), at(1)).await.unwrap().id, 1);
    }
}

#[tokio::test]
async fn only_an_empty_space_can_be_deleted() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        assert_eq!(catalogue.space(2, 5).await.unwrap().unwrap().approximate_number_of_images, 1);
        let full = catalogue.delete_space(2, 5, &Expected::Whatever).await;
        assert!(matches!(full, Err(Error::Conflict(_))), "{full:?}");

        catalogue.delete_asset(&id("2/5/a"), &Expected::Whatever, at(2)).await.unwrap();
        catalogue.delete_space(2, 5, &Expected::Whatever).await.unwrap();
        assert_eq!(catalogue.space(2, 5).await.unwrap(), None);
        let gone = catalogue.delete_space(2, 5, &Expected::Whatever).await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
        catalogue.put_space(2, 5, &named("maps"), at(3)).await.unwrap();
    }
}

#[tokio::test]
async fn spaces_are_listed_in_every_order_page_by_page() {
    for house in houses().await {
        let catalogue = house.enter();
        catalogue.set_up(at(0)).await.unwrap();
        for (n, name) in ["b", "a", "C", "ä"].into_iter().enumerate() {
            let created = at(10 - i64::try_from(n).unwrap());
            catalogue.create_space(1, &named(name), created).await.unwrap();
        }
        for (order, expected) in [
            (Order::ascending("id"), "baCä"),
            (Order::descending("id"), "äCab"),
            (Order::ascending("name"), "Cabä"),
            (Order::descending("Name"), "äbaC"),
            (Order::ascending("created"), "äCab"),
        ] {
            let mut names = String::new();
            for number in 1..=3 {
                let page = Page { number, size: 2 };
                let page = catalogue.spaces(1, page, order.clone().unwrap()).await.unwrap();
                assert_eq!(page.total, 4);
                names.extend(page.items.into_iter().map(|space| space.name));
            }
            assert_eq!(names, expected, "{order:?}");
        }
        assert!(matches!(Order::<crate::SpaceProperty>::ascending("size"), Err(Error::Invalid(_))));
    }
}

#[tokio::test]
async fn new_assets_get_the_defaults_of_their_space_unless_they_have_their_own() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let fields = SpaceFields {
            default_tags: Change::Set(vec!["map".into(), "dlcs:manifestSpace".into()]),
            default_roles: Change::Set(vec!["staff".into()]),
            ..SpaceFields::default()
        };
        catalogue.patch_space(2, 5, &fields, at(1)).await.unwrap();
        let own = AssetFields { tags: Change::Set(vec!["own".into()]), ..image() };
        let open = AssetFields { roles: Change::Set(vec![]), tags: Change::Clear, ..image() };
        let new = |name: &str, fields: &AssetFields| NewAsset {
            id: id(&format!("2/5/{name}")),
            fields: fields.clone(),
        };
        let singles = [new("a", &image()), new("b", &own), new("c", &open)];
        for new in &singles {
            catalogue.register_asset(new, Priority::Normal, at(2)).await.unwrap();
        }
        let batch = [new("d", &image()), new("e", &own), new("f", &open)];
        catalogue.register_batch(2, &batch, Priority::Normal, at(2)).await.unwrap();
        for (name, tags, roles) in [
            ("a", vec!["map"], vec!["staff"]),
            ("b", vec!["own"], vec!["staff"]),
            ("c", vec![], vec![]),
            ("d", vec!["map"], vec!["staff"]),
            ("e", vec!["own"], vec!["staff"]),
            ("f", vec![], vec![]),
        ] {
            let asset = catalogue.asset(&id(&format!("2/5/{name}"))).await.unwrap().unwrap();
            assert_eq!((asset.tags, asset.roles), (owned(&tags), owned(&roles)), "{name}");
        }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
