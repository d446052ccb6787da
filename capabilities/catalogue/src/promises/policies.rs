use model::DeliveryChannel::{IiifAv, IiifImg, Thumbs};

use super::house::*;
use crate::{
    Change, DefaultChannelFields, Error, Expected, PolicyFields, PolicyName,
    policies::delete_policy::NEXT_COMBINATION,
};

fn thumbs(name: &str) -> PolicyName<'_> {
    PolicyName { customer: 2, channel: Thumbs, name }
}

fn data(data: &str) -> PolicyFields {
    PolicyFields { data: Change::Set(data.into()), ..PolicyFields::default() }
}

fn default(media_type: &str, policy: &str) -> DefaultChannelFields {
    let (media_type, policy) = (media_type.to_owned(), policy.to_owned());
    DefaultChannelFields { media_type, channel: Thumbs, policy }
}

#[tokio::test]
async fn a_policy_is_made_once_replaced_and_patched() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let named = PolicyFields { display_name: Change::Set("Big".into()), ..data("[\"900,\"]") };
        let made = catalogue.create_policy(thumbs("big"), &named, at(1)).await.unwrap();
        assert_eq!((made.created, made.modified, made.system), (at(1), at(1), false));
        let again = catalogue.create_policy(thumbs("big"), &named, at(2)).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

        let patched = catalogue.patch_policy(thumbs("big"), &data("[\"800,\"]"), at(3)).await;
        let patched = patched.unwrap();
        assert_eq!(patched.display_name.as_deref(), Some("Big"));
        assert_eq!(patched.data.as_deref(), Some("[\"800,\"]"));
        let put = catalogue.put_policy(thumbs("big"), &data("[\"700,\"]"), at(4)).await.unwrap();
        assert!(!put.created && put.policy.display_name.is_none());
        assert_eq!((put.policy.created, put.policy.modified), (at(1), at(4)));
        let read = catalogue.delivery_channel_policy(2, Thumbs, "big").await.unwrap();
        assert_eq!(read, Some(put.policy));
        assert!(
            catalogue.put_policy(thumbs("new"), &data("[\"1,\"]"), at(5)).await.unwrap().created
        );
    }
}

#[tokio::test]
async fn what_a_policy_must_not_be_is_refused() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let own = PolicyName { customer: 2, channel: IiifImg, name: "own" };
        for (which, fields) in [
            (thumbs("Capital"), data("[\"900,\"]")),
            (thumbs("big"), data("[\"max\"]")),
            (thumbs("big"), PolicyFields::default()),
            (own, data("[\"900,\"]")),
        ] {
            let refused = catalogue.create_policy(which, &fields, at(1)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{which:?}: {refused:?}");
            let refused = catalogue.put_policy(which, &fields, at(1)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{which:?}: {refused:?}");
        }
        let cleared = PolicyFields { data: Change::Clear, ..PolicyFields::default() };
        let refused = catalogue.patch_policy(thumbs("default"), &cleared, at(1)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let missing = catalogue.patch_policy(thumbs("none"), &data("[\"9,\"]"), at(1)).await;
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
        let foreign = PolicyName { customer: 1, ..thumbs("default") };
        catalogue.patch_policy(foreign, &data("[\"9,\"]"), at(1)).await.unwrap();
        let mine = catalogue.delivery_channel_policy(2, Thumbs, "default").await.unwrap().unwrap();
        assert_ne!(
            mine.data.as_deref(),
            Some("[\"9,\"]"),
            "the administrator's is not the customer's"
        );
    }
}

#[tokio::test]
async fn only_a_policy_that_nothing_names_can_go() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let of_system = PolicyName { customer: 2, channel: IiifImg, name: "default" };
        for name in ["used", "default-of", "free"] {
            catalogue.create_policy(thumbs(name), &data("[\"9,\"]"), at(1)).await.unwrap();
        }
        let wanted = crate::WantedChannel { channel: Thumbs, policy: Some("used".into()) };
        let mut new = crate::NewAsset { id: id("2/5/a"), fields: image() };
        new.fields.channels = Change::Set(crate::ChannelChoice::These(vec![wanted]));
        catalogue.register_asset(&new, crate::Priority::Normal, at(2)).await.unwrap();
        register(catalogue, "2/5/b", at(2)).await;
        let fields = default("image/png", "default-of");
        catalogue.create_default_channel(2, Some(5), &fields, at(0)).await.unwrap();

        for which in [thumbs("used"), thumbs("default-of"), thumbs("default"), of_system] {
            let refused = catalogue.delete_policy(which, &Expected::Whatever).await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{which:?}: {refused:?}");
        }
        catalogue.delete_policy(thumbs("free"), &Expected::Whatever).await.unwrap();
        let gone = catalogue.delete_policy(thumbs("free"), &Expected::Whatever).await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
        catalogue.delete_asset(&id("2/5/a"), &Expected::Whatever, at(3)).await.unwrap();
        catalogue.delete_policy(thumbs("used"), &Expected::Whatever).await.unwrap();
    }
}

