use super::{
    house::*,
    plans::{fill, plan},
};
use crate::{
    AssetStage, Catalogue, Error, JobId, JobKind, NewComposite, Page, PageTemplate, Priority,
    Stage, StageNote,
};

async fn states(catalogue: &Catalogue, state: &str) -> i64 {
    number(catalogue, &format!("SELECT COUNT(*) FROM job WHERE state = '{state}'")).await
}

#[tokio::test]
async fn a_paused_queue_is_left_alone_until_it_goes_on() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for name in ["2/5/a", "2/5/b", "2/5/c"] {
            register(catalogue, name, at(0)).await;
        }
        let running = claim(catalogue, at(1)).await.unwrap();
        catalogue.pause_queue(Some(2), at(1)).await.unwrap();
        assert_eq!(states(catalogue, "aside").await, 2, "out of the others' way");
        assert!(catalogue.queue_is_paused(Some(2)).await.unwrap());
        assert!(!catalogue.queue_is_paused(Some(3)).await.unwrap());
        assert!(catalogue.customer_queue(2, Priority::Normal).await.unwrap().paused);
        assert_eq!(claim(catalogue, at(2)).await, None);

        // What runs goes on, what comes waits, and what somebody waits for is done.
        catalogue.record_ingested(&running, &result(), at(3)).await.unwrap();
        register(catalogue, "2/5/d", at(3)).await;
        assert_eq!(claim(catalogue, at(4)).await, None);
        let new = crate::NewAsset { id: id("2/5/now"), fields: image() };
        catalogue.register_asset(&new, Priority::Immediate, at(4)).await.unwrap();
        assert_eq!(claim(catalogue, at(4)).await.unwrap().asset, id("2/5/now"));
        catalogue.settle_pauses().await.unwrap();
        assert_eq!((states(catalogue, "aside").await, states(catalogue, "ready").await), (3, 0));

        catalogue.resume_queue(Some(2), at(5)).await.unwrap();
        assert!(!catalogue.queue_is_paused(Some(2)).await.unwrap());
        for name in ["2/5/b", "2/5/c", "2/5/d"] {
            assert_eq!(claim(catalogue, at(5)).await.unwrap().asset, id(name));
        }
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM queue_pause").await, 0);
    }
}

#[tokio::test]
async fn what_was_to_be_tried_again_waits_for_a_paused_queue_too() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(0)).await;
        let job = claim(catalogue, at(0)).await.unwrap();
        catalogue.retry_job(&job, "no answer", LEASE, at(0)).await.unwrap();
        catalogue.pause_queue(Some(2), at(1)).await.unwrap();
        assert_eq!(claim(catalogue, at(100)).await, None);
        catalogue.settle_pauses().await.unwrap();
        assert_eq!(states(catalogue, "aside").await, 1);
        catalogue.resume_queue(Some(2), at(101)).await.unwrap();
        assert_eq!(claim(catalogue, at(101)).await.unwrap().id, job.id);
    }
}

#[tokio::test]
async fn everybodys_queue_is_paused_at_once_and_goes_on_where_it_was_paused_by_nobody_else() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(0)).await;
        catalogue.pause_queue(None, at(1)).await.unwrap();
        assert!(catalogue.queue_is_paused(Some(2)).await.unwrap());
        assert_eq!(claim(catalogue, at(2)).await, None);

        catalogue.pause_queue(Some(2), at(2)).await.unwrap();
        catalogue.resume_queue(None, at(3)).await.unwrap();
        assert!(!catalogue.queue_is_paused(None).await.unwrap());
        assert_eq!(claim(catalogue, at(3)).await, None, "its own pause holds");

        catalogue.pause_queue(None, at(4)).await.unwrap();
        catalogue.resume_queue(Some(2), at(5)).await.unwrap();
        assert_eq!(claim(catalogue, at(5)).await, None, "that of all holds");
        catalogue.resume_queue(None, at(6)).await.unwrap();
        assert!(claim(catalogue, at(6)).await.is_some());
    }
}

#[tokio::test]
async fn after_a_pause_others_turns_are_theirs() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let new = crate::NewCustomer { name: "museum".into(), display_name: "M".into() };
        catalogue.create_customer(&new, at(0)).await.unwrap();
        catalogue.put_space(3, 5, &named("maps"), at(0)).await.unwrap();
        for n in 0..50 {
            register(catalogue, &format!("2/5/{n}"), at(0)).await;
        }
        catalogue.pause_queue(Some(2), at(0)).await.unwrap();
        for n in 0..100 {
            register(catalogue, &format!("3/5/{n}"), at(0)).await;
        }
        for _ in 0..60 {
            assert_eq!(claim(catalogue, at(1)).await.unwrap().asset.customer, 3);
        }
        catalogue.resume_queue(Some(2), at(2)).await.unwrap();
        let mut of_the_first = 0;
        for _ in 0..40 {
            of_the_first += usize::from(claim(catalogue, at(2)).await.unwrap().asset.customer == 2);
        }
        assert!((20..=30).contains(&of_the_first), "{of_the_first}");
    }
}

