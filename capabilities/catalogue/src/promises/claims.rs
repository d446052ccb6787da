use std::{collections::HashSet, time::Duration};

use model::DeliveryChannel;

use super::house::*;
use crate::{AssetFields, Catalogue, JobEnd, JobKind, NewAsset, Priority};

#[tokio::test]
async fn the_more_urgent_comes_first_then_the_older() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for (name, priority) in [
            ("2/5/c", Priority::Normal),
            ("2/5/d", Priority::Normal),
            ("2/5/b", Priority::Priority),
            ("2/5/a", Priority::Immediate),
        ] {
            let new = NewAsset { id: id(name), fields: image() };
            catalogue.register_asset(&new, priority, at(1)).await.unwrap();
        }
        for expected in ["2/5/a", "2/5/b", "2/5/c", "2/5/d"] {
            assert_eq!(claim(catalogue, at(2)).await.unwrap().asset, id(expected));
        }
        assert_eq!(claim(catalogue, at(2)).await, None);
    }
}

#[tokio::test]
async fn a_worker_gets_only_the_kinds_it_can_do() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for (name, channel, kind) in [
            ("2/5/a", DeliveryChannel::Thumbs, JobKind::IngestImage),
            ("2/5/b", DeliveryChannel::File, JobKind::IngestFile),
        ] {
            let fields = AssetFields { channels: channels(&[channel]), ..image() };
            let new = NewAsset { id: id(name), fields };
            catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap();
            let others: Vec<_> = JobKind::ALL.into_iter().filter(|other| *other != kind).collect();
            assert_eq!(catalogue.claim_job(&others, "w", LEASE, at(2)).await.unwrap(), None);
            let job = catalogue.claim_job(&[kind], "w", LEASE, at(2)).await.unwrap().unwrap();
            assert_eq!((job.kind, job.worker.as_str(), job.created), (kind, "w", at(1)));
        }
    }
}

#[tokio::test]
async fn a_lease_that_ended_gives_the_job_to_another() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        register(catalogue, "2/5/a", at(0)).await;
        let first =
            catalogue.claim_job(&JobKind::ALL, "first", LEASE, at(0)).await.unwrap().unwrap();
        assert_eq!(claim(catalogue, at(59)).await, None);
        assert!(catalogue.heartbeat(&first, LEASE, at(30)).await.unwrap());
        assert_eq!(claim(catalogue, at(61)).await, None, "the heart has beaten");

        let second =
            catalogue.claim_job(&JobKind::ALL, "second", LEASE, at(91)).await.unwrap().unwrap();
        assert_eq!((second.id, second.claims), (first.id, 2));
        assert!(!catalogue.heartbeat(&first, LEASE, at(92)).await.unwrap());
        assert!(!catalogue.complete_job(&first).await.unwrap());
        assert_eq!(
            catalogue.retry_job(&first, "x", LEASE, at(92)).await.unwrap(),
            crate::Fate::Lost
        );
        assert!(catalogue.heartbeat(&second, LEASE, at(92)).await.unwrap());
        assert!(catalogue.complete_job(&second).await.unwrap());
    }
}

#[tokio::test]
async fn a_worker_that_goes_gives_its_jobs_back_as_if_never_begun() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for name in ["2/5/a", "2/5/b"] {
            register(catalogue, name, at(0)).await;
            claim(catalogue, at(0)).await.unwrap();
        }
        assert_eq!(catalogue.release_jobs("somebody else", at(1)).await.unwrap(), 0);
        assert_eq!(catalogue.release_jobs("worker", at(1)).await.unwrap(), 2);
        assert_eq!(claim(catalogue, at(1)).await.unwrap().attempts, 1);
    }
}

#[tokio::test]
async fn depths_tell_what_waits_and_what_runs() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        assert!(catalogue.queue_depths().await.unwrap().is_empty());
        for (n, name) in ["2/5/a", "2/5/b", "2/5/c"].into_iter().enumerate() {
            register(catalogue, name, at(i64::try_from(n).unwrap())).await;
        }
        claim(catalogue, at(5)).await.unwrap();
        let depths = catalogue.queue_depths().await.unwrap();
        assert_eq!((depths[0].kind, depths[0].priority), (JobKind::IngestImage, Priority::Normal));
        assert_eq!((depths[0].waiting, depths[0].running, depths[0].given_up), (2, 1, 0));
        assert_eq!(depths[0].oldest, Some(at(1)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_never_get_the_same_job() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for n in 0..40 {
            register(catalogue, &format!("2/5/{n}"), at(0)).await;
        }
        let mut working = Vec::new();
        for n in 0..4 {
            let process = house.another_process().await;
            working.push(tokio::spawn(async move { claim_all(&process, n).await }));
        }
        let mut claimed = Vec::new();
        for one in working {
            claimed.extend(one.await.unwrap());
        }
        assert_eq!(claimed.len(), 40);
        assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), 40);
    }
}

async fn claim_all(catalogue: &Catalogue, worker: usize) -> Vec<crate::JobId> {
    let worker = format!("worker {worker}");
    let mut claimed = Vec::new();
    while let Some(job) = catalogue.claim_job(&JobKind::ALL, &worker, LEASE, at(1)).await.unwrap() {
        claimed.push(job.id);
    }
    claimed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_waits_for_a_job_hears_when_it_ends_here_or_elsewhere() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for process in [catalogue.clone(), house.another_process().await] {
            let job = register(catalogue, "2/5/a", at(0)).await.job.unwrap();
            let soon = catalogue.wait_for_job(job, Duration::from_millis(1)).await.unwrap();
            assert_eq!(soon, JobEnd::TimedOut);
            let waiting = catalogue.clone();
            let waiting = tokio::spawn(async move { waiting.wait_for_job(job, LEASE).await });
            let job = claim(&process, at(1)).await.unwrap();
            process.record_ingested(&job, &result(), at(2)).await.unwrap();
            let heard = tokio::time::timeout(Duration::from_secs(5), waiting).await;
            assert_eq!(heard.expect("within a second or so").unwrap().unwrap(), JobEnd::Ended);
        }
    }
}

#[tokio::test]
async fn a_waiting_worker_wakes_when_a_job_is_queued_and_looks_every_second() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let started = tokio::time::Instant::now();
        let second = Duration::from_secs(1);
        tokio::time::timeout(second, catalogue.wait_for_jobs()).await.expect("it looks by itself");
        assert!(started.elapsed() > second / 2);

        // Even one who comes to wait only afterwards.
        register(catalogue, "2/5/a", at(0)).await;
        let started = tokio::time::Instant::now();
        catalogue.wait_for_jobs().await;
        assert!(started.elapsed() < second / 2);
    }
}
