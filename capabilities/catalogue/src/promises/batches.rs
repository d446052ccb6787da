use std::collections::HashSet;

use tokio::task::JoinSet;

use super::house::*;
use crate::{
    AssetFields, Batch, BatchList, Catalogue, Change, Error, Expected, Job, JobKind, NewAsset,
    Page, Priority, Recorded,
};

fn assets(names: &[&str]) -> Vec<NewAsset> {
    names.iter().map(|name| NewAsset { id: id(name), fields: image() }).collect()
}

async fn submit(catalogue: &Catalogue, names: &[&str], seconds: i64) -> Batch {
    let assets = assets(names);
    catalogue.register_batch(2, &assets, Priority::Normal, at(seconds)).await.unwrap()
}

async fn batch(catalogue: &Catalogue, id: i64) -> Batch {
    catalogue.batch(2, id).await.unwrap().unwrap()
}

async fn done(catalogue: &Catalogue, job: &Job, seconds: i64) {
    let recorded = catalogue.record_ingested(job, &result(), at(seconds)).await.unwrap();
    assert_eq!(recorded, Recorded::Accepted);
}

/// Submitted, completed, failed.
fn counts(batch: &Batch) -> (u64, u64, u64) {
    (batch.count, batch.completed, batch.errors)
}

/// Counts again what is counted as members end.
pub(super) async fn assert_batches_are_exact(catalogue: &Catalogue) {
    let wrong = "SELECT COUNT(*) FROM batch WHERE
        members <> (SELECT COUNT(*) FROM batch_member WHERE batch = batch.id)
        OR waiting <> (SELECT COUNT(*) FROM batch_member WHERE batch = batch.id AND ended IS NULL)
        OR failed <> (SELECT COUNT(*) FROM batch_member WHERE batch = batch.id AND error IS NOT NULL)
        OR (waiting = 0) <> (finished IS NOT NULL)";
    assert_eq!(number(catalogue, wrong).await, 0, "a batch's counter drifted");
    let stuck = "SELECT COUNT(*) FROM batch_member AS member WHERE ended IS NULL AND NOT EXISTS (
        SELECT 1 FROM asset WHERE asset.customer = member.customer AND asset.space = member.space
        AND asset.name = member.name AND asset.pending IS NOT NULL)";
    assert_eq!(number(catalogue, stuck).await, 0, "a member waits for nothing");
}

