use model::{DeliveryChannel, Family};

use super::house::*;
use crate::{
    AssetFields, Change, ChannelChoice, Error, Expected, JobEnd, NewAsset, Priority, WantedChannel,
};

#[tokio::test]
async fn a_new_asset_gets_default_channels_a_family_and_a_job() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let registered = register(catalogue, "2/5/a", at(1)).await;
        assert!(registered.created && registered.job.is_some());
        let asset = registered.asset;
        let channels: Vec<_> =
            asset.channels.iter().map(|own| format!("{}/{}", own.channel, own.policy)).collect();
        assert_eq!(channels, ["iiif-img/default", "thumbs/default"]);
        assert_eq!(asset.family, Family::Image);
        assert!(asset.ingesting && asset.version == 0 && asset.pending.is_some());
        assert_eq!((asset.max_unauthorised, asset.finished), (-1, None));
        assert_eq!(catalogue.asset(&id("2/5/a")).await.unwrap().unwrap(), asset);
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_leaves_nothing() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let unknown = WantedChannel { channel: DeliveryChannel::Thumbs, policy: Some("x".into()) };
        let policy = Change::Set(ChannelChoice::These(vec![unknown]));
        let text = Change::Set("text/plain".parse().unwrap());
        for (fields, why) in [
            (AssetFields { media_type: Change::Keep, ..image() }, "Media type must be specified"),
            (AssetFields { origin: Change::Keep, ..image() }, "Asset Origin must be supplied."),
            (AssetFields { media_type: text, ..image() }, "no default delivery channels"),
            (AssetFields { channels: channels(&[]), ..image() }, "cannot be an empty array"),
            (AssetFields { channels: channels(&[DeliveryChannel::IiifAv]), ..image() }, "policy"),
            (AssetFields { channels: policy, ..image() }, "'x' is not a policy"),
            (
                AssetFields {
                    max_unauthorised: Change::Set(0),
                    max_width: Change::Set(500),
                    ..image()
                },
                "cannot be combined",
            ),
            (AssetFields { string1: Change::Set("a\0".into()), ..image() }, "U+0000"),
        ] {
            let new = NewAsset { id: id("2/5/a"), fields };
            let refused = catalogue.register_asset(&new, Priority::Normal, at(1)).await;
            let is_why = matches!(&refused, Err(Error::Invalid(text)) if text.contains(why));
            assert!(is_why, "{why}: {refused:?}");
        }
        let nowhere = NewAsset { id: id("2/6/a"), fields: image() };
        let refused = catalogue.register_asset(&nowhere, Priority::Normal, at(1)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM asset").await, 0);
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM job").await, 0);
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn registering_again_merges_and_always_processes() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let fields = AssetFields {
            string1: Change::Set("vol-12".into()),
            roles: Change::Set(vec!["r1".into(), "r2".into()]),
            ..image()
        };
        let new = NewAsset { id: id("2/5/a"), fields };
        let first = catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap();
        let again = AssetFields { number1: Change::Set(7), ..AssetFields::default() };
        let again = NewAsset { id: id("2/5/a"), fields: again };
        let second = catalogue.register_asset(&again, Priority::Normal, at(2)).await.unwrap();

        assert!(!second.created && second.job != first.job);
        assert_eq!(second.asset.string1.as_deref(), Some("vol-12"));
        assert_eq!((second.asset.roles.len(), second.asset.number1), (2, 7));
        assert_eq!((second.asset.created, second.asset.modified), (at(1), at(2)));
        assert!(second.asset.pending > first.asset.pending);
        // One asset, one job: the first was superseded, and whoever waited for it is told.
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM job").await, 1);
        let end = catalogue.wait_for_job(first.job.unwrap(), LEASE).await.unwrap();
        assert_eq!(end, JobEnd::Ended);
    }
}

