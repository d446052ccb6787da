use model::{AvPreset, DeliveryChannel};

use super::house::*;
use crate::{
    AssetFields, Change, ChannelChoice, Expected, Fate, Ingested, JobEnd, JobKind, Priority,
    Recorded, Recording, Stage, StageNote, Transcode, WantedChannel,
};

#[tokio::test]
async fn an_older_version_is_delivered_until_the_next_is_ready() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        ingest(catalogue, "2/5/a", at(1)).await;
        let a = id("2/5/a");
        let first = catalogue.asset(&a).await.unwrap().unwrap();
        assert!(first.version > 0 && first.pending.is_none() && !first.ingesting);
        assert_eq!(first.thumbnails, [(1024, 683), (100, 67)], "largest first");
        assert_eq!(first.finished, Some(at(1)));

        register(catalogue, "2/5/a", at(2)).await;
        assert_eq!(catalogue.card(&a).await.unwrap().unwrap().version, first.version);
        let job = claim(catalogue, at(2)).await.unwrap();
        assert!(job.version > first.version);
        let recorded = catalogue.record_ingested(&job, &result(), at(3)).await.unwrap();
        assert_eq!(recorded, Recorded::Accepted);
        assert_eq!(catalogue.card(&a).await.unwrap().unwrap().version, job.version);

        // What it replaces goes, but not before everybody has forgotten it.
        assert!(clean_ups(catalogue, at(12)).await.is_empty());
        assert_eq!(clean_ups(catalogue, at(30)).await[0].leftovers.versions, [first.version]);
    }
}

#[tokio::test]
async fn an_outdated_result_changes_nothing_and_is_cleaned_up() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        let old = claim(catalogue, at(1)).await.unwrap();
        register(catalogue, "2/5/a", at(2)).await;
        assert!(!catalogue.heartbeat(&old, LEASE, at(2)).await.unwrap());

        let late = catalogue.record_ingested(&old, &result(), at(3)).await.unwrap();
        assert_eq!(late, Recorded::Outdated);
        let failed = catalogue.record_failed(&old, "late", at(3)).await.unwrap();
        assert_eq!(failed, Recorded::Outdated);
        let asset = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap();
        assert!(asset.ingesting && asset.error.is_none() && asset.version == 0);
        assert_counters_are_exact(catalogue).await;
        assert_eq!(clean_ups(catalogue, at(30)).await.len(), 1, "what was late");
        assert!(clean_ups(catalogue, at(61)).await.is_empty(), "its worker may still be at it");
        let cleaned = clean_ups(catalogue, at(600)).await;
        assert!(cleaned.iter().all(|job| job.leftovers.versions == [old.version]), "{cleaned:?}");

        let new = claim(catalogue, at(601)).await.unwrap();
        let recorded = catalogue.record_ingested(&new, &result(), at(602)).await.unwrap();
        assert_eq!(recorded, Recorded::Accepted);
    }
}

#[tokio::test]
async fn a_result_recorded_twice_counts_once() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        let job = claim(catalogue, at(1)).await.unwrap();
        for _ in 0..2 {
            let recorded = catalogue.record_ingested(&job, &result(), at(2)).await.unwrap();
            assert_eq!(recorded, Recorded::Accepted);
        }
        assert_counters_are_exact(catalogue).await;
        assert!(clean_ups(catalogue, at(600)).await.is_empty(), "its bytes are being delivered");
    }
}

#[tokio::test]
async fn a_result_for_a_deleted_asset_is_cleaned_up() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        let job = claim(catalogue, at(1)).await.unwrap();
        catalogue.delete_asset(&id("2/5/a"), &Expected::Whatever, at(2)).await.unwrap();
        let late = catalogue.record_ingested(&job, &result(), at(3)).await.unwrap();
        assert_eq!(late, Recorded::Outdated);
        assert_counters_are_exact(catalogue).await;
        assert!(!clean_ups(catalogue, at(600)).await.is_empty());
    }
}

#[tokio::test]
async fn a_failure_is_told_and_the_older_version_stays() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        ingest(catalogue, "2/5/a", at(1)).await;
        let registered = register(catalogue, "2/5/a", at(2)).await;
        let job = claim(catalogue, at(2)).await.unwrap();
        let recorded = catalogue.record_failed(&job, "no TIFF\0", at(3)).await.unwrap();
        assert_eq!(recorded, Recorded::Accepted);

        let asset = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap();
        assert_eq!(asset.error.as_deref(), Some("no TIFF\u{fffd}"));
        assert!(!asset.ingesting && asset.finished == Some(at(3)) && asset.pending.is_none());
        assert!(catalogue.card(&asset.id).await.unwrap().unwrap().is_ready());
        let end = catalogue.wait_for_job(registered.job.unwrap(), LEASE).await.unwrap();
        assert_eq!(end, JobEnd::GivenUp("no TIFF\u{fffd}".into()));
        let version = clean_ups(catalogue, at(600)).await[0].leftovers.versions.clone();
        assert_eq!(version, [job.version]);
        // Another attempt forgets the error.
        assert_eq!(register(catalogue, "2/5/a", at(700)).await.asset.error, None);
    }
}

