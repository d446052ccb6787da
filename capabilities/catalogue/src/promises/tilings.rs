use serde_json::json;

use super::house::*;
use crate::{Error, Job, JobKind, NewTiling, TilingShard};

fn site(shards: u64) -> NewTiling {
    NewTiling { command: json!({ "arguments": ["a"] }), shards, images: Some(9) }
}

fn done(shard: u64) -> TilingShard {
    let report = Some(json!({ "made": 3 }));
    TilingShard { shard, images: 3, done: 3, report, ..TilingShard::default() }
}

#[tokio::test]
async fn a_site_is_written_in_parts_and_the_whole_comes_last() {
    for house in houses().await {
        let catalogue = house.enter();
        let id = catalogue.enqueue_tiling(&site(2), at(1)).await.unwrap();
        let claim = || catalogue.claim_job(&[JobKind::Tile], "tiler", LEASE, at(2));
        let (first, second) = (claim().await.unwrap().unwrap(), claim().await.unwrap().unwrap());
        assert!(claim().await.unwrap().is_none());
        let tiling = catalogue.tiling(&id).await.unwrap().unwrap();
        assert_eq!((tiling.images, tiling.command), (Some(9), json!({ "arguments": ["a"] })));
        let tiling = catalogue.tiling(first.asset.name()).await.unwrap().unwrap();
        assert_eq!((tiling.shard_of(&first), tiling.shard_of(&second)), (Some(0), Some(1)));

        let half = TilingShard { report: None, done: 1, ..done(0) };
        catalogue.advance_tiling_shard(&first, &half).await.unwrap();
        assert_eq!(catalogue.tiling(&id).await.unwrap().unwrap().begun, [half]);
        catalogue.complete_tiling_shard(&second, &done(1), at(3)).await.unwrap();
        assert!(claim().await.unwrap().is_none(), "the whole waits for the other part");
        catalogue.complete_tiling_shard(&first, &done(0), at(4)).await.unwrap();
        // Whose lease ended meanwhile has nothing to say any more.
        catalogue.complete_tiling_shard(&first, &done(0), at(5)).await.unwrap();
        let whole = catalogue.claim_job(&[JobKind::Tile], "tiler", LEASE, at(5)).await;
        let whole = whole.unwrap().unwrap();
        let tiling = catalogue.tiling(&id).await.unwrap().unwrap();
        assert_eq!((tiling.shard_of(&whole), tiling.finished), (None, None));
        catalogue.complete_tiling_shard(&whole, &done(2), at(6)).await.unwrap();
        let tiling = catalogue.tiling(&id).await.unwrap().unwrap();
        assert_eq!((tiling.finished, tiling.begun.len(), tiling.error()), (Some(at(6)), 3, None));
    }
}

#[tokio::test]
async fn a_site_that_is_given_up_says_why_and_one_in_a_single_part_has_no_other() {
    for house in houses().await {
        let catalogue = house.enter();
        let id = catalogue.enqueue_tiling(&site(1), at(1)).await.unwrap();
        let job = catalogue.claim_job(&[JobKind::Tile], "tiler", LEASE, at(1)).await;
        let job = job.unwrap().unwrap();
        let tiling = catalogue.tiling(&id).await.unwrap().unwrap();
        assert_eq!((tiling.shards, tiling.shard_of(&job)), (0, None));
        let lost = Job { worker: "somebody else".to_owned(), ..job.clone() };
        assert!(!catalogue.fail_tiling_shard(&lost, "no reason", at(2)).await.unwrap());
        let tiling = catalogue.tiling(&id).await.unwrap().unwrap();
        assert_eq!((tiling.error(), tiling.finished), (None, None), "another worker has it");
        catalogue.record_failed(&job, "there is no table", at(2)).await.unwrap();
        let tiling = catalogue.tiling(&id).await.unwrap().unwrap();
        assert_eq!((tiling.error(), tiling.finished), (Some("there is no table"), Some(at(2))));
        assert_eq!(number(catalogue, "SELECT COUNT(*) FROM job").await, 0);

        for shards in [0, 10_001] {
            let refused = catalogue.enqueue_tiling(&site(shards), at(1)).await.unwrap_err();
            assert!(matches!(refused, Error::Invalid(_)), "{refused:?}");
        }
        assert!(catalogue.tiling("unknown").await.unwrap().is_none());
    }
}