#[tokio::test]
async fn a_batch_counts_its_members_as_they_end() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let submitted = submit(catalogue, &["2/5/a", "2/5/b"], 1).await;
        assert_eq!((counts(&submitted), submitted.submitted), ((2, 0, 0), at(1)));
        assert!(submitted.finished.is_none() && !submitted.superseded);
        let asset = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap();
        assert_eq!((asset.batch, asset.ingesting), (Some(submitted.id), true));

        let job = claim(catalogue, at(2)).await.unwrap();
        done(catalogue, &job, 3).await;
        assert_eq!(counts(&batch(catalogue, submitted.id).await), (2, 1, 0));
        let job = claim(catalogue, at(4)).await.unwrap();
        catalogue.record_failed(&job, "no such file", at(5)).await.unwrap();
        let finished = batch(catalogue, submitted.id).await;
        assert_eq!((counts(&finished), finished.finished), ((2, 1, 1), Some(at(5))));

        let errors = catalogue.batch_errors(submitted.id, Page::default()).await.unwrap();
        let [error] = &errors.items[..] else { panic!("{errors:?}") };
        assert_eq!((&error.asset, error.error.as_str()), (&job.asset, "no such file"));
        assert_eq!((errors.total, error.ended), (1, at(5)));
        assert_batches_are_exact(catalogue).await;
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn a_batch_is_registered_as_a_whole_or_not_at_all() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let mut new = assets(&["2/5/a", "2/6/b", "2/5/c"]);
        new[2].fields.max_unauthorised = Change::Set(9);
        new[2].fields.max_width = Change::Set(900);
        let refused = catalogue.register_batch(2, &new, Priority::Normal, at(1)).await;
        let Err(Error::Invalid(text)) = refused else { panic!("{refused:?}") };
        assert_eq!(
            text,
            "6/b: Target space 6 does not exist. \
             5/c: 'maxUnauthorised' cannot be combined with 'maxWidth' or 'openFullMax'"
        );
        for table in ["asset", "batch", "batch_member", "job"] {
            assert_eq!(number(catalogue, &format!("SELECT COUNT(*) FROM {table}")).await, 0);
        }
        let twice = assets(&["2/5/a", "2/5/a"]);
        let refused = catalogue.register_batch(2, &twice, Priority::Normal, at(1)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn new_and_known_assets_mix_and_keep_what_is_not_said() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let fields = AssetFields {
            tags: Change::Set(vec!["old".into()]),
            string1: Change::Set("kept".into()),
            ..image()
        };
        let known = NewAsset { id: id("2/5/known"), fields };
        catalogue.register_asset(&known, Priority::Normal, at(0)).await.unwrap();
        let mut new: Vec<_> =
            (0..250).map(|n| NewAsset { id: id(&format!("2/5/n{n}")), fields: image() }).collect();
        new[7].fields.tags = Change::Set(vec!["new".into()]);
        let tags = Change::Set(vec!["new".into(), "newer".into()]);
        new.push(NewAsset { id: known.id.clone(), fields: AssetFields { tags, ..image() } });
        let batch = catalogue.register_batch(2, &new, Priority::Priority, at(1)).await.unwrap();
        assert_eq!(counts(&batch), (251, 0, 0));

        let known = catalogue.asset(&known.id).await.unwrap().unwrap();
        assert_eq!((known.string1.as_deref(), known.created), (Some("kept"), at(0)));
        assert_eq!((known.tags.len(), known.batch), (2, Some(batch.id)));
        let labels = "SELECT COUNT(*) FROM asset_label WHERE kind = 'tag'";
        assert_eq!(number(catalogue, labels).await, 3);
        let jobs = "SELECT COUNT(*) FROM job WHERE kind = 'ingest-image' AND priority = 1";
        assert_eq!(number(catalogue, jobs).await, 251);
        assert_batches_are_exact(catalogue).await;
        assert_counters_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn a_batch_of_assets_that_need_no_work_is_finished_at_once() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let mut new = assets(&["2/5/a"]);
        new[0].fields.channels = channels(&[model::DeliveryChannel::None]);
        let batch = catalogue.register_batch(2, &new, Priority::Normal, at(1)).await.unwrap();
        assert_eq!((counts(&batch), batch.finished), ((1, 1, 0), Some(at(1))));
        assert_batches_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn an_asset_that_a_later_batch_took_over_ends_in_both() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let first = submit(catalogue, &["2/5/a", "2/5/b"], 1).await;
        let second = submit(catalogue, &["2/5/a"], 2).await;
        assert!(!batch(catalogue, first.id).await.superseded);
        let third = submit(catalogue, &["2/5/b"], 3).await;
        assert!(batch(catalogue, first.id).await.superseded);
        let active = catalogue.batches(2, BatchList::Active, Page::default()).await.unwrap();
        let active: Vec<_> = active.items.iter().map(|batch| batch.id).collect();
        assert_eq!(active, [second.id, third.id]);

        while let Some(job) = claim(catalogue, at(4)).await {
            done(catalogue, &job, 5).await;
        }
        assert_eq!(counts(&batch(catalogue, first.id).await), (2, 2, 0));
        assert_eq!(counts(&batch(catalogue, second.id).await), (1, 1, 0));
        assert_batches_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn what_is_deleted_or_no_longer_delivered_does_not_keep_a_batch_open() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let submitted = submit(catalogue, &["2/5/a", "2/5/b"], 1).await;
        catalogue.delete_asset(&id("2/5/a"), &Expected::Whatever, at(2)).await.unwrap();
        let none = AssetFields {
            channels: channels(&[model::DeliveryChannel::None]),
            ..AssetFields::default()
        };
        catalogue.patch_asset(&id("2/5/b"), &none, Priority::Normal, at(3)).await.unwrap();
        let finished = batch(catalogue, submitted.id).await;
        assert_eq!((counts(&finished), finished.finished), ((2, 1, 1), Some(at(3))));
        assert!(finished.superseded, "one was deleted, the other processed on its own");
        assert_batches_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn what_failed_is_tried_again_and_nothing_else() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let submitted = submit(catalogue, &["2/5/a", "2/5/b", "2/5/c", "2/5/d"], 1).await;
        while let Some(job) = claim(catalogue, at(2)).await {
            match job.asset.name() {
                "d" => done(catalogue, &job, 3).await,
                _ => drop(catalogue.record_failed(&job, "broken", at(3)).await.unwrap()),
            }
        }
        submit(catalogue, &["2/5/b"], 4).await;
        catalogue.delete_asset(&id("2/5/c"), &Expected::Whatever, at(4)).await.unwrap();
        let retried = catalogue.retry_batch(2, submitted.id, at(5)).await.unwrap();
        assert_eq!((counts(&retried), retried.finished), ((4, 1, 2), None));
        let a = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap();
        assert_eq!((a.ingesting, a.error, a.batch), (true, None, Some(submitted.id)));
        assert_batches_are_exact(catalogue).await;
        while let Some(job) = claim(catalogue, at(6)).await {
            done(catalogue, &job, 7).await;
        }
        let finished = batch(catalogue, submitted.id).await;
        assert_eq!((counts(&finished), finished.finished), ((4, 2, 2), Some(at(7))));
        let nothing = catalogue.retry_batch(3, submitted.id, at(8)).await;
        assert!(matches!(nothing, Err(Error::NotFound(_))), "{nothing:?}");
    }
}