#[tokio::test]
async fn registrations_go_by_the_defaults_as_they_are_now() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for name in ["wide", "narrow"] {
            catalogue.create_policy(thumbs(name), &data("[\"9,\"]"), at(1)).await.unwrap();
        }
        let policy_of = async |name: &str| {
            let asset = register(catalogue, name, at(2)).await.asset;
            let own = asset.channels.into_iter().find(|own| own.channel == Thumbs);
            own.unwrap().policy
        };
        assert_eq!(policy_of("2/5/a").await, "default");
        let fields = default("image/tiff", "wide");
        let customers = catalogue.create_default_channel(2, None, &fields, at(0)).await.unwrap();
        assert_eq!(policy_of("2/5/b").await, "wide");
        let spaces =
            catalogue.create_default_channel(2, Some(5), &default("*", "narrow"), at(0)).await;
        let spaces = spaces.unwrap();
        assert_eq!(policy_of("2/5/c").await, "narrow");
        let changed = default("image/png", "narrow");
        catalogue
            .put_default_channel((2, Some(5)), &spaces.id, &changed, &Expected::Whatever, at(1))
            .await
            .unwrap();
        assert_eq!(policy_of("2/5/d").await, "wide");
        catalogue
            .delete_default_channel((2, None), &customers.id, &Expected::Whatever)
            .await
            .unwrap();
        assert_eq!(policy_of("2/5/e").await, "default");
    }
}

#[tokio::test]
async fn defaults_are_unique_and_belong_to_one_space_or_the_customer() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let fields = default("image/png", "default");
        let made = catalogue.create_default_channel(2, Some(5), &fields, at(0)).await.unwrap();
        let twice = catalogue.create_default_channel(2, Some(5), &fields, at(0)).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        let gif = default("image/gif", "default");
        let other = catalogue.create_default_channel(2, Some(5), &gif, at(0)).await.unwrap();
        let onto = catalogue
            .put_default_channel((2, Some(5)), &other.id, &fields, &Expected::Whatever, at(1))
            .await;
        assert!(matches!(onto, Err(Error::Conflict(_))), "{onto:?}");
        for (customer, space) in [(2, None), (1, None), (2, Some(6))] {
            let put = catalogue
                .put_default_channel(
                    (customer, space),
                    &made.id,
                    &fields,
                    &Expected::Whatever,
                    at(1),
                )
                .await;
            assert!(matches!(put, Err(Error::NotFound(_))), "{customer} {space:?}: {put:?}");
            let gone = catalogue
                .delete_default_channel((customer, space), &made.id, &Expected::Whatever)
                .await;
            assert!(matches!(gone, Err(Error::NotFound(_))), "{customer} {space:?}: {gone:?}");
        }
        let nowhere = catalogue.create_default_channel(2, Some(77), &fields, at(0)).await;
        assert!(matches!(nowhere, Err(Error::NotFound(_))), "{nowhere:?}");
        for refused in [
            default("image/?", "default"),
            default("video/*", "default"),
            default("image/*", "unknown"),
            DefaultChannelFields { channel: IiifAv, ..default("audio/*", "default") },
        ] {
            let answer = catalogue.create_default_channel(2, None, &refused, at(0)).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{refused:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_combination_of_channels_is_found_by_an_index() {
    for house in houses().await {
        let catalogue = house.enter();
        super::plans::fill(catalogue).await;
        let plan = super::plans::plan(&house, NEXT_COMBINATION, [2.into(), "".into()]).await;
        super::plans::assert_uses(&plan, "asset_by_channels");
    }
}