#[tokio::test]
async fn a_patch_keeps_what_is_absent_clears_what_is_null_and_loses_nothing() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let fields = AssetFields {
            roles: Change::Set(vec!["r".into()]),
            tags: Change::Set(vec!["t1".into(), "t2".into()]),
            manifests: Change::Set(vec!["m".into()]),
            string1: Change::Set("s1".into()),
            string2: Change::Set("s2".into()),
            number3: Change::Set(i64::MAX),
            open_full_max: Change::Set(400),
            ..image()
        };
        let new = NewAsset { id: id("2/5/a"), fields };
        let before = catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap().asset;

        let patch = AssetFields {
            string1: Change::Clear,
            tags: Change::Set(vec!["t2".into()]),
            channels: Change::Clear,
            ..AssetFields::default()
        };
        let patched =
            catalogue.patch_asset(&id("2/5/a"), &patch, Priority::Normal, at(2)).await.unwrap();
        let expected =
            crate::Asset { string1: None, tags: vec!["t2".into()], modified: at(2), ..before };
        assert_eq!(patched.asset, expected);
        assert_eq!(patched.job, None);
        assert_eq!(catalogue.asset(&id("2/5/a")).await.unwrap().unwrap(), expected);
        let labels = "SELECT COUNT(*) FROM asset_label WHERE kind || value IN ('roler', 'tagt2', 'manifestm')";
        assert_eq!(number(catalogue, labels).await, 3);
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM asset_label").await, 3);

        let missing = catalogue.patch_asset(&id("2/5/b"), &patch, Priority::Normal, at(2)).await;
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    }
}

#[tokio::test]
async fn a_patch_processes_only_if_the_derivatives_depend_on_it() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        ingest(catalogue, "2/5/a", at(1)).await;
        let other: model::Origin = "https://files.example.org/2.tif".parse().unwrap();
        let swapped = channels(&[DeliveryChannel::Thumbs, DeliveryChannel::IiifImg]);
        let none = AssetFields::default;
        for (patch, processes) in [
            (AssetFields { number1: Change::Set(1), ..none() }, false),
            (AssetFields { roles: Change::Set(vec!["r".into()]), ..none() }, false),
            (AssetFields { max_unauthorised: Change::Set(-1), ..none() }, false),
            (AssetFields { channels: swapped, ..none() }, false),
            (AssetFields { max_unauthorised: Change::Set(400), ..none() }, true),
            (
                AssetFields {
                    max_unauthorised: Change::Clear,
                    open_full_max: Change::Set(400),
                    ..none()
                },
                true,
            ),
            (AssetFields { max_width: Change::Set(1000), ..none() }, true),
            (AssetFields { max_width: Change::Set(1000), ..none() }, false),
            (AssetFields { origin: Change::Set(other), ..none() }, true),
            (AssetFields { channels: channels(&[DeliveryChannel::IiifImg]), ..none() }, true),
        ] {
            let changed =
                catalogue.patch_asset(&id("2/5/a"), &patch, Priority::Normal, at(2)).await;
            assert_eq!(changed.unwrap().job.is_some(), processes, "{patch:?}");
        }
        // The old and the new kind of limit together are refused, whichever came first.
        let old = AssetFields { max_unauthorised: Change::Set(0), ..none() };
        let refused = catalogue.patch_asset(&id("2/5/a"), &old, Priority::Normal, at(3)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_space_has_defaults_of_its_own_and_a_channel_its_default_policy() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let sql = "INSERT INTO default_delivery_channel VALUES ('x', 2, 5, 'image/*', 'iiif-img', 'use-original', 0)";
        tamper(catalogue, sql, []).await;
        let asset = register(catalogue, "2/5/a", at(1)).await.asset;
        assert_eq!(asset.channels[0].policy, "use-original");
        assert!(asset.channels[0].is_system() && !asset.channels[1].is_system());

        let both = channels(&[DeliveryChannel::Thumbs, DeliveryChannel::File]);
        let new = NewAsset { id: id("2/5/b"), fields: AssetFields { channels: both, ..image() } };
        let asset = catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap().asset;
        let policies: Vec<_> = asset.channels.iter().map(|own| own.policy.as_str()).collect();
        assert_eq!(policies, ["default", "none"]);
    }
}