#[tokio::test]
async fn what_waits_in_a_batch_can_be_called_off() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let first = submit(catalogue, &["2/5/b"], 0).await;
        let submitted = submit(catalogue, &["2/5/a", "2/5/b", "2/5/c"], 1).await;
        let later = submit(catalogue, &["2/5/c"], 2).await;
        let held = claim(catalogue, at(3)).await.unwrap();
        assert_eq!(held.asset, id("2/5/a"));
        let cancelled = catalogue.cancel_batch(2, submitted.id, at(4)).await.unwrap();
        assert_eq!((counts(&cancelled), cancelled.finished), ((3, 0, 3), Some(at(4))));
        assert_eq!(counts(&batch(catalogue, first.id).await), (1, 0, 1));
        let recorded = catalogue.record_ingested(&held, &result(), at(5)).await.unwrap();
        assert_eq!(recorded, Recorded::Outdated);
        let a = catalogue.asset(&id("2/5/a")).await.unwrap().unwrap();
        assert!(!a.ingesting && a.error.unwrap().contains("cancelled"));

        let going_on = claim(catalogue, at(6)).await.unwrap();
        assert_eq!(going_on.asset, id("2/5/c"));
        done(catalogue, &going_on, 7).await;
        assert_eq!(counts(&batch(catalogue, later.id).await), (1, 1, 0));
        assert_batches_are_exact(catalogue).await;
    }
}

#[tokio::test]
async fn a_customers_queue_counts_what_waits_in_each_priority() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        submit(catalogue, &["2/5/a", "2/5/b"], 1).await;
        let new = assets(&["2/5/c"]);
        catalogue.register_batch(2, &new, Priority::Priority, at(1)).await.unwrap();
        done(catalogue, &claim(catalogue, at(2)).await.unwrap(), 3).await;
        for (priority, expected) in [(Priority::Normal, (1, 2)), (Priority::Priority, (0, 0))] {
            let queue = catalogue.customer_queue(2, priority).await.unwrap();
            assert_eq!((queue.batches_waiting, queue.images_waiting), expected);
        }
        let recent = catalogue.batches(2, BatchList::Recent, Page::default()).await.unwrap();
        assert_eq!((recent.total, counts(&recent.items[0])), (1, (1, 1, 0)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_stay_exact_whoever_registers_fails_deletes_retries_and_dies() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let mut working = JoinSet::new();
        for n in 0..8_usize {
            let catalogue = house.another_process().await;
            working.spawn(async move {
                for turn in 0..15_usize {
                    disturb(&catalogue, n, turn).await;
                }
            });
        }
        working.join_all().await;
        assert_batches_are_exact(catalogue).await;
        assert_counters_are_exact(catalogue).await;

        // Whatever dead workers held is done by the living, and every batch finishes.
        let mut seen = HashSet::new();
        while let Some(job) =
            catalogue.claim_job(&[JobKind::IngestImage], "survivor", LEASE, at(1000)).await.unwrap()
        {
            assert!(seen.insert(job.id), "{job:?}");
            catalogue.record_ingested(&job, &result(), at(1001)).await.unwrap();
        }
        assert_batches_are_exact(catalogue).await;
        let open = "SELECT COUNT(*) FROM batch WHERE finished IS NULL";
        assert_eq!(number(catalogue, open).await, 0);
    }
}