#[tokio::test]
async fn what_was_given_up_is_listed_with_the_reason_the_newest_first() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for (n, name) in ["2/5/a", "2/5/b"].into_iter().enumerate() {
            let now = at(10 * i64::try_from(n).unwrap());
            register(catalogue, name, now).await;
            let job = catalogue
                .claim_job(&[JobKind::IngestImage], "worker", LEASE, now)
                .await
                .unwrap()
                .unwrap();
            catalogue.record_failed(&job, &format!("{name} is broken"), now).await.unwrap();
        }
        for page in [
            catalogue.dead_letters(2, Page::default()).await.unwrap(),
            catalogue.all_dead_letters(Page::default()).await.unwrap(),
        ] {
            assert_eq!(page.total, 2);
            let told: Vec<_> = page.items.iter().map(|it| it.reason.as_str()).collect();
            assert_eq!(told, ["2/5/b is broken", "2/5/a is broken"]);
            let first = &page.items[0];
            assert_eq!((first.attempts, first.queued, first.given_up), (1, at(10), at(10)));
        }
        let elsewhere = crate::Reach { customer: 2, spaces: Some([6].into()) };
        assert_eq!(catalogue.dead_letters(elsewhere, Page::default()).await.unwrap().total, 0);
        assert_eq!(catalogue.dead_letters(3, Page::default()).await.unwrap().total, 0);
    }
}

#[tokio::test]
async fn what_was_given_up_is_tried_again_or_discarded_once() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let new = crate::NewAsset { id: id("2/5/a"), fields: image() };
        let batch = catalogue.register_batch(2, &[new], Priority::Priority, at(0)).await.unwrap();
        let job = claim(catalogue, at(0)).await.unwrap();
        catalogue.record_failed(&job, "no such file", at(1)).await.unwrap();
        let letter = catalogue.dead_letters(2, Page::default()).await.unwrap().items.remove(0);

        catalogue.retry_dead_letter(2, letter.id, at(2)).await.unwrap();
        let batch_then = catalogue.batch(2, batch.id).await.unwrap().unwrap();
        assert_eq!((batch_then.errors, batch_then.finished), (0, None), "it waits again");
        let again = catalogue.retry_dead_letter(2, letter.id, at(2)).await;
        assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
        let asset = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap();
        assert!(asset.ingesting && asset.error.is_none());

        let job = claim(catalogue, at(3)).await.unwrap();
        assert_eq!((job.priority, job.attempts), (Priority::Priority, 1));
        catalogue.record_failed(&job, "no such file", at(3)).await.unwrap();
        let any = crate::Expected::Whatever;
        assert!(catalogue.delete_dead_letter(3, job.id, &any).await.is_err(), "it is another's");
        catalogue.delete_dead_letter(2, job.id, &any).await.unwrap();
        let gone = catalogue.delete_dead_letter(2, job.id, &any).await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
        let asset = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap();
        assert_eq!(asset.error.as_deref(), Some("no such file"), "that it is not in is still so");
    }
}

#[tokio::test]
async fn documents_and_clean_ups_that_were_given_up_are_tried_again_as_they_are() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let new = NewComposite {
            space: 5,
            origin: "https://files.example.org/book.pdf".parse().unwrap(),
            seed: 1,
            template: PageTemplate { name: "p{}".into(), ..PageTemplate::default() },
        };
        let composite = catalogue.register_composites(2, &[new], at(0)).await.unwrap().remove(0);
        let job = claim(catalogue, at(0)).await.unwrap();
        catalogue.record_failed(&job, "it is locked", at(1)).await.unwrap();
        catalogue.retry_dead_letter(2, job.id, at(2)).await.unwrap();
        let waiting = catalogue.composite(&composite.id).await.unwrap().unwrap();
        assert_eq!((waiting.status.as_str(), waiting.error), ("PENDING", None));
        let again = claim(catalogue, at(2)).await.unwrap();
        assert_eq!((again.id, again.attempts), (job.id, 1));

        ingest(catalogue, "2/5/a", at(3)).await;
        catalogue.delete_asset(&id("2/5/a"), &crate::Expected::Whatever, at(3)).await.unwrap();
        let job = catalogue
            .claim_job(&[JobKind::CleanUp], "worker", LEASE, at(60))
            .await
            .unwrap()
            .unwrap();
        catalogue.record_failed(&job, "the bucket is away", at(60)).await.unwrap();
        catalogue.retry_dead_letter(2, job.id, at(61)).await.unwrap();
        assert_eq!(clean_ups(catalogue, at(61)).await[0].leftovers, job.leftovers);
        let nothing = catalogue.retry_dead_letter(2, JobId(4711), at(62)).await;
        assert!(matches!(nothing, Err(Error::NotFound(_))), "{nothing:?}");
    }
}

