use model::AssetId;

use super::house::*;
use crate::{Catalogue, JobKind, NewAsset, NewCustomer, Priority};

/// Customers 2 and 3 and their spaces 5.
async fn furnish_for_two(catalogue: &Catalogue) {
    furnish(catalogue).await;
    let new = NewCustomer { name: "museum".into(), display_name: "The Museum".into() };
    assert_eq!(catalogue.create_customer(&new, at(0)).await.unwrap().id, 3);
    catalogue.put_space(3, 5, &named("maps"), at(0)).await.unwrap();
}

/// Registers so many assets, in batches.
async fn queue(catalogue: &Catalogue, customer: u32, names: impl Iterator<Item = String>) {
    let new: Vec<_> = names
        .map(|name| NewAsset { id: AssetId::new(customer, 5, name).unwrap(), fields: image() })
        .collect();
    for some in new.chunks(250) {
        catalogue.register_batch(customer, some, Priority::Normal, at(0)).await.unwrap();
    }
}

fn numbered(name: &str, count: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |n| format!("{name}{n:04}"))
}

/// Takes so many jobs and does them; returns how many were of customer 3.
async fn do_some(catalogue: &Catalogue, count: usize) -> usize {
    let mut of_the_other = 0;
    for _ in 0..count {
        let job = claim(catalogue, at(1)).await.unwrap();
        of_the_other += usize::from(job.asset.customer == 3);
        catalogue.record_ingested(&job, &result(), at(1)).await.unwrap();
    }
    of_the_other
}

#[tokio::test]
async fn a_customer_with_a_thousand_waiting_starves_nobody() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish_for_two(catalogue).await;
        queue(catalogue, 2, numbered("a", 1000)).await;
        assert_eq!(do_some(catalogue, 60).await, 0);
        queue(catalogue, 3, numbered("b", 10)).await;
        assert_eq!(do_some(catalogue, 20).await, 10, "one of each, or sooner");
    }
}

#[tokio::test]
async fn who_comes_late_gets_no_more_than_a_moments_lead_and_each_keeps_the_order_of_its_own() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish_for_two(catalogue).await;
        queue(catalogue, 2, numbered("a", 300)).await;
        assert_eq!(do_some(catalogue, 100).await, 0);
        queue(catalogue, 3, numbered("b", 300)).await;
        let mut names = [Vec::new(), Vec::new()];
        for _ in 0..100 {
            let job = claim(catalogue, at(1)).await.unwrap();
            names[job.asset.customer as usize - 2].push(job.asset.name().to_owned());
        }
        assert!((50..=60).contains(&names[1].len()), "{}", names[1].len());
        assert!(names.iter().all(|own| own.is_sorted()), "{names:?}");
    }
}

#[tokio::test]
async fn what_a_customer_had_done_long_ago_is_not_held_against_it() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish_for_two(catalogue).await;
        queue(catalogue, 2, numbered("old", 200)).await;
        assert_eq!(do_some(catalogue, 200).await, 0);
        queue(catalogue, 3, numbered("b", 100)).await;
        queue(catalogue, 2, numbered("a", 100)).await;
        let of_the_other = do_some(catalogue, 60).await;
        assert!((25..=40).contains(&of_the_other), "{of_the_other}");
    }
}

#[tokio::test]
async fn who_called_a_long_line_off_stands_at_its_end_no_more() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish_for_two(catalogue).await;
        queue(catalogue, 2, numbered("x", 250)).await;
        let batch = number(catalogue, "SELECT MAX(id) FROM batch").await;
        catalogue.cancel_batch(2, batch, at(0)).await.unwrap();
        queue(catalogue, 3, numbered("b", 100)).await;
        queue(catalogue, 2, numbered("a", 10)).await;
        assert_eq!(do_some(catalogue, 20).await, 10);
    }
}

#[tokio::test]
async fn a_job_that_is_tried_again_keeps_its_turn() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        queue(catalogue, 2, numbered("a", 100)).await;
        let first = claim(catalogue, at(1)).await.unwrap();
        catalogue.retry_job(&first, "no answer", LEASE, at(1)).await.unwrap();
        assert_eq!(claim(catalogue, at(2)).await.unwrap().asset, id("2/5/a0001"));
        assert_eq!(claim(catalogue, at(70)).await.unwrap().id, first.id);
    }
}

#[tokio::test]
async fn however_many_recordings_wait_images_are_taken_at_once() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        queue(catalogue, 2, numbered("a", 3)).await;
        let sql = "UPDATE job SET kind = 'ingest-time-based', lane = 'recordings'";
        tamper(catalogue, sql, []).await;
        queue(catalogue, 2, numbered("b", 1)).await;
        let kinds = [JobKind::IngestImage, JobKind::IngestFile, JobKind::CleanUp];
        let claim = async |kinds: &[JobKind]| {
            catalogue.claim_job(kinds, "worker", LEASE, at(1)).await.unwrap()
        };
        assert_eq!(claim(&kinds).await.unwrap().asset, id("2/5/b0000"));
        assert_eq!(claim(&kinds).await, None);
        assert_eq!(claim(&[JobKind::IngestTimeBased]).await.unwrap().asset, id("2/5/a0000"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_queue_at_the_same_time_for_one_customer_give_every_turn_once() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let mut queueing = Vec::new();
        for n in 0..4 {
            let process = house.another_process().await;
            queueing.push(tokio::spawn(async move {
                for m in 0..5 {
                    queue(&process, 2, numbered(&format!("{n}-{m}-"), 10)).await;
                }
            }));
        }
        for one in queueing {
            one.await.unwrap();
        }
        assert_eq!(number(catalogue, "SELECT COUNT(DISTINCT turn) FROM job").await, 200);
    }
}