#[tokio::test]
async fn an_asset_of_no_channel_is_finished_at_once_and_gives_up_what_was_made() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        ingest(catalogue, "2/5/a", at(1)).await;
        let version = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap().version;
        let none =
            AssetFields { channels: channels(&[DeliveryChannel::None]), ..AssetFields::default() };
        let changed =
            catalogue.patch_asset(&id("2/5/a"), &none, Priority::Normal, at(2)).await.unwrap();
        assert_eq!((changed.job, changed.asset.version), (None, 0));
        assert!(!changed.asset.ingesting && changed.asset.finished == Some(at(2)));
        assert_counters_are_exact(catalogue).await;
        assert_eq!(clean_ups(catalogue, at(60)).await[0].leftovers.versions, [version]);
    }
}

#[tokio::test]
async fn an_asset_not_for_delivery_is_left_alone_and_has_no_card() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        tamper(catalogue, "UPDATE asset SET not_for_delivery = TRUE", []).await;
        let a = id("2/5/a");
        let new = NewAsset { id: a.clone(), fields: image() };
        let nothing = AssetFields::default();
        for refused in [
            catalogue.register_asset(&new, Priority::Normal, at(2)).await.map(drop),
            catalogue.patch_asset(&a, &nothing, Priority::Normal, at(2)).await.map(drop),
            catalogue.reingest_asset(&a, Priority::Normal, at(2)).await.map(drop),
            catalogue.delete_asset(&a, &Expected::Whatever, at(2)).await,
        ] {
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
        assert_eq!(catalogue.card(&a).await.unwrap(), None);
    }
}

#[tokio::test]
async fn only_images_are_reingested() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        ingest(catalogue, "2/5/a", at(1)).await;
        let again =
            catalogue.reingest_asset(&id("2/5/a"), Priority::Immediate, at(2)).await.unwrap();
        assert!(again.asset.ingesting && again.job.is_some());
        assert_eq!(claim(catalogue, at(2)).await.unwrap().priority, Priority::Immediate);

        let pdf = Change::Set("application/pdf".parse().unwrap());
        let new = NewAsset { id: id("2/5/b"), fields: AssetFields { media_type: pdf, ..image() } };
        let asset = catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap().asset;
        assert_eq!(
            (asset.family, asset.channels[0].channel),
            (Family::File, DeliveryChannel::File)
        );
        let refused = catalogue.reingest_asset(&new.id, Priority::Normal, at(2)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let missing = catalogue.reingest_asset(&id("2/5/c"), Priority::Normal, at(2)).await;
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    }
}

#[tokio::test]
async fn a_deleted_asset_leaves_a_clean_up_and_its_name_is_free() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let upload = AssetFields { origin: Change::Set(model::Origin::upload("up/1")), ..image() };
        let new = NewAsset { id: id("2/5/a"), fields: upload };
        catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap();
        let job = claim(catalogue, at(1)).await.unwrap();
        catalogue.record_ingested(&job, &result(), at(2)).await.unwrap();

        catalogue.delete_asset(&new.id, &Expected::Whatever, at(3)).await.unwrap();
        assert_eq!(catalogue.asset(&new.id).await.unwrap(), None);
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM asset_label").await, 0);
        let gone = catalogue.delete_asset(&new.id, &Expected::Whatever, at(3)).await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");

        let again = register(catalogue, "2/5/a", at(4)).await;
        assert!(again.created && again.asset.pending > Some(job.version));
        let clean_ups = clean_ups(catalogue, at(60)).await;
        assert_eq!(clean_ups.len(), 1);
        assert_eq!(clean_ups[0].leftovers.versions, [job.version]);
        assert_eq!(clean_ups[0].leftovers.uploads, ["up/1"]);
    }
}

#[tokio::test]
async fn an_upload_that_is_replaced_is_cleaned_up_and_one_that_is_kept_is_not() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for key in ["up/1", "up/1", "up/2"] {
            let origin = Change::Set(model::Origin::upload(key));
            let new = NewAsset { id: id("2/5/a"), fields: AssetFields { origin, ..image() } };
            catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap();
        }
        let clean_ups = clean_ups(catalogue, at(600)).await;
        let uploads: Vec<_> = clean_ups.iter().flat_map(|job| &job.leftovers.uploads).collect();
        assert_eq!(uploads, ["up/1"]);
    }
}
