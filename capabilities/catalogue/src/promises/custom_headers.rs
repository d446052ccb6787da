use super::house::*;
use crate::{
    AssetFields, Catalogue, Change, CustomHeaderFields, Error, Expected, NewAsset, Priority,
};

fn header(value: &str, space: Option<u32>, role: Option<&str>) -> CustomHeaderFields {
    let role = role.map(str::to_owned);
    CustomHeaderFields { key: "X-Terms".into(), value: value.into(), space, role }
}

async fn sent(catalogue: &Catalogue, name: &str) -> Vec<String> {
    let card = catalogue.card(&id(name)).await.unwrap().unwrap();
    card.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect()
}

#[tokio::test]
async fn a_card_carries_the_headers_of_its_asset_as_they_are_now() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.put_space(2, 6, &named("books"), at(0)).await.unwrap();
        let roles = Change::Set(vec!["staff".to_owned()]);
        for (name, roles) in [("2/5/a", roles), ("2/6/a", Change::Keep)] {
            let new = NewAsset { id: id(name), fields: AssetFields { roles, ..image() } };
            catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap();
        }
        assert_eq!(sent(catalogue, "2/5/a").await, [""; 0]);
        let of_all = catalogue.create_custom_header(2, &header("all", None, None), at(2)).await;
        let of_all = of_all.unwrap();
        assert_eq!(sent(catalogue, "2/5/a").await, ["X-Terms: all"]);
        for (fields, here, there) in [
            (header("space", Some(5), None), "space", "all"),
            (header("role", None, Some("staff")), "role", "all"),
            (header("both", Some(5), Some("staff")), "both", "all"),
            (header("else", Some(6), Some("nobody")), "both", "all"),
        ] {
            catalogue.create_custom_header(2, &fields, at(3)).await.unwrap();
            assert_eq!(sent(catalogue, "2/5/a").await, [format!("X-Terms: {here}")], "{fields:?}");
            assert_eq!(sent(catalogue, "2/6/a").await, [format!("X-Terms: {there}")], "{fields:?}");
        }
        let other = catalogue
            .put_custom_header(
                2,
                &of_all.id,
                &header("new", None, None),
                &Expected::Whatever,
                at(1),
            )
            .await;
        assert_eq!(other.unwrap().value, "new");
        assert_eq!(sent(catalogue, "2/6/a").await, ["X-Terms: new"]);
        catalogue.delete_custom_header(2, &of_all.id, &Expected::Whatever).await.unwrap();
        assert_eq!(sent(catalogue, "2/6/a").await, [""; 0]);
    }
}

#[tokio::test]
async fn headers_belong_to_one_customer_and_to_spaces_that_exist() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let fields = header("x", None, None);
        let made = catalogue.create_custom_header(2, &fields, at(1)).await.unwrap();
        assert_eq!(catalogue.custom_headers(2).await.unwrap(), std::slice::from_ref(&made));
        assert_eq!(catalogue.custom_header(1, &made.id).await.unwrap(), None);
        for customer in [1, 77] {
            let put = catalogue
                .put_custom_header(customer, &made.id, &fields, &Expected::Whatever, at(1))
                .await;
            assert!(matches!(put, Err(Error::NotFound(_))), "{put:?}");
            let deleted =
                catalogue.delete_custom_header(customer, &made.id, &Expected::Whatever).await;
            assert!(matches!(deleted, Err(Error::NotFound(_))), "{deleted:?}");
        }
        let nowhere = catalogue.create_custom_header(2, &header("x", Some(77), None), at(1)).await;
        assert!(matches!(nowhere, Err(Error::Invalid(_))), "{nowhere:?}");
        let nobody = catalogue.create_custom_header(77, &fields, at(1)).await;
        assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
        // A header of a space goes with it.
        catalogue.create_custom_header(2, &header("x", Some(5), None), at(1)).await.unwrap();
        catalogue.delete_space(2, 5, &Expected::Whatever).await.unwrap();
        assert_eq!(catalogue.custom_headers(2).await.unwrap(), [made]);
    }
}