#[tokio::test]
async fn a_job_is_tried_again_later_and_given_up_in_the_end() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let id = register(catalogue, "2/5/a", at(0)).await.job.unwrap();
        for attempt in 1..=5 {
            let now = at(100 * attempt);
            let job = claim(catalogue, now).await.unwrap();
            assert_eq!(i64::from(job.attempts), attempt);
            let fate = catalogue.retry_job(&job, "no answer", LEASE, now).await.unwrap();
            assert_eq!(fate == Fate::GivenUp, attempt == 5, "{attempt}: {fate:?}");
            let soon = catalogue.claim_job(&[JobKind::IngestImage], "w", LEASE, now).await.unwrap();
            assert_eq!(soon, None, "not before the back-off has passed");
            assert_eq!(catalogue.retry_job(&job, "x", LEASE, now).await.unwrap(), Fate::Lost);
        }
        let asset = catalogue.asset(&crate::promises::house::id("2/5/a")).await.unwrap().unwrap();
        assert_eq!(asset.error.as_deref(), Some("no answer"));
        let end = catalogue.wait_for_job(id, LEASE).await.unwrap();
        assert_eq!(end, JobEnd::GivenUp("no answer".into()));
        let depths = catalogue.queue_depths().await.unwrap();
        let images = depths.iter().find(|depth| depth.kind == JobKind::IngestImage).unwrap();
        assert_eq!((images.waiting, images.running, images.given_up), (0, 0, 1));

        // Registering again takes the dead letter away.
        register(catalogue, "2/5/a", at(900)).await;
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM job WHERE state = 'dead'").await, 0);
    }
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_given_up() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for (name, stage, deaths) in [
            ("2/5/a", Some(Stage::Converting), 10),
            ("2/5/b", Some(Stage::Fetching), 20),
            ("2/5/c", None, 20),
        ] {
            register(catalogue, name, at(0)).await;
            for times in 1..=deaths {
                let job = claim(catalogue, at(100 * times)).await.unwrap();
                assert_eq!(i64::from(job.claims), times);
                assert_eq!(job.attempts == 1, times <= deaths - 4, "{times} of {deaths}");
                let note = stage.map(|stage| StageNote { job: job.id, stage, percent: None });
                catalogue.note_stages(&job.worker, note.as_slice()).await.unwrap();
            }
            let (kinds, later) = ([JobKind::IngestImage], at(100 * (deaths + 1)));
            assert_eq!(catalogue.claim_job(&kinds, "w", LEASE, later).await.unwrap(), None);
            let asset = catalogue.asset(&id(name)).await.unwrap().unwrap();
            let error = asset.error.unwrap();
            assert!(error.contains(&format!("{deaths} times")) && !asset.ingesting, "{error}");
        }
    }
}

#[tokio::test]
async fn what_was_transcoded_is_told_while_its_channel_lasts() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(1)).await;
        let job = claim(catalogue, at(1)).await.unwrap();
        let transcode = Transcode {
            preset: AvPreset::Mp4At720,
            address: "full/full/max/max/0/default.mp4".to_owned(),
            extent: Some((1280, 720)),
            duration: 12_500,
            bytes: 9_000,
        };
        let recording = Recording { transcodes: vec![transcode], poster: Some((1280, 720)) };
        let ingested = Ingested { recording: recording.clone(), duration: 12_500, ..result() };
        catalogue.record_ingested(&job, &ingested, at(2)).await.unwrap();
        let a = id("2/5/a");
        assert_eq!(catalogue.asset(&a).await.unwrap().unwrap().recording, recording);
        assert_eq!(catalogue.card(&a).await.unwrap().unwrap().recording, recording);

        let none = WantedChannel { channel: DeliveryChannel::None, policy: None };
        let channels = Change::Set(ChannelChoice::These(vec![none]));
        let fields = AssetFields { channels, ..AssetFields::default() };
        catalogue.patch_asset(&a, &fields, Priority::Normal, at(3)).await.unwrap();
        assert!(catalogue.card(&a).await.unwrap().unwrap().recording.is_empty());
    }
}