/// One of the many things that happen to a batch; several processes do them at once.
async fn disturb(catalogue: &Catalogue, n: usize, turn: usize) {
    let name = |n: usize| format!("2/5/{}", n % 7);
    let kinds = [JobKind::IngestImage];
    let worker = format!("worker {n}");
    let result = match (n + turn) % 6 {
        0 => catalogue.delete_asset(&id(&name(turn)), &Expected::Whatever, at(1)).await,
        1 => {
            // Claims, and dies: the lease runs out.
            let lease = std::time::Duration::from_secs(1);
            catalogue.claim_job(&kinds, &worker, lease, at(2)).await.map(drop)
        }
        2 => match catalogue.claim_job(&kinds, &worker, LEASE, at(4)).await.unwrap() {
            Some(job) if turn.is_multiple_of(2) => {
                catalogue.record_failed(&job, "broken", at(4)).await.map(drop)
            }
            Some(job) => catalogue.record_ingested(&job, &result(), at(4)).await.map(drop),
            None => Ok(()),
        },
        3 => {
            let last = number(catalogue, "SELECT COALESCE(MAX(id), 0) FROM batch").await;
            match turn % 2 {
                0 => catalogue.retry_batch(2, last, at(5)).await.map(drop),
                _ => catalogue.cancel_batch(2, last, at(5)).await.map(drop),
            }
        }
        _ => {
            // In another order each time: locks must not be taken in the order of the request.
            let names = [n + turn, n * turn + 1, turn].map(name);
            let mut names: Vec<_> = names.iter().map(String::as_str).collect();
            names.dedup();
            let unique = names.iter().collect::<HashSet<_>>().len() == names.len();
            let names = if unique { &names[..] } else { &names[..1] };
            catalogue.register_batch(2, &assets(names), Priority::Normal, at(3)).await.map(drop)
        }
    };
    assert!(matches!(result, Ok(()) | Err(Error::NotFound(_))), "{result:?}");
}

#[tokio::test]
async fn batches_whose_counters_drifted_are_found_and_put_right() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let submitted = submit(catalogue, &["2/5/a", "2/5/b"], 1).await;
        assert_eq!(catalogue.drifted_batches(None).await.unwrap(), []);
        tamper(catalogue, "UPDATE batch SET waiting = 3, failed = 1", []).await;
        let drifted = catalogue.drifted_batches(Some(2)).await.unwrap();
        assert_eq!((drifted.len(), drifted[0].batch), (1, submitted.id));
        assert_eq!((drifted[0].counted, drifted[0].found), ([2, 3, 1], [2, 2, 0]));
        assert_eq!(catalogue.drifted_batches(Some(1)).await.unwrap(), []);
        catalogue.mend_batch(&drifted[0], at(2)).await.unwrap();
        assert_batches_are_exact(catalogue).await;
        assert_eq!(batch(catalogue, submitted.id).await.finished, None);

        for second in [3, 4] {
            let job = claim(catalogue, at(second)).await.unwrap();
            done(catalogue, &job, second).await;
        }
        tamper(catalogue, "UPDATE batch SET waiting = 1, finished = NULL", []).await;
        let told = "SELECT COUNT(*) FROM event WHERE kind = 'batch.completed'";
        let before = number(catalogue, told).await;
        let drifted = catalogue.drifted_batches(None).await.unwrap();
        catalogue.mend_batch(&drifted[0], at(5)).await.unwrap();
        assert_batches_are_exact(catalogue).await;
        assert_eq!(batch(catalogue, submitted.id).await.finished, Some(at(5)));
        assert_eq!(number(catalogue, told).await, before + 1);
    }
}