#[tokio::test]
async fn an_asset_tells_where_it_is_on_its_way() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for name in ["2/5/a", "2/5/b"] {
            register(catalogue, name, at(0)).await;
        }
        let progress =
            async |name: &str| catalogue.asset_progress(&id(name)).await.unwrap().unwrap();
        assert_eq!(progress("2/5/b").await.stage, AssetStage::Waiting { place: Some(2) });
        catalogue.pause_queue(Some(2), at(0)).await.unwrap();
        assert_eq!(progress("2/5/b").await.stage, AssetStage::Paused);
        catalogue.resume_queue(Some(2), at(0)).await.unwrap();

        let job = claim(catalogue, at(1)).await.unwrap();
        let running = |stage, percent| AssetStage::Running { stage, percent };
        assert_eq!(progress("2/5/a").await.stage, running(None, None));
        let note = |percent| StageNote { job: job.id, stage: Stage::Converting, percent };
        catalogue.note_stages("another", &[note(Some(1))]).await.unwrap();
        assert_eq!(progress("2/5/a").await.stage, running(None, None), "it is not another's");
        for percent in [Some(40), None] {
            catalogue.note_stages("worker", &[note(percent)]).await.unwrap();
            assert_eq!(progress("2/5/a").await.stage, running(Some(Stage::Converting), percent));
            let all = catalogue.running_assets(2).await.unwrap();
            let told: Vec<_> = all.iter().map(|it| (it.id.clone(), it.stage, it.percent)).collect();
            assert_eq!(told, [(id("2/5/a"), Stage::Converting, percent)]);
            assert_eq!(catalogue.running_assets(3).await.unwrap(), []);
        }
        catalogue.retry_job(&job, "no answer", LEASE, at(2)).await.unwrap();
        let told = progress("2/5/a").await;
        assert_eq!(told.stage, AssetStage::Sleeping { until: at(2) + LEASE });
        assert_eq!((told.attempts, told.error.as_deref()), (1, Some("no answer")));

        let job = claim(catalogue, at(3)).await.unwrap();
        catalogue.record_ingested(&job, &result(), at(4)).await.unwrap();
        assert_eq!(progress("2/5/b").await.stage, AssetStage::Done);
        let job = claim(catalogue, at(90)).await.unwrap();
        catalogue.record_failed(&job, "it is no image", at(90)).await.unwrap();
        let told = progress("2/5/a").await;
        assert_eq!((told.stage, told.attempts), (AssetStage::Failed, 2));
        assert_eq!(told.error.as_deref(), Some("it is no image"));
        assert_eq!(catalogue.asset_progress(&id("2/5/none")).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_batch_and_a_queue_tell_how_far_they_are_and_when_they_will_be_done() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        assert_eq!(catalogue.queue_progress(2, at(0)).await.unwrap(), None);
        let new = |name: &str| crate::NewAsset { id: id(name), fields: image() };
        let new = ["2/5/a", "2/5/b", "2/5/c", "2/5/d"].map(new);
        let batch = catalogue.register_batch(2, &new, Priority::Normal, at(0)).await.unwrap();
        let job = claim(catalogue, at(1)).await.unwrap();
        catalogue.record_ingested(&job, &result(), at(60)).await.unwrap();
        let batch = catalogue.batch(2, batch.id).await.unwrap().unwrap();
        let of_batch = catalogue.batch_progress(&batch, at(60)).await.unwrap();
        let of_queue = catalogue.queue_progress(2, at(60)).await.unwrap().unwrap();
        for told in [of_batch, of_queue] {
            assert_eq!((told.percent, told.rate_per_minute), (25, 1.0));
            assert_eq!(told.estimated_end, Some(at(240)));
        }
        let job = claim(catalogue, at(61)).await.unwrap();
        let note = StageNote { job: job.id, stage: Stage::Converting, percent: Some(80) };
        catalogue.note_stages("worker", &[note]).await.unwrap();
        assert_eq!(catalogue.batch_progress(&batch, at(61)).await.unwrap().percent, 45);
    }
}

#[tokio::test]
async fn what_is_asked_of_the_queue_is_found_by_an_index() {
    for house in houses().await {
        fill(house.enter()).await;
        for (sql, index) in [
            (
                "SELECT MAX(turn) FROM job WHERE state IN ('ready', 'aside') AND customer = 2
                 AND lane = 'assets' AND priority = 2",
                "job_in_line",
            ),
            (
                "SELECT id FROM job WHERE state = 'asleep' AND due <= 7 ORDER BY due LIMIT 9",
                "job_asleep",
            ),
            (
                "SELECT id FROM job WHERE state = 'aside' AND customer = 2 AND lane = 'assets'
                 AND priority = 2 ORDER BY id LIMIT 9",
                "job_aside",
            ),
            (
                "SELECT id FROM job WHERE state = 'ready' AND lane = 'assets' AND priority = 2
                 AND customer = 2 ORDER BY turn LIMIT 9",
                "job_",
            ),
            (
                "SELECT id FROM job WHERE state = 'dead' AND customer = 2
                 ORDER BY due DESC, id DESC LIMIT 9",
                "job_dead_of_customer",
            ),
            (
                "SELECT id FROM job WHERE state = 'dead' ORDER BY due DESC, id DESC LIMIT 9",
                "job_dead",
            ),
        ] {
            let plan = plan(&house, sql, []).await;
            assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{index}:\n{plan}");
        }
    }
}
